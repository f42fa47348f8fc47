"""Many rows at a time, in transactions short enough for the others to get through, and for a kill to undo little."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

SIZE = 500


def each(rows: QuerySet[Any], act: Callable[[list[int]], Any]) -> int:
    """Give ``act`` the primary keys of some rows at a time, until none is left; how many.

    What it does must take them out of the query.
    """
    done = 0
    while number := _one(rows, act):
        done += number
    return done


def delete(rows: QuerySet[Any]) -> int:
    """With what hangs on them; how many, not counting that."""
    return each(rows, lambda keys: rows.model._default_manager.filter(pk__in=keys).delete())


@transaction.atomic
def _one(rows: QuerySet[Any], act: Callable[[list[int]], Any]) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:SIZE])
    if keys:
        act(keys)
    return len(keys)
