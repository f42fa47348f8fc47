"""The list of sessions: its columns, filters, search and order."""

import re
from collections.abc import Callable, Collection
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import F, QuerySet
from django.forms import CheckboxInput
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.dashboard import unpublished_among
from innovation_week.back_office.limits import visible
from innovation_week.back_office.model_admin import InEditionFilter, ModelAdmin, UsedInEditionFilter
from innovation_week.session_times import day_and_hours
from planning.conflicts import find_conflicts
from registrations.locks import lock
from sessions.admin.bulk_page import UNDO, bulk_view, start_bulk, undo_view
from sessions.admin.duplicate import duplicate_view, start_duplicate
from sessions.admin.filters import DayFilter, OwnerFilter, PastedFilter, StatusFilter, ToDoFilter
from sessions.admin.paste import paste_view
from sessions.admin.rows import FIELDS, ROOMS, RowForm
from sessions.admin.saved_lists import links, lists_view
from sessions.admin.slot_lines import SlotsFilter, is_by_day, slot_lines, zone_of
from sessions.models import Session
from sessions.opening_days import first_of_each_day
from speakers.casting import casting, together
from venues.room_names import RoomNames

# Conflicts that a time or a room makes.
OF_ROWS = {"outside", "same_room", "same_person", "room_too_small"}


INTRODUCTIONS = {
    "paste": _(
        "Copy cells from Excel, LibreOffice or an online spreadsheet and paste them here. You then read what would be "
        "made, with what is wrong beside each cell; sessions are made on your second click, all of them or none."
    ),
    "lists": _(
        "A saved list keeps filters, search and order under a name, above the list of sessions. Shared, your "
        "colleagues see it too; each sees in it what their account may see."
    ),
    "duplicate": _(
        "A copy is an idea with a code of its own. Choose what it takes along; registrations, seats taken and what "
        "was published never come with it."
    ),
    "bulk": _(
        "Choose what to change: fields left empty stay as they are. You then read, session by session, what would "
        "change and what is refused; nothing is written before your second click, and it can be taken back."
    ),
}


class SessionChangeList(ChangeList):
    """Each row stands beside its own form, also when what was sent comes back with errors.

    Django pairs the rows of the list as it is now with the forms as they were sent: a session that somebody moved
    meanwhile would stand beside the fields of another.
    """

    model_admin: "SessionListing"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.request = request

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Session]:
        """A task holds what its line on the dashboard counts: each slot then stands for itself."""
        self.every: QuerySet[Session] = super().get_queryset(request, exclude_parameters)
        self.is_by_day = is_by_day(request, ToDoFilter.parameter_name, IS_POPUP_VAR)
        return first_of_each_day(self.every, zone_of(request)) if self.is_by_day else self.every

    def url_for_result(self, result: Any) -> str:
        if result.line:
            return reverse("admin:programme_session_day", args=[result.pk])
        return super().url_for_result(result)

    @property
    def formset(self) -> Any:
        return self._formset

    @formset.setter
    def formset(self, formset: Any) -> None:
        self._formset = formset
        if formset is not None and formset.is_bound:
            self.result_list = [form.instance for form in formset.forms]
            # The forms have set on their sessions what was sent, which is no draft yet.
            rows = Session.objects.filter(pk__in=[session.pk for session in self.result_list])
            self.tell(rows.select_related(*self.model_admin.list_select_related))
            for form in formset.forms:
                form.tell_line()

    def tell(self, read: Collection[Session]) -> None:
        """What columns say of each session or line; the draft is in the rows as they were ``read``."""
        lines = slot_lines(self.result_list, self.every) if self.is_by_day else {}
        told = {row.pk: lines[row.pk].slots if row.pk in lines else (row,) for row in read}
        sessions = [session for row in told.values() for session in row]
        castings, codes = casting(sessions), unpublished_among(self.request, sessions)
        for session in self.result_list:
            row = told[session.pk]
            session.line = lines.get(session.pk)
            session.casting = together(castings[each.pk] for each in row)
            session.is_unpublished = any(each.code in codes for each in row)


