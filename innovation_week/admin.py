from typing import Any

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from dsfr.admin import DsfrConfig

from innovation_week.logins import KEPT
from innovation_week.model_admin import ReadOnlyAdmin

admin.site.unregister([User, Group, AccessAttempt, AccessFailureLog, AccessLog])
# Its settings are those of templates that we do not use.
admin.site.unregister(DsfrConfig)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Who is not a superuser manages accounts through roles, and can make nobody more than that."""

    introduction = _("Accounts of the staff. What each may do comes from their roles (groups).")
    guide = "comptes"
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "is_superuser"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [] if request.user.is_superuser else ["is_superuser", "user_permissions", "last_login", "date_joined"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        protected = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not protected and bool(super().has_change_permission(request, obj))

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    introduction = _("The roles of the staff. What each may do comes with the software; a new role is made of rights.")
    guide = "comptes"


class LogAdmin(ReadOnlyAdmin):
    """Who logged in, or tried to: personal data, and proof of what happened. Superusers read it, nobody rewrites it."""

    guide = "comptes"
    when_empty = _("Nothing to report.")
    introduction = format_lazy(
        _("Kept for {days} days, then erased. After too many wrong passwords, log-in pauses for a while by itself."),
        days=KEPT.days,
    )

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(AccessAttempt)
class AttemptAdmin(LogAdmin, AccessAttemptAdmin):
    pass


@admin.register(AccessFailureLog)
class FailureAdmin(LogAdmin, AccessFailureLogAdmin):
    pass


@admin.register(AccessLog)
class LogInAdmin(LogAdmin, AccessLogAdmin):
    pass
