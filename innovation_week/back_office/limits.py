"""What an account limited to some sequences sees and changes: one rule for lists, forms, choices, counts and actions.

An admin says which sequence its rows belong to (``sequence_lookup``); whoever reads rows for a request outside
``ModelAdmin.get_queryset`` passes them through ``visible``.
"""

import functools
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from sessions.models import Sequence, Session

Rows = TypeVar("Rows", bound=QuerySet[Any])


def sequences_of(user: Any) -> frozenset[int] | None:
    """Primary keys of the sequences that the account is limited to; None: it is not."""
    limit = getattr(user, "limit", None)
    return limit.sequence_pks if limit else None


def sequences_in_words(request: HttpRequest) -> str:
    """By their titles; empty for an account that is not limited to some."""
    sequences = sequences_of(request.user)
    if sequences is None:
        return ""
    return ", ".join(Sequence.objects.filter(pk__in=sequences).values_list("title", flat=True))


def sees_all(request: HttpRequest) -> bool:
    """What is about the programme as a whole, such as publishing it, is not for an account limited to a part."""
    return sequences_of(request.user) is None


def is_limited(request: HttpRequest) -> bool:
    """Even if only to a last day."""
    return getattr(request.user, "limit", None) is not None


def visible(request: HttpRequest, queryset: Rows) -> Rows:
    """The rows that the account of the request may know of; all of them for a model that the admin does not know."""
    model_admin = admin.site._registry.get(queryset.model)
    return model_admin.within_limits(request, queryset) if isinstance(model_admin, LimitedAdmin) else queryset


def is_out_of_reach(user: Any, row: Any) -> bool:
    """Whether it is a sequence, or a session of a sequence, that the account may not know of. Asks no query."""
    sequences = sequences_of(user)
    if sequences is None or not isinstance(row, Sequence | Session):
        return False
    return (row.pk if isinstance(row, Sequence) else row.sequence_id) not in sequences


class LimitedAdmin(admin.ModelAdmin):
    """An admin that obeys the limits of accounts.

    ``sequence_lookup`` is the path from the model to its sequence, such as ``session__sequence``. Without one, rows
    belong to the programme as a whole. ``limited_rights`` are the letters of docs/roles.md that limited accounts
    keep of those that their roles grant: without a word, all on the rows of their sequences, reading on the others.
    """

    sequence_lookup = ""
    limited_rights: str | None = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.within_limits(request, super().get_queryset(request))

    def within_limits(self, request: HttpRequest, queryset: Any) -> Any:
        sequences = sequences_of(request.user)
        if sequences is None:
            return queryset
        if "V" not in self._limited_rights:
            return queryset.none()
        return self.of_sequences(request, queryset, sequences) if self.sequence_lookup else queryset

    def of_sequences(self, request: HttpRequest, queryset: QuerySet[Any], sequences: frozenset[int]) -> QuerySet[Any]:
        condition = {f"{self.sequence_lookup}__in": sequences}
        if lookup_spawns_duplicates(self.opts, self.sequence_lookup):
            # A join would multiply the rows, and the counts that are annotated later.
            return queryset.filter(pk__in=self.model._default_manager.filter(**condition).values("pk"))
        return queryset.filter(**condition)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._allows(request, "V", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self._allows(request, "A")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._allows(request, "C", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._allows(request, "D", obj)

    @property
    def _limited_rights(self) -> str:
        if self.limited_rights is not None:
            return self.limited_rights
        return "VACD" if self.sequence_lookup else "V"

    def _allows(self, request: HttpRequest, letter: str, obj: Any = None) -> bool:
        sequences = sequences_of(request.user)
        if sequences is None:
            return True
        is_mine = obj is None or not self.sequence_lookup or self._is_mine(request, obj, sequences)
        return letter in self._limited_rights and is_mine

    def _is_mine(self, request: HttpRequest, obj: Model, sequences: frozenset[int]) -> bool:
        if lookup_spawns_duplicates(self.opts, self.sequence_lookup):
            kept = vars(request).setdefault("rows_within_limits", {})  # Django asks several times for one page
            if (key := (self.model, obj.pk)) not in kept:
                row = self.model._default_manager.filter(pk=obj.pk)
                kept[key] = self.of_sequences(request, row, sequences).exists()
            return bool(kept[key])
        path = self.sequence_lookup if self.sequence_lookup == "pk" else f"{self.sequence_lookup}_id"
        try:
            return functools.reduce(getattr, path.split(LOOKUP_SEP), obj) in sequences
        except ObjectDoesNotExist:  # of an object read in the history, whose session was deleted
            return False
