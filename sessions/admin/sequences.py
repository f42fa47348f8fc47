from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.history_admin import HistoryAdmin
from sessions.models import Sequence


@admin.register(Sequence)
class SequenceAdmin(HistoryAdmin):
    introduction = _(
        "A sequence is a thread of the week, with its colour and drawing; its sessions are its dates. "
        "The public sees a sequence once one of its sessions is published."
    )
    guide = "construire-le-programme"
    when_empty = _("No sequence yet: make one for each thread of the week, then its sessions.")
    edition_lookup = "edition"
    sequence_lookup = "pk"
    limited_rights = "VC"  # one more would not be theirs
    list_display = ["title", "format", "is_highlight", "position", "sessions"]
    list_filter = ["is_highlight", "format"]
    list_select_related = ["format"]
    search_fields = ["title__folded", "lead__folded"]
    found_by = ["title", "lead"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["edition", "title", "slug", "format"]}),
        (_("Texts"), {"fields": ["lead", "text"]}),
        (_("Slots"), {"fields": ["one_slot_per_person"]}),
        (_("Look"), {"fields": ["colour", "motif", "is_highlight", "position"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sequence]:
        return super().get_queryset(request).annotate(n_sessions=Count("sessions"))

    def get_readonly_fields(self, request: HttpRequest, obj: Sequence | None = None) -> list[str]:
        return ["edition"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Sequence | None = None) -> dict[str, Any]:
        # The address of a page that exists does not follow its title.
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description=_("sessions"), ordering="n_sessions")
    def sessions(self, sequence: Any) -> int:
        return sequence.n_sessions
