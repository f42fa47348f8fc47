from collections.abc import Collection
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.forms import CheckboxSelectMultiple
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import without
from innovation_week.dates import clock, day, duration
from innovation_week.session_times import day_and_hours
from planning.admin.services import ServiceInline
from publishing.admin.one_by_one import PublishedOneByOne
from publishing.richtext import to_html
from registrations import connection, connection_changes
from registrations.admin.door_pages import DoorPages
from registrations.admin.questions import QuestionInline
from registrations.seats import SEAT_FIELDS, serve_after_change
from sessions.admin.archiving import ArchivedSessions
from sessions.admin.autocomplete import LabelledAutocomplete, LabelledInEdition
from sessions.admin.candidacies import CandidacyInline
from sessions.admin.forms import SessionForm, effect
from sessions.admin.listing import INTRODUCTIONS, SessionListing
from sessions.admin.neighbours import NEXT, PREVIOUS, neighbour
from sessions.admin.selects import PlainSelect
from sessions.admin.session_page import session_page
from sessions.admin.slot_lines import day_filters
from sessions.admin.times import StartField, days
from sessions.models import Session

ESSENTIALS: list[Any] = ["title", "sequence", "format", "status", "owner", "starts_at", "length", "end"]
PLACE: Any = (_("Place"), {"fields": ["room", "room_holds", "is_online", "is_slot", "local_time"]})


