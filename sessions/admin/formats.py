from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import count_in_edition
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import LabelledInline
from registrations.admin.questions import QuestionInline
from sessions.models import Audience, Format, Role


class RoleInline(LabelledInline):
    model = Role
    extra = 1
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Format)
class FormatAdmin(HistoryAdmin):
    introduction = _(
        "A format says how a session is played and who it needs: a session with an unfilled required role "
        "cannot be published. Formats serve every edition."
    )
    guide = "construire-le-programme"
    when_empty = _("No format yet: make one with the roles that its sessions need.")
    list_display = ["name", "roles", "sessions"]
    search_fields = ["name__folded"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [RoleInline, QuestionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Format]:
        formats = super().get_queryset(request).prefetch_related("roles")
        return formats.annotate(n_sessions=count_in_edition(request, "sessions", "sessions__edition"))

    @admin.display(description=_("required roles"))
    def roles(self, kind: Format) -> str:
        required = [role for role in kind.roles.all() if role.required]
        return ", ".join(f"{role.required} × {role.name}" for role in required) or "–"

    @admin.display(description=_("sessions"), ordering="n_sessions")
    def sessions(self, kind: Any) -> int:
        return kind.n_sessions


@admin.register(Audience)
class AudienceAdmin(HistoryAdmin):
    introduction = _("Whom sessions are for: each audience is a filter of the public programme.")
    guide = "construire-le-programme"
    list_display = ["name", "slug", "number_of_sessions"]
    search_fields = ["name__folded"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Audience]:
        counted = count_in_edition(request, "sessions", "sessions__edition")
        return super().get_queryset(request).annotate(n_sessions=counted)

    @admin.display(description=_("sessions"), ordering="n_sessions")
    def number_of_sessions(self, audience: Any) -> int:
        return audience.n_sessions
