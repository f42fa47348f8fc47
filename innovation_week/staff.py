"""People of the staff as the forms and lists of the back-office name them."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else "–"


def open_accounts(*, kept: int | None = None) -> QuerySet[User]:
    """Who can be given work, and, so that a form can be saved again, whoever has it already (``kept``)."""
    return User.objects.filter(Q(is_staff=True, is_active=True) | Q(pk=kept)).order_by("last_name", "username")


class StaffChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return name_of(user)