class SessionListing(ModelAdmin):
    introduction = _(
        "A session is one date of a sequence. Editing changes nothing for the public until you publish, "
        "save the seats and registration times, which act at once. A dot marks what is not published yet."
    )
    guide = "construire-le-programme"
    form_guide = "la-fiche-dune-seance"
    guides = {
        "paste": "coller-depuis-un-tableur",
        **dict.fromkeys(["lists", "duplicate", "bulk"], "la-liste-des-seances"),
    }
    when_empty = _("No session yet: make a sequence first, then a session for each of its dates.")
    list_display = ["session", "state", "starts_at", "room", "roles", "seats_bar"]
    list_editable = FIELDS
    list_display_links = ["session"]
    list_filter = [
        ToDoFilter,
        SlotsFilter,
        ("status", StatusFilter),
        DayFilter,
        OwnerFilter,
        ("sequence", InEditionFilter),
        ("format", UsedInEditionFilter),
        ("room__venue", UsedInEditionFilter),
        "entry",
        "eligibility",
        ("audiences", UsedInEditionFilter),
        PastedFilter,
    ]
    list_select_related = ["sequence__format", "format", "edition", "room__venue"]
    list_per_page = 50
    ordering = [F("starts_at").asc(nulls_last=True), "title", "pk"]
    search_fields = ["title__folded", "code", "sequence__title__folded", "room__name__folded"]
    search_help_text = _("Title, code, sequence or room; accents and capitals do not matter.")
    found_by = ["title", "code", "sequence__title"]
    found_exactly_by = "code"

    def get_urls(self) -> list[Any]:
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("coller", paste_view, "paste"),
            ("listes", lists_view, "lists"),
            ("dupliquer", duplicate_view, "duplicate"),
            ("plusieurs", _posted(bulk_view), "bulk"),
            ("plusieurs/reprendre", _posted(undo_view), "undo"),
        ]
        return [*(self._list_page(*page) for page in pages), *super().get_urls()]

    def _list_page(self, word: str, page: Callable[..., HttpResponse], name: str) -> Any:
        def view(request: HttpRequest) -> HttpResponse:
            return page(self, request)

        return path(f"{word}/", self.admin_site.admin_view(view), name=f"programme_session_{name}")

    @admin.action(permissions=["change"], description=_("Change the chosen sessions"))
    def change_several(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse | None:
        return start_bulk(self, request, queryset)

    @admin.action(permissions=["add"], description=_("Duplicate the chosen sessions"))
    def duplicate_several(self, request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse | None:
        return start_duplicate(self, request, queryset)

    def action_checkbox(self, obj: Any) -> SafeString:
        """Of a line, for each of its slots."""
        if not obj.line:
            return super().action_checkbox(obj)
        label = gettext("Choose the slots of %(day)s: %(sequence)s")
        told = {"day": obj.line.when[0], "sequence": obj.sequence.title}
        box = CheckboxInput({"class": "action-select", "aria-label": label % told}, lambda value: False)
        return box.render(ACTION_CHECKBOX_NAME, ",".join(str(slot.pk) for slot in obj.line.slots))

    def response_action(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse | None:
        posted = request.POST.copy()
        chosen = ",".join(posted.getlist(ACTION_CHECKBOX_NAME))
        posted.setlist(ACTION_CHECKBOX_NAME, chosen.split(",") if chosen else [])
        request.POST = posted
        return super().response_action(request, *args, **kwargs)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who may not change sessions reads times and rooms in place of the fields."""
        if self.has_change_permission(request) and not self._is_popup(request):
            return self.list_display
        words: dict[Any, str] = {"starts_at": "time", "room": "place"}
        return [words.get(name, name) for name in self.list_display]

    @staticmethod
    def _is_popup(request: HttpRequest) -> bool:
        return IS_POPUP_VAR in request.GET

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SessionChangeList]:
        return SessionChangeList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        listed: Any = super().get_changelist_instance(request)
        listed.tell(listed.result_list)
        return listed

    def found_detail(self, obj: Session) -> str:
        return " · ".join([obj.code, " ".join(day_and_hours(obj)).strip(), obj.get_status_display()])

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[RowForm]:
        return type("RowForm", (RowForm,), {"names": self._room_names(request), "__module__": __name__})

    def _get_list_editable_queryset(self, request: HttpRequest, prefix: str) -> QuerySet[Session]:
        rows: QuerySet[Session] = super()._get_list_editable_queryset(request, prefix)
        return rows.select_related(*self.list_select_related)

    @staticmethod
    def _room_names(request: HttpRequest) -> RoomNames:
        """Read once for the page."""
        kept = vars(request)
        if "room_names" not in kept:
            kept["room_names"] = RoomNames()
        names: RoomNames = kept["room_names"]
        return names

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and "_save" in request.POST:
            return self._save_rows(request, extra_context)
        return super().changelist_view(request, self._list_context(request, extra_context))

    def _list_context(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> dict[str, Any]:
        context = {
            "saved_lists": lambda: links(request),
            "may_undo": UNDO in request.session,
            "rooms_id": ROOMS,
            "room_labels": lambda: self._room_names(request).labels,
        }
        return {**context, **(extra_context or {})}

    def _save_rows(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        """All of them or none, on rows that nobody else writes at that moment."""
        shown, touched = _rows(request.POST)
        with transaction.atomic():
            lock(touched)
            if self.get_queryset(request).filter(pk__in=shown).count() < len(shown):
                message = gettext("A session of this list has been deleted meanwhile. Nothing was saved: try again.")
                messages.error(request, message)
                return redirect(request.get_full_path())
            response = super().changelist_view(request, self._list_context(request, extra_context))
        if response.status_code == 302:
            self._warn(request, touched)
        return response

    def _warn(self, request: HttpRequest, saved: Collection[int]) -> None:
        """Of what stands in the way of publishing, what concerns these sessions."""
        edition = chosen_edition(request)
        if edition is None or not saved:
            return
        known = set(visible(request, Session.objects.filter(edition=edition)).values_list("pk", flat=True))
        for conflict in find_conflicts(edition):
            pks = {session.pk for session in conflict.sessions}
            if not pks & set(saved) or conflict.code not in OF_ROWS:
                continue
            if pks <= known:
                messages.warning(request, f"{conflict.message} {conflict.advice}")
                continue
            told = gettext("“%s”: the room or a person is taken at that time by a session of another sequence.")
            for session in conflict.sessions:
                if session.pk in known:
                    messages.warning(request, told % session.title)

    @admin.display(description=_("session"), ordering="title")
    def session(self, session: Any) -> str:
        if session.line:
            return format_html('{} <span class="under">{}</span>', session.sequence.title, session.line.number)
        return format_html('{} <span class="under">{}</span>', session.title, session.sequence.title)

    @admin.display(description=_("state"), ordering="status")
    def state(self, session: Any) -> str:
        status = session.line.status if session.line else session.status
        name = Session.Status(status).label if status else gettext("Several states")
        word = format_html('<span class="state state-{}">{}</span>', status or "several", name)
        if not session.is_unpublished:
            return word
        return format_html('{} <span class="unpublished">{}</span>', word, gettext("not published"))

    @admin.display(description=_("day and time"), ordering=F("starts_at").asc(nulls_last=True))
    def time(self, session: Any) -> str:
        told = session.line.when if session.line else day_and_hours(session)
        return format_html('<span class="hours">{}</span> <span class="under hours">{}</span>', *told)

    @admin.display(description=_("room"), ordering="room__name")
    def place(self, session: Any) -> str:
        if session.line and not session.line.room_id:
            return gettext("Several rooms")
        if session.room:
            return format_html('{} <span class="under">{}</span>', session.room.name, session.room.venue.name)
        return gettext("Online") if session.is_online else "–"

    @admin.display(description=_("roles"))
    def roles(self, session: Any) -> str:
        if not session.casting.required:
            return "–"
        return f"{session.casting.filled}/{session.casting.required}"

    @admin.display(description=_("seats"), ordering="seats_taken")
    def seats_bar(self, session: Any) -> str:
        counted = session.line or session
        if counted.entry and counted.entry != Session.Entry.REGISTRATION:
            return str(Session.Entry(counted.entry).label)
        return render_to_string("admin/_seats.html", {"session": counted})


def _posted(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def view(model_admin: SessionListing, request: HttpRequest) -> HttpResponse:
        return page(model_admin, request) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    return view


def _rows(posted: QueryDict) -> tuple[set[int], set[int]]:
    """Primary keys of the rows that were sent, and of those where a field is not as it was shown."""
    shown, touched = set(), set()
    for name in posted:
        value = posted.get(name, "")
        row = re.fullmatch(r"(form-\d+)-id", name)
        if row and value.isdecimal() and len(value) < 10:
            shown.add(int(value))
            if any(
                posted.get(f"{row[1]}-{field}", "") != posted.get(f"initial-{row[1]}-{field}", "") for field in FIELDS
            ):
                touched.add(int(value))
    return shown, touched
