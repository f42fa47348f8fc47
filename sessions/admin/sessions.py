from typing import Any

from django.contrib import admin
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.history_admin import HistoryAdmin
from innovation_week.session_times import day_and_hours
from publishing.admin.one_by_one import PublishedOneByOne
from sessions.admin.archiving import ArchivedSessions
from sessions.admin.candidacies import CandidacyInline
from sessions.admin.forms import SessionForm
from sessions.admin.listing import INTRODUCTIONS, SessionListing
from sessions.models import Session


class SessionEditing(PublishedOneByOne, ArchivedSessions, HistoryAdmin):
    """The form of a session."""

    edition_lookup = "edition"
    sequence_lookup = "sequence"
    form = SessionForm
    inlines = [CandidacyInline]
    autocomplete_fields = ["sequence", "room"]
    fieldsets = [
        (None, {"fields": ["edition", "title", "sequence", "format", "status", "owner", "code"]}),
        (_("When and where"), {"fields": ["starts_at", "ends_at", "local_time", "room", "is_online"]}),
        (_("Texts"), {"fields": ["lead", "text", "course", "note", "language", "audiences"]}),
        (_("Accessibility"), {"fields": ["sign_language", "captions"]}),
        (
            _("Registration"),
            {"fields": ["entry", "seats", "seats_taken", "registration_opens_at", "registration_closes_at"]},
        ),
        (_("Afterwards and for the staff"), {"fields": ["attendance", "internal_note"]}),
    ]
    known_later = readonly_fields = ["code", "local_time", "seats_taken"]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        return [*self.readonly_fields, "edition"] if obj else self.readonly_fields

    def get_inlines(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """The roles to fill are known once the format is chosen."""
        return self.inlines if obj else []

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # A handful of words: boxes to tick say more than a list to scroll.
        return super().formfield_for_manytomany(db_field, request, widget=CheckboxSelectMultiple, **kwargs)

    @admin.display(description=_("on the clock of the venue"))
    def local_time(self, session: Session) -> str:
        """Fields are in the edition's time; overseas rooms have their own."""
        return " ".join(day_and_hours(session, with_year=True))


@admin.register(Session)
class SessionAdmin(SessionListing, SessionEditing):
    introductions = {**SessionEditing.introductions, **INTRODUCTIONS}