class SessionEditing(PublishedOneByOne, DoorPages, ArchivedSessions, HistoryAdmin):
    """The form of a session."""

    edition_lookup = "edition"
    sequence_lookup = "sequence"
    form_introduction = _(
        "“Live” acts as soon as you save; “To publish” waits until the session is published; “Internal” never "
        "leaves the back-office. What the public reads now stands under each field that differs."
    )
    form = SessionForm
    effect = staticmethod(effect)
    inlines = [CandidacyInline, ServiceInline, QuestionInline]
    autocomplete_fields = ["sequence", "room"]
    # ``inlines`` and ``history`` are not fields: the template puts the lines and the last changes there.
    fieldsets = [
        (_("Essentials"), {"fields": ESSENTIALS}),
        (_("Public text"), {"fields": ["lead", "text", "course", "note", "language", "audiences"]}),
        (_("Speakers"), {"fields": [], "classes": ["inlines"]}),
        PLACE,
        (
            _("Registrations"),
            {
                "fields": [
                    "entry",
                    "eligibility",
                    "eligible_domains",
                    "eligible_subdomains",
                    "seats",
                    "taken",
                    "walk_in_seats",
                    "online_seats",
                    "connection_link",
                    "connection_note",
                    "most_companions",
                    "has_waiting_list",
                    "registration_opens_at",
                    "registration_closes_at",
                ]
            },
        ),
        (_("Accessibility"), {"fields": ["sign_language", "captions", "ask_before"]}),
        (_("For the staff"), {"fields": ["attendance", "internal_note"]}),
        (_("History"), {"fields": [], "classes": ["last-changes"]}),
    ]
    add_fieldsets = [(_("Essentials"), {"fields": [*ESSENTIALS, "edition"]}), PLACE]
    readonly_fields = ["end", "local_time", "room_holds", "taken"]
    known_later = ["end", "local_time", "room_holds"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("texte/", view(self.text_view), name="programme_session_text"),
            path("<path:object_id>/jour/", view(self.day_view), name="programme_session_day"),
            path("<path:object_id>/suivante/", view(self.next_view), name="programme_session_next"),
            path("<path:object_id>/precedente/", view(self.previous_view), name="programme_session_previous"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """The list says itself what it reads along, which this would replace."""
        sessions = super().get_queryset(request)
        match = request.resolver_match
        is_about_one = match is not None and "object_id" in match.kwargs
        along = ("edition", "sequence__format", "format", "room__venue")
        return sessions.select_related(*along).prefetch_related("audiences") if is_about_one else sessions

    def get_fieldsets(self, request: HttpRequest, obj: Session | None = None) -> Any:
        if obj is None:
            return without(self.add_fieldsets, self.known_later)
        return super().get_fieldsets(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        fields: dict[str, Any] = form.base_fields
        if field := fields.get("starts_at"):
            fields["starts_at"] = StartField(days(chosen_edition(request), obj), field.label, field.help_text)
        for name in ("sequence", "room"):
            if name in fields and obj and (chosen := getattr(obj, name)):
                fields[name].widget.widget.labels = {str(chosen.pk): str(chosen)}
        for name in ("edition", "sequence", "format", "owner"):
            if name in fields:
                fields[name].widget = fields[name].widget.widget  # made elsewhere, by few people
        return form

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_choice_field(db_field, request, **{"widget": PlainSelect, **kwargs})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        edition = chosen_edition(request)
        if db_field.name in ("format", "owner"):
            kwargs["widget"] = PlainSelect
        if db_field.name == "room":
            kwargs["widget"] = LabelledAutocomplete(db_field, self.admin_site)
        if db_field.name == "sequence" and edition:
            kwargs["widget"] = LabelledInEdition(db_field, self.admin_site, edition)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """The roles to fill are known once the format is chosen."""
        return self.inlines if obj else []

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # A handful of words: boxes to tick say more than a list to scroll.
        return super().formfield_for_manytomany(db_field, request, widget=CheckboxSelectMultiple, **kwargs)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """An empty line for each vacant place, which names its role already."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, CandidacyInline) and obj.pk:
            kwargs["initial"] = [{"role": role} for role in inline.vacant_roles(request, obj)]
        return kwargs

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Session | None = None,
    ) -> HttpResponse:
        if obj is not None and obj.pk:
            context |= session_page(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            self._act_at_once(request, form.instance, form.changed_data)

    def after_restoring(self, request: HttpRequest, obj: Session, names: Collection[str]) -> None:
        self._act_at_once(request, obj, names)

    def _act_at_once(self, request: HttpRequest, session: Session, names: Collection[str]) -> None:
        """What follows from live fields that were changed."""
        if not set(SEAT_FIELDS).isdisjoint(names):
            serve_after_change(session)
        if not set(connection.FIELDS).isdisjoint(names):
            self._tell_connection(request, session)

    def _tell_connection(self, request: HttpRequest, session: Session) -> None:
        number = connection_changes.tell(session, now=timezone.now())
        told = ngettext(
            "%(number)s person who comes online is told by mail how to connect.",
            "%(number)s people who come online are told by mail how to connect.",
            number,
        )
        if number:
            messages.info(request, told % {"number": localize(number)})

    def next_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._neighbour(request, object_id, NEXT, gettext("This is the last session of the list."))

    def previous_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._neighbour(request, object_id, PREVIOUS, gettext("This is the first session of the list."))

    def day_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Of a line of the list: the slots of that day, under the filters of the list."""
        session = self._seen(request, object_id)
        query = QueryDict(request.GET.get("_changelist_filters", ""), mutable=True)
        query.pop(PAGE_VAR, None)
        for name, value in day_filters(session).items():
            query[name] = value
        return redirect(f"{reverse('admin:programme_session_changelist')}?{query.urlencode()}")

    def _seen(self, request: HttpRequest, object_id: str) -> Session:
        session = self.get_object(request, unquote(object_id))
        if session is None:
            raise Http404
        if not self.has_view_or_change_permission(request, session):
            raise PermissionDenied
        assert isinstance(session, Session)
        return session

    def _neighbour(self, request: HttpRequest, object_id: str, step: int, at_the_end: str) -> HttpResponse:
        session = self._seen(request, object_id)
        found = neighbour(self, request, session, step)
        if found is None:
            messages.info(request, at_the_end)
        query = request.GET.urlencode()
        address = reverse("admin:programme_session_change", args=[found or session.pk])
        return redirect(f"{address}?{query}" if query else address)

    def response_change(self, request: HttpRequest, obj: Session) -> HttpResponse:
        response: HttpResponse = super().response_change(request, obj)
        if "_next" not in request.POST:
            return response
        query = request.GET.urlencode()
        address = reverse("admin:programme_session_next", args=[obj.pk])
        return redirect(f"{address}?{query}" if query else address)

    def text_view(self, request: HttpRequest) -> HttpResponse:
        """A text in Markdown as the public will read it; nothing is kept."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        return _as_read(request)

    @admin.display(description=_("end"))
    def end(self, session: Session) -> str:
        if session.starts_at is None or session.ends_at is None:
            return "–"
        start, end = (timezone.localtime(moment) for moment in (session.starts_at, session.ends_at))
        return f"{day(end.date())}, {clock(end)} ({duration(start, end)})"

    @admin.display(description=_("length"))
    def length(self, session: Session) -> str:
        """For who may look but not change."""
        if session.starts_at is None or session.ends_at is None:
            return "–"
        return duration(session.starts_at, session.ends_at)

    @admin.display(description=_("on the clock of the venue"))
    def local_time(self, session: Session) -> str:
        """Fields are in the edition's time; overseas rooms have their own."""
        return " ".join(day_and_hours(session, with_year=True))

    @admin.display(description=_("people allowed in the room"))
    def room_holds(self, session: Session) -> str:
        capacity = session.room.capacity if session.room else None
        if capacity is None:
            return "–"
        if session.seats is None:
            return str(capacity)
        told = gettext("%(capacity)d, for %(seats)d seats offered")
        if session.seats > capacity:
            told = gettext("%(capacity)d, fewer than the %(seats)d seats offered")
        return told % {"capacity": capacity, "seats": session.seats}

    @admin.display(description=_("seats taken"))
    def taken(self, session: Session) -> str:
        if not session.is_online or session.room is None:
            return str(session.seats_taken)
        told = gettext("%(room)d in the room, %(online)d online")
        return told % {"room": session.seats_taken, "online": session.online_seats_taken}


@require_POST
def _as_read(request: HttpRequest) -> HttpResponse:
    return HttpResponse(to_html(request.POST.get("text", "")))


@admin.register(Session)
class SessionAdmin(SessionListing, SessionEditing):
    introductions = {**SessionEditing.introductions, **INTRODUCTIONS}
    guides = {**SessionEditing.guides, **SessionListing.guides}
    actions = ["change_several", "duplicate_several", *SessionEditing.actions]
