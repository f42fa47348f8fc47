"""Is there room? The one part of a public page that a release does not settle.

Seats and registration times act at once, so they are read from the sessions' rows; one small query returns only
those whose state is not the plain "open", so that a warm page costs the same with ten sessions or a thousand.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping

from django.db.models import BigIntegerField, CharField, DateTimeField, F, Q, QuerySet
from django.db.models.functions import Coalesce

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

    def __init__(self, seats: Mapping[str, Seats], now: dt.datetime) -> None:
        self._seats = seats
        self._states = {code: live.state(now) for code, live in seats.items()}
        self._now = now

    def state(self, item: Item) -> str:
        if item.state != "scheduled":
            return item.state
        if item.slot.ends_at is not None and item.slot.ends_at <= self._now:
            return "over"
        if item.slot.starts_at is not None and item.slot.starts_at <= self._now:
            return "now"
        if item.entry != "registration":
            return item.entry
        return self._states.get(item.code, "open")

    def seats(self, code: str) -> Seats | None:
        """The numbers of a session, when they were asked for or its state is not "open"."""
        return self._seats.get(code)

    def key(self, exact: str = "") -> tuple[object, ...]:
        """What pages made with these states are kept under: words, and the numbers of the session ``exact``."""
        return (*sorted(self._states.items()), self._seats.get(exact))


def _tight() -> QuerySet:
    """Coming sessions of an edition that are not plainly open, and the session ``exact``."""
    now = Slot("now", DateTimeField())
    return (
        Session.objects.filter(edition=Slot("edition", BigIntegerField()), entry=Session.Entry.REGISTRATION)
        .filter(Q(ends_at__gt=now) | Q(ends_at__isnull=True))
        .annotate(
            opening=Coalesce("registration_opens_at", Slot("opens_at", DateTimeField())),
            closing=Coalesce("registration_closes_at", Slot("closes_at", DateTimeField())),
            scarce=(F("seats") - F("seats_taken")) * FEW,
        )
        .filter(
            Q(opening__gt=now) | Q(closing__lte=now) | Q(scarce__lte=F("seats")) | Q(code=Slot("exact", CharField()))
        )
        .values_list("code", "seats", "seats_taken", "opening", "closing")
    )


_tight_rows = Prepared(_tight)


def availability(edition: Edition, *, now: dt.datetime, exact: str = "") -> Availability:
    """One query: the coming sessions of the edition that are not plainly open, and the session ``exact``."""
    rows = _tight_rows.rows(
        edition=edition.pk,
        now=now,
        opens_at=edition.registration_opens_at,
        closes_at=edition.registration_closes_at,
        exact=exact,
    )
    return Availability({code: Seats(*numbers) for code, *numbers in rows}, now)
