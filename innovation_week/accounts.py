"""Who may log in, and go on."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission, User
from django.db.models import Q, QuerySet


class AccountBackend(ModelBackend):
    """Django's, for accounts with a last day: asked at log-in and again at each request."""

    def user_can_authenticate(self, user: Any) -> bool:
        limit = getattr(user, "limit", None)
        return super().user_can_authenticate(user) and not (limit and limit.has_ended)

    def get_user(self, user_id: int) -> User | None:
        """With the limit of the account, which every page of the back-office asks for."""
        user = User.objects.select_related("limit").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Those of the account and of its roles in one query: every page of the back-office asks for them."""
        found: set[str] = self._get_permissions(user_obj, obj, "all")  # type: ignore[attr-defined]  # not in the stubs
        return found

    def _get_all_permissions(self, user_obj: User) -> QuerySet[Permission]:
        return Permission.objects.filter(Q(user=user_obj) | Q(group__in=user_obj.groups.all()))
