"""Is there room? The one part of a public page that a release does not settle.

Seats and registration times act at once, so they are read from the sessions' rows; one small query returns only
those whose state may not be that of the edition as a whole, so that a warm page costs the same with ten sessions or
a thousand.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping

from django.db.models import BigIntegerField, CharField, DateTimeField, Q, QuerySet

from publishing.prepared import Prepared, Slot
from publishing.programme import Item
from sessions.models import Edition, Session

# A session has its last places when at most one seat in ten is left.
FEW = 10


@dc.dataclass(frozen=True, slots=True)
class Seats:
    """The live part of a session with registration. ``seats`` is None when they are not limited."""

    seats: int | None
    taken: int
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None

    @property
    def left(self) -> int | None:
        return None if self.seats is None else max(self.seats - self.taken, 0)

    def state(self, now: dt.datetime) -> str:
        """``open``, ``few``, ``full``, ``closed`` or ``not_yet``: the one home of this rule."""
        if self.closes_at is not None and self.closes_at <= now:
            return "closed"
        if self.opens_at is not None and self.opens_at > now:
            return "not_yet"
        if self.seats is None or self.left is None:
            return "open"
        if self.left == 0:
            return "full"
        return "few" if self.left * FEW <= self.seats else "open"


class Availability:
    """The state of each item at one moment, as a code that the interface says in words.

    ``open few full closed not_yet`` (with registration), ``free invitation`` (without), ``now over cancelled
    postponed`` (whatever the entry).
    """

    def __init__(self, seats: Mapping[str, Seats], now: dt.datetime, default: str = "open") -> None:
        """``default`` is the state of the sessions with registration that ``seats`` leaves out."""
        self._seats = seats
        self._states = {code: live.state(now) for code, live in seats.items()}
        self._now = now
        self._default = default

    def state(self, item: Item) -> str:
        if item.state != "scheduled":
            return item.state
        if item.slot.ends_at is not None and item.slot.ends_at <= self._now:
            return "over"
        if item.slot.starts_at is not None and item.slot.starts_at <= self._now:
            return "now"
        if item.entry != "registration":
            return item.entry
        return self._states.get(item.code, self._default)

    def seats(self, code: str) -> Seats | None:
        """The numbers of a session, when they were asked for or its state is not that of the others."""
        return self._seats.get(code)

    def key(self, exact: str = "") -> tuple[object, ...]:
        """What pages made with these states are kept under: words, and the numbers of the session ``exact``."""
        return (self._default, *sorted(self._states.items()), self._seats.get(exact))


COLUMNS = ("code", "seats", "seats_taken", "registration_opens_at", "registration_closes_at")


def _tight() -> QuerySet:
    """Coming sessions of an edition that may differ from the others: what ``Session.TIGHT`` has an index for."""
    now = Slot("now", DateTimeField())
    tight = Session.objects.filter(Session.TIGHT, edition=Slot("edition", BigIntegerField()))
    return tight.filter(Q(ends_at__gt=now) | Q(ends_at__isnull=True)).order_by().values_list(*COLUMNS)


def _exact() -> QuerySet:
    with_registration = Session.objects.filter(entry=Session.Entry.REGISTRATION)
    return with_registration.filter(code=Slot("code", CharField())).order_by().values_list(*COLUMNS)


_tight_rows = Prepared(_tight)
_exact_row = Prepared(_exact)


def availability(edition: Edition, *, now: dt.datetime, exact: str = "") -> Availability:
    """One query: the session ``exact`` with its numbers or, without it, all that are not like the others."""
    opens_at, closes_at = edition.registration_opens_at, edition.registration_closes_at
    rows = _exact_row.rows(code=exact) if exact else _tight_rows.rows(edition=edition.pk, now=now)
    seats = {
        code: Seats(seats, taken, opening or opens_at, closing or closes_at)
        for code, seats, taken, opening, closing in rows
    }
    return Availability(seats, now, Seats(None, 0, opens_at, closes_at).state(now))
