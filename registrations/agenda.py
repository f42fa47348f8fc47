"""What a person has asked for in an edition, day by day, with what does not fit together: a warning, never a wall.

Two sessions at the same time, or too little of it to go from one to the next. How long a journey takes is a simple
rule, told in docs/decisions: nothing within a venue, half an hour within a city; between cities the person is told
how much time there is, and judges.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Self

from publishing.current import Released
from publishing.programme import Place
from publishing.search import fold
from registrations import connection, papers
from registrations.connection import Connection
from registrations.models import Registration
from registrations.participants import latest
from registrations.published import PublishedSession

WITHIN_A_CITY = dt.timedelta(minutes=30)
# What is further apart than this is no journey from one session to the next.
SAME_DAY = dt.timedelta(hours=12)


@dc.dataclass(frozen=True, slots=True)
class Stop:
    """A registration with its session, which is None once the programme does not have it any more."""

    registration: Registration
    published: PublishedSession | None
    state: str  # of the registration, as of now
    is_over: bool
    has_certificate: bool

    @property
    def title(self) -> str:
        return self.published.item.title if self.published else ""

    @property
    def is_expected(self) -> bool:
        """Whether the person may be there: it takes place, and they have a seat or wait for one."""
        is_on = self.published is not None and self.published.item.state == "scheduled"
        return is_on and not self.is_over and self.state in Registration.LIVE

    @property
    def has_ticket(self) -> bool:
        return self.is_expected and self.published is not None and papers.has_ticket(self.registration, self.published)

    @property
    def connection(self) -> Connection | None:
        return connection.of(self.registration, self.published)

    @property
    def times(self) -> tuple[dt.datetime, dt.datetime] | None:
        """In UTC: moments of one zone are compared by their clocks, whatever the change of hour."""
        slot = self.published.item.slot if self.published else None
        if slot is None or slot.starts_at is None or slot.ends_at is None:
            return None
        return slot.starts_at.astimezone(dt.UTC), slot.ends_at.astimezone(dt.UTC)

    @property
    def place(self) -> Place | None:
        """Where the person has to be; None online."""
        return None if self.published is None or self.registration.is_online else self.published.place


@dc.dataclass(frozen=True, slots=True)
class Notice:
    """``kind``: "clash" with the other, "short" to come from it, "far" when it is in another city."""

    kind: str
    other: Stop
    time: tuple[dt.datetime, dt.datetime] | None = None  # for the journey, from the end of the other


@dc.dataclass(frozen=True, slots=True)
class Line:
    stop: Stop
    notices: tuple[Notice, ...]


@dc.dataclass(frozen=True, slots=True)
class Day:
    date: dt.date
    lines: tuple[Line, ...]


@dc.dataclass(frozen=True, slots=True)
class Agenda:
    days: tuple[Day, ...]  # what is to come
    undated: tuple[Line, ...]
    past: tuple[Stop, ...]  # over, given up, or taken out of the programme

    @classmethod
    def of(cls, registrations: Iterable[Registration], released: Released | None, now: dt.datetime) -> Self:
        stops = [_stop(registration, released, now) for registration in latest(registrations)]
        coming = sorted((stop for stop in stops if _is_coming(stop)), key=_order)
        lines = [Line(stop, tuple(_notices(stop, coming))) for stop in coming]
        return cls(
            days=_by_day(lines),
            undated=tuple(line for line in lines if _date(line.stop) is None),
            past=tuple(sorted((stop for stop in stops if not _is_coming(stop)), key=_order)),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.undated)


def _stop(registration: Registration, released: Released | None, now: dt.datetime) -> Stop:
    item = released.programme.item_by_code.get(registration.session.code) if released else None
    published = PublishedSession(released, item) if released and item else None
    state = Registration.State.EXPIRED if registration.is_overdue(now) else registration.state
    is_over = published is not None and published.is_over(now)
    has_certificate = published is not None and papers.has_certificate(registration, published, now)
    return Stop(registration, published, state, is_over, has_certificate)


def _is_coming(stop: Stop) -> bool:
    """What was called off stays in sight: the person counts on it until they have read so."""
    return stop.published is not None and not stop.is_over and stop.state in Registration.LIVE


def _order(stop: Stop) -> tuple[bool, dt.datetime, int]:
    start = stop.times[0] if stop.times else None
    return start is None, start or stop.registration.created_at, stop.registration.pk


def _date(stop: Stop) -> dt.date | None:
    """On the clock of the venue."""
    starts_at = stop.published.starts_at if stop.published else None
    return starts_at.date() if starts_at else None


def _by_day(lines: Sequence[Line]) -> tuple[Day, ...]:
    found: dict[dt.date, list[Line]] = {}
    for line in lines:
        if date := _date(line.stop):
            found.setdefault(date, []).append(line)
    return tuple(Day(date, tuple(of_day)) for date, of_day in sorted(found.items()))


def _notices(stop: Stop, coming: Sequence[Stop]) -> Iterable[Notice]:
    """What to know of this stop: what it clashes with, and the way from the one before."""
    if not stop.is_expected or stop.times is None:
        return
    before: Stop | None = None
    for other in coming:
        if other is stop or not other.is_expected or other.times is None:
            continue
        if other.times[0] < stop.times[1] and stop.times[0] < other.times[1]:
            yield Notice("clash", other)
        elif other.times[1] <= stop.times[0] and (before is None or _end(other) > _end(before)):
            before = other
    if before is not None and (journey := _journey(before, stop)):
        yield journey


def _end(stop: Stop) -> dt.datetime:
    assert stop.times is not None
    return stop.times[1]


def _journey(before: Stop, stop: Stop) -> Notice | None:
    """None when there is time enough, or nowhere to go."""
    assert stop.times is not None
    time = stop.times[0] - _end(before)
    if before.place is None or stop.place is None or before.place.slug == stop.place.slug or time > SAME_DAY:
        return None
    if not _is_one_city(before.place, stop.place):
        return Notice("far", before, (_end(before), stop.times[0]))
    return Notice("short", before, (_end(before), stop.times[0])) if time < WITHIN_A_CITY else None


def _is_one_city(place: Place, other: Place) -> bool:
    """A venue without a city may be anywhere."""
    return bool(place.city) and fold(place.city) == fold(other.city)
