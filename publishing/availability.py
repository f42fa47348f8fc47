"""Is there room? The one part of a public page that a release does not settle.

Seats and registration times act at once, so they are read from the sessions' rows; one small query returns only
those whose state may not be that of the edition as a whole, so that a warm page costs the same with ten sessions or
a thousand.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from typing import Self

from django.db.models import BigIntegerField, CharField, DateTimeField, Q, QuerySet, SlugField

from innovation_week.prepared import Prepared, Slot
from publishing.programme import Item, Line, Programme
from sessions.domains import Domains
from sessions.models import Edition, Session

# A session has its last places when at most one seat in ten is left.
FEW = 10
# The state of a line is the first of these that one of its slots is in: there is room while one has room.
OF_A_LINE = (
    "open",
    "free",
    "few",
    "not_yet",
    "full",
    "invitation",
    "closed",
    "now",
    "over",
    "postponed",
    "cancelled",
)


@dc.dataclass(frozen=True, slots=True)
class Seats:
    """The live part of a session with registration. ``seats`` is None when they are not limited."""

    seats: int | None
    taken: int
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    kept: int = 0  # for people who come unregistered
    waiting: int = 0  # people on the waiting list
    has_waiting_list: bool = True
    online_seats: int | None = None  # of a session that is in a room too, beside ``seats``
    online_taken: int = 0
    online_waiting: int = 0
    eligibility: str = "open"  # a Session.Eligibility
    # Known where numbers are told.
    eligible_domains: str = ""
    eligible_subdomains: bool = False

    @classmethod
    def of(cls, row: Session, *, opens_at: dt.datetime | None, closes_at: dt.datetime | None) -> Self:
        """``opens_at`` and ``closes_at`` are those of the row or of its edition."""
        return cls(
            row.seats,
            row.seats_taken,
            opens_at,
            closes_at,
            row.walk_in_seats,
            row.seats_waiting,
            row.has_waiting_list,
            row.online_seats,
            row.online_seats_taken,
            row.online_seats_waiting,
            row.eligibility,
            row.eligible_domains,
            row.eligible_subdomains,
        )

    @property
    def domains(self) -> Domains | None:
        """Whose addresses may register, when those of some may."""
        if self.eligibility != Session.Eligibility.DOMAINS:
            return None
        return Domains.of(self.eligible_domains, with_subdomains=self.eligible_subdomains)

    def to_invited(self) -> Self:
        """As somebody finds it whom a session by invitation takes."""
        is_by_invitation = self.eligibility == Session.Eligibility.INVITATION
        return dc.replace(self, eligibility=Session.Eligibility.OPEN) if is_by_invitation else self

    @property
    def left(self) -> int | None:
        """Seats of the room that somebody may take now: none while people wait for them."""
        if self.seats is None:
            return None
        return 0 if self.waiting else max(self.seats - self.taken - self.kept, 0)

    @property
    def online_left(self) -> int | None:
        if self.online_seats is None:
            return None
        return 0 if self.online_waiting else max(self.online_seats - self.online_taken, 0)

    def state(self, now: dt.datetime, *, is_also_online: bool = False) -> str:
        """``open``, ``few``, ``full``, ``closed``, ``not_yet`` or ``invitation``: the one home of this rule.

        A session in a room and online is as open as the opener of the two.
        """
        if self.closes_at is not None and self.closes_at <= now:
            return "closed"
        if self.opens_at is not None and self.opens_at > now:
            return "not_yet"
        if self.eligibility == Session.Eligibility.INVITATION:
            return "invitation"
        states = {_state(self.left, self.seats)}
        if is_also_online:
            states.add(_state(self.online_left, self.online_seats))
        return next(state for state in ("open", "few", "full") if state in states)


def _state(left: int | None, seats: int | None) -> str:
    if left is None or seats is None:
        return "open"
    if left == 0:
        return "full"
    return "few" if left * FEW <= seats else "open"


class Availability:
    """The state of each item at one moment, as a code that the interface says in words.

    ``open few full closed not_yet invitation`` (with registration), ``free invitation`` (without), ``now over
    cancelled postponed`` (whatever the entry).
    """

    def __init__(
        self, seats: Mapping[str, Seats], now: dt.datetime, default: str = "open", *, is_exact: bool = False
    ) -> None:
        """``default`` is the state of the sessions with registration that ``seats`` leaves out.

        ``is_exact``: pages made with it tell the numbers, not the states alone.
        """
        self._seats = seats
        self._states = {code: live.state(now) for code, live in seats.items()}
        self._now = now
        self._default = default
        self._is_exact = is_exact

    def to_invited(self) -> Self:
        """As somebody finds the sessions whom those by invitation take."""
        seats = {code: live.to_invited() for code, live in self._seats.items()}
        return type(self)(seats, self._now, self._default, is_exact=self._is_exact)

    def state(self, item: Item) -> str:
        if isinstance(item, Line):
            found = {self.state(slot) for slot in item.slots}
            return next(state for state in OF_A_LINE if state in found)
        if item.state != "scheduled":
            return item.state
        if item.slot.ends_at is not None and item.slot.ends_at <= self._now:
            return "over"
        if item.slot.starts_at is not None and item.slot.starts_at <= self._now:
            return "now"
        if item.entry != "registration":
            return item.entry
        return self._open_state(item)

    def _open_state(self, item: Item) -> str:
        """As far as its seats go."""
        if item.is_online and item.slot.place and item.code in self._seats:
            return self._seats[item.code].state(self._now, is_also_online=True)
        return self._states.get(item.code, self._default)

    def seats(self, code: str) -> Seats | None:
        """The numbers of a session, when they were asked for or its state is not that of the others."""
        return self._seats.get(code)

    def opens_at(self, item: Item) -> dt.datetime | None:
        """When registration opens for it, or for the first of its slots; None when that is past or not known."""
        seats = [self._seats[slot.code] for slot in item.sessions if self._states.get(slot.code) == "not_yet"]
        return min((live.opens_at for live in seats if live.opens_at), default=None)

    def key(self, programme: Programme) -> tuple[object, ...]:
        """What pages made with these states are kept under; a slot counts by what it makes of its line."""
        if self._is_exact:
            # The numbers are the same before and after the second at which registration opens or closes.
            return (self._default, *sorted(self._states.items()), *sorted(self._seats.items()))
        told: list[tuple[str, str, dt.datetime | None]] = []
        lines: dict[str, Line] = {}
        for code in self._states:
            item = programme.item_by_code.get(code)
            state = self._open_state(item) if item else self._states[code]
            if line := programme.line_by_slot.get(code):
                lines[line.code] = line
            else:
                told.append((code, state, self._seats[code].opens_at if state == "not_yet" else None))
        told += [(code, self.state(line), self.opens_at(line)) for code, line in lines.items()]
        return (self._default, *sorted(told))


# The columns of ``Seats``, in its order.
LIVE = (
    "seats",
    "seats_taken",
    "registration_opens_at",
    "registration_closes_at",
    "walk_in_seats",
    "seats_waiting",
    "has_waiting_list",
    "online_seats",
    "online_seats_taken",
    "online_seats_waiting",
    "eligibility",
)
COLUMNS = ("code", *LIVE)
EXACT = (*COLUMNS, "eligible_domains", "eligible_subdomains")


def _tight() -> QuerySet:
    """Coming sessions of an edition that may differ from the others: what ``Session.TIGHT`` has an index for."""
    now = Slot("now", DateTimeField())
    tight = Session.objects.filter(Session.TIGHT, edition=Slot("edition", BigIntegerField()))
    return tight.filter(Q(ends_at__gt=now) | Q(ends_at__isnull=True)).order_by().values_list(*COLUMNS)


def _exact() -> QuerySet:
    with_registration = Session.objects.filter(entry=Session.Entry.REGISTRATION)
    return with_registration.filter(code=Slot("code", CharField())).order_by().values_list(*EXACT)


def _of_sequence() -> QuerySet:
    with_registration = Session.objects.filter(entry=Session.Entry.REGISTRATION)
    slug, edition = Slot("sequence", SlugField()), Slot("edition", BigIntegerField())
    return with_registration.filter(sequence__slug=slug, edition=edition).order_by().values_list(*COLUMNS)


_tight_rows = Prepared(_tight)
_exact_row = Prepared(_exact)
_rows_of_sequence = Prepared(_of_sequence)


def availability(edition: Edition, *, now: dt.datetime, exact: str = "", sequence: str = "") -> Availability:
    """One query: the session ``exact``, or those of the ``sequence`` at this address, with their numbers; without
    them, all that are not like the others.
    """
    opens_at, closes_at = edition.registration_opens_at, edition.registration_closes_at
    if exact:
        rows = _exact_row.rows(code=exact)
    elif sequence:
        rows = _rows_of_sequence.rows(edition=edition.pk, sequence=sequence)
    else:
        rows = _tight_rows.rows(edition=edition.pk, now=now)
    seats = {
        code: Seats(seats, taken, opening or opens_at, closing or closes_at, *others)
        for code, seats, taken, opening, closing, *others in rows
    }
    default = Seats(None, 0, opens_at, closes_at).state(now)
    return Availability(seats, now, default, is_exact=bool(exact or sequence))
