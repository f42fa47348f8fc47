from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from innovation_week.dashboard import unpublished_changes
from innovation_week.dates import day, time_range, zone_name
from innovation_week.model_admin import HistoryAdmin, InEditionFilter
from sessions.admin.candidacies import CandidacyInline
from sessions.admin.filters import ToDoFilter
from sessions.admin.forms import SessionForm
from sessions.models import Session
from speakers.casting import casting


@admin.register(Session)
class SessionAdmin(HistoryAdmin):
    introduction = _(
        "A session is one date of a sequence. Editing changes nothing for the public until you publish, "
        "save the seats and registration times, which act at once. A dot marks what is not published yet."
    )
    edition_lookup = "edition"
    form = SessionForm
    inlines = [CandidacyInline]
    list_display = ["title", "state", "sequence", "time", "place", "roles", "seats_bar", "unpublished"]
    list_filter = [
        ToDoFilter,
        "status",
        ("sequence", InEditionFilter),
        "format",
        "room__venue",
        "entry",
        "audiences",
    ]
    list_select_related = ["sequence", "edition", "room__venue"]
    list_per_page = 50
    date_hierarchy = "starts_at"
    ordering = [F("starts_at").asc(nulls_last=True), "title", "pk"]
    search_fields = ["title__folded", "code", "sequence__title__folded", "room__name__folded"]
    search_help_text = _("Title, code, sequence or room; accents and capitals do not matter.")
    autocomplete_fields = ["sequence", "room"]
    filter_horizontal = ["audiences"]
    fieldsets = [
        (None, {"fields": ["edition", "title", "sequence", "format", "status", "code"]}),
        (_("When and where"), {"fields": ["starts_at", "ends_at", "local_time", "room", "is_online"]}),
        (_("Texts"), {"fields": ["lead", "text", "course", "note", "language", "audiences"]}),
        (_("Accessibility"), {"fields": ["sign_language", "captions"]}),
        (
            _("Registration"),
            {"fields": ["entry", "seats", "seats_taken", "registration_opens_at", "registration_closes_at"]},
        ),
        (_("Afterwards and for the staff"), {"fields": ["attendance", "internal_note"]}),
    ]
    readonly_fields = ["code", "local_time", "seats_taken"]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        return [*self.readonly_fields, "edition"] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        """What the public has known is cancelled, not erased: its address goes on answering."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.published_since is None)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refused form leaves nothing behind, not even the seats that it set before another field failed."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            response = super().changeform_view(request, *args, **kwargs)
            if response.status_code == 200:  # the form again, with what is wrong
                transaction.set_rollback(True)
        return response

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With what a column tells of each session: two queries for the page, and the last release."""
        listed = super().get_changelist_instance(request)
        castings = casting(listed.result_list)
        codes = unpublished_changes(request).codes
        for session in listed.result_list:
            session.casting = castings[session.pk]
            session.is_unpublished = session.code in codes
        return listed

    @admin.display(description=_("state"), ordering="status")
    def state(self, session: Session) -> str:
        return format_html('<span class="state state-{}">{}</span>', session.status, session.get_status_display())

    @admin.display(description=_("day and time"), ordering=F("starts_at").asc(nulls_last=True))
    def time(self, session: Session) -> str:
        if session.starts_at is None or session.ends_at is None:
            return "–"
        start, end = (moment.astimezone(session.time_zone) for moment in (session.starts_at, session.ends_at))
        return format_html('{} <span class="hours">{}</span>', day(start.date()), time_range(start, end))

    @admin.display(description=_("room"), ordering="room__name")
    def place(self, session: Session) -> str:
        if session.room:
            return str(session.room)
        return _t("Online") if session.is_online else "–"

    @admin.display(description=_("roles"))
    def roles(self, session: Any) -> str:
        if not session.casting.required:
            return "–"
        return f"{session.casting.filled}/{session.casting.required}"

    @admin.display(description=_("seats"), ordering="seats_taken")
    def seats_bar(self, session: Session) -> str:
        if session.entry != Session.Entry.REGISTRATION:
            return session.get_entry_display()
        return render_to_string("admin/_seats.html", {"session": session})

    @admin.display(description=_("published"))
    def unpublished(self, session: Any) -> str:
        if not session.is_unpublished:
            return ""
        return format_html('<span class="unpublished">{}</span>', _t("not published"))

    @admin.display(description=_("on the clock of the venue"))
    def local_time(self, session: Session) -> str:
        """Fields are in the edition's time; overseas rooms have their own."""
        if session.starts_at is None or session.ends_at is None:
            return "–"
        start, end = (moment.astimezone(session.time_zone) for moment in (session.starts_at, session.ends_at))
        told = f"{day(start.date(), with_year=True)}, {time_range(start, end)}"
        elsewhere = session.time_zone.key != timezone.get_current_timezone_name()
        return f"{told} ({zone_name(session.time_zone)})" if elsewhere else told
