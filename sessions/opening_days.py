"""The slots of each opening day told by one of them, where a list has one line for them all."""

from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

Sessions = TypeVar("Sessions", bound=QuerySet[Any])


def first_of_each_day(sessions: Sessions, zone: ZoneInfo, *order: Any) -> Sessions:
    """Those that are no slots and, of the slots of a sequence on one day of this clock, the first in ``order``.

    As one condition: the queryset keeps its own order and annotations.
    """
    day: list[Any] = [F("sequence"), TruncDate("starts_at", tzinfo=zone)]
    rank = Window(RowNumber(), partition_by=day, order_by=[*order, F("starts_at").asc(nulls_last=True), F("pk").asc()])
    slots = sessions.filter(is_slot=True).order_by()
    return sessions.filter(
        Q(is_slot=False) | Q(pk__in=slots.annotate(rank_of_day=rank).filter(rank_of_day=1).values("pk"))
    )
