"""In the list of sessions, the slots of an opening day are one line, which opens into the list of them."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.dates import day, time_range
from sessions.models import Session

EACH = "each"
Key = tuple[int, dt.date | None]


class SlotsFilter(admin.SimpleListFilter):
    """The list itself puts slots together: ``is_by_day``."""

    title = _("slots")
    parameter_name = "slots"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(EACH, _("Each slot"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        return queryset

    def choices(self, changelist: Any) -> Any:
        offered = list(super().choices(changelist))
        offered[0]["display"] = _("One line a day")
        return offered


def is_by_day(request: HttpRequest, *others: str) -> bool:
    """Not with these ``others`` in the address, nor for an action: it is done to each slot of the lines chosen."""
    is_action = request.method == "POST" and "action" in request.POST and "_save" not in request.POST
    return request.GET.get(SlotsFilter.parameter_name) != EACH and not is_action and not set(others) & set(request.GET)


@dc.dataclass(frozen=True, slots=True)
class SlotLine:
    """The slots of a line, in order; what columns and the bar of seats ask of a session, asked of them all."""

    slots: tuple[Session, ...]

    @property
    def number(self) -> str:
        return ngettext("%d slot", "%d slots", len(self.slots)) % len(self.slots)

    @property
    def status(self) -> str:
        """ "" when they are in several."""
        return self._same("status")

    @property
    def entry(self) -> str:
        return self._same("entry")

    @property
    def room_id(self) -> int | None:
        return self._same("room_id") or None

    @property
    def seats(self) -> int | None:
        seats = [slot.seats for slot in self.slots]
        return None if None in seats else sum(number for number in seats if number is not None)

    @property
    def seats_taken(self) -> int:
        return sum(slot.seats_taken for slot in self.slots)

    @property
    def seats_waiting(self) -> int:
        return sum(slot.seats_waiting for slot in self.slots)

    @property
    def when(self) -> tuple[str, str]:
        """Day and hours, on the clock of the edition."""
        starts = [timezone.localtime(slot.starts_at) for slot in self.slots if slot.starts_at]
        ends = [timezone.localtime(slot.ends_at) for slot in self.slots if slot.ends_at]
        if not starts:
            return gettext("No time yet"), ""
        return day(starts[0].date()), time_range(min(starts), max(ends))

    def _same(self, name: str) -> Any:
        values = {getattr(slot, name) for slot in self.slots}
        return values.pop() if len(values) == 1 else ""


def key_of(slot: Session) -> Key:
    return slot.sequence_id, timezone.localtime(slot.starts_at).date() if slot.starts_at else None


def day_filters(slot: Session) -> dict[str, str]:
    """What opens a line into the list of its slots."""
    sequence, date = key_of(slot)
    return {SlotsFilter.parameter_name: EACH, "sequence__id__exact": str(sequence), "day": str(date or "none")}


def slot_lines(shown: Iterable[Session], every: QuerySet[Session]) -> dict[int, SlotLine]:
    """By primary key of the slot that stands for them; one query. A slot that is alone on its day is no line."""
    slots = {key_of(session): session.pk for session in shown if session.is_slot}
    if not slots:
        return {}
    rows = every.filter(is_slot=True, sequence__in={sequence for sequence, _day in slots})
    found: dict[Key, list[Session]] = {}
    for row in rows.order_by("starts_at", "pk"):
        found.setdefault(key_of(row), []).append(row)
    return {pk: SlotLine(tuple(found[key])) for key, pk in slots.items() if len(found.get(key, ())) > 1}


def zone_of(request: HttpRequest) -> ZoneInfo:
    edition = chosen_edition(request)
    return ZoneInfo(edition.time_zone) if edition else ZoneInfo(timezone.get_current_timezone_name())
