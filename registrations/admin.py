from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from innovation_week.model_admin import HistoryAdmin, InEditionFilter, ReadOnlyAdmin, ReadOnlyInline
from registrations.models import Employer, Registration, Transition


@admin.register(Employer)
class EmployerAdmin(HistoryAdmin):
    introduction = _(
        "The list from which people choose their employer when they register; each carries its branch and region. "
        "Who is not in it types a name."
    )
    edition_lookup = "edition"
    list_display = ["name", "branch", "region"]
    list_filter = ["branch", "region"]
    search_fields = ["name__folded"]

    def get_readonly_fields(self, request: HttpRequest, obj: Employer | None = None) -> list[str]:
        return ["edition"] if obj else []


class TransitionInline(ReadOnlyInline):
    model = Transition
    fields = ["at", "from_state", "to_state", "actor", "reason"]


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    introduction = _(
        "People write these lines themselves. To help somebody, cancel their registration or send them their link "
        "again: tick the line, then choose the action."
    )
    edition_lookup = "session__edition"
    inlines = [TransitionInline]
    list_display = ["person", "email", "session", "state_word", "employer_name", "created_at"]
    list_filter = ["state", ("session", InEditionFilter), "branch", "region"]
    list_select_related = ["session"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    search_fields = ["first_name__folded", "last_name__folded", "email__folded", "employer_name__folded"]
    search_help_text = _("Name, address or employer; accents and capitals do not matter.")
    fieldsets = [
        (None, {"fields": ["person", "email", "session", "state_word"]}),
        (_("Employer"), {"fields": ["employer_name", "employer", "branch", "region"]}),
        (_("Times"), {"fields": ["created_at", "hold_started_at", "expires_at", "reminded_at", "language"]}),
    ]
    readonly_fields = ["person", "state_word"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        registrations: QuerySet[Registration] = super().get_queryset(request)
        return registrations.select_related("session", "employer")

    @admin.display(description=_("person"), ordering="last_name")
    def person(self, registration: Registration) -> str:
        return str(registration)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, registration: Registration) -> str:
        state: Any = registration.get_state_display()
        return format_html('<span class="state state-{}">{}</span>', registration.state, state)
