from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.history_admin import HistoryAdmin
from sessions.admin.slots import make_view, slots_view
from sessions.admin.slots_change import change_view
from sessions.models import Sequence


@admin.register(Sequence)
class SequenceAdmin(HistoryAdmin):
    introduction = _(
        "A sequence is a thread of the week, with its colour and drawing; its sessions are its dates. "
        "The public sees a sequence once one of its sessions is published."
    )
    guide = "construire-le-programme"
    introductions = {
        "slots": _(
            "The visiting times of an exhibition, day by day. Lists show one line for each of these days; each number "
            "opens the list of its slots."
        ),
        "slotsmake": _(
            "Tick the opening days and say how the visits follow each other. You then read every slot that would be "
            "made, with what is in its way; they are made on your second click, all of them or none."
        ),
        "slotschange": _(
            "Choose which slots, and what becomes of them. Those that somebody is registered for are left alone and "
            "named; what was published is cancelled rather than removed."
        ),
    }
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

    def get_urls(self) -> list[Any]:
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("creneaux/", slots_view, "slots"),
            ("creneaux/creer/", make_view, "slotsmake"),
            ("creneaux/modifier/", change_view, "slotschange"),
        ]
        return [*(self._slots_page(*each) for each in pages), *super().get_urls()]

    def _slots_page(self, words: str, view: Callable[..., HttpResponse], name: str) -> Any:
        def page(request: HttpRequest, object_id: str) -> HttpResponse:
            return view(self, request, object_id)

        return path(f"<path:object_id>/{words}", self.admin_site.admin_view(page), name=f"programme_sequence_{name}")

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
