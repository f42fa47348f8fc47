"""The list of sessions: its columns, filters, search and order."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.dashboard import unpublished_changes
from innovation_week.model_admin import InEditionFilter, ModelAdmin, UsedInEditionFilter
from innovation_week.session_times import day_and_hours
from sessions.admin.filters import ToDoFilter
from sessions.models import Session
from speakers.casting import casting


class SessionListing(ModelAdmin):
    introduction = _(
        "A session is one date of a sequence. Editing changes nothing for the public until you publish, "
        "save the seats and registration times, which act at once. A dot marks what is not published yet."
    )
    guide = "construire-le-programme"
    when_empty = _("No session yet: make a sequence first, then a session for each of its dates.")
    list_display = ["session", "state", "time", "place", "roles", "seats_bar"]
    list_display_links = ["session"]
    list_filter = [
        ToDoFilter,
        "status",
        ("sequence", InEditionFilter),
        ("format", UsedInEditionFilter),
        ("room__venue", UsedInEditionFilter),
        "entry",
        ("audiences", UsedInEditionFilter),
    ]
    list_select_related = ["sequence", "edition", "room__venue"]
    list_per_page = 50
    date_hierarchy = "starts_at"
    ordering = [F("starts_at").asc(nulls_last=True), "title", "pk"]
    search_fields = ["title__folded", "code", "sequence__title__folded", "room__name__folded"]
    search_help_text = _("Title, code, sequence or room; accents and capitals do not matter.")
    found_by = ["title", "code", "sequence__title"]
    found_exactly_by = "code"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With what a column tells of each session: two queries for the page, and the last release."""
        listed = super().get_changelist_instance(request)
        castings = casting(listed.result_list)
        codes = unpublished_changes(request).codes
        for session in listed.result_list:
            session.casting = castings[session.pk]
            session.is_unpublished = session.code in codes
        return listed

    def found_detail(self, obj: Session) -> str:
        return " · ".join([obj.code, " ".join(day_and_hours(obj)).strip(), obj.get_status_display()])

    @admin.display(description=_("session"), ordering="title")
    def session(self, session: Session) -> str:
        return format_html('{} <span class="under">{}</span>', session.title, session.sequence.title)

    @admin.display(description=_("state"), ordering="status")
    def state(self, session: Any) -> str:
        word = format_html('<span class="state state-{}">{}</span>', session.status, session.get_status_display())
        if not session.is_unpublished:
            return word
        return format_html('{} <span class="unpublished">{}</span>', word, gettext("not published"))

    @admin.display(description=_("day and time"), ordering=F("starts_at").asc(nulls_last=True))
    def time(self, session: Session) -> str:
        return format_html('<span class="hours">{}</span> <span class="under hours">{}</span>', *day_and_hours(session))

    @admin.display(description=_("room"), ordering="room__name")
    def place(self, session: Session) -> str:
        if session.room:
            return format_html('{} <span class="under">{}</span>', session.room.name, session.room.venue.name)
        return gettext("Online") if session.is_online else "–"

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
