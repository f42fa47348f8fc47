"""People of the staff as the forms and lists of the back-office name them."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from innovation_week.models import today


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else "–"


def open_accounts(*, kept: int | None = None) -> QuerySet[User]:
    """Who can be given work, and, so that a form can be saved again, whoever has it already (``kept``)."""
    is_open = Q(is_staff=True, is_active=True) & ~Q(limit__ends_on__lt=today())
    return User.objects.filter(is_open | Q(pk=kept)).order_by("last_name", "username")


def is_open(user: Any) -> bool:
    """The same of an account that is at hand, or of nobody; with its ``limit`` read along, it asks no query."""
    limit = getattr(user, "limit", None)
    return user is not None and user.is_staff and user.is_active and not (limit and limit.has_ended)


class StaffChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return name_of(user)
