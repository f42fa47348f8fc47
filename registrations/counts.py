"""The row of a session counts its registrations: people with a seat, of these not confirmed yet, and waiting.

Written here only, with each change of a registration, so that nothing is summed when a seat is asked for. The
caller holds the lock of the row; the database refuses an overbooking.
"""

import dataclasses as dc

from django.db.models import BigIntegerField, Exists, F, IntegerField, OuterRef, Q

from innovation_week.prepared import PreparedUpdate, Slot
from registrations.models import Registration, WalkIn
from sessions.models import Session

State = Registration.State


@dc.dataclass(frozen=True, slots=True)
class Pool:
    """The columns of one kind of seats: those of the room, or those online of a session that is in a room too."""

    is_online: bool
    seats: str
    taken: str
    held: str
    waiting: str

    def free(self, row: Session) -> int | None:
        """Seats that nobody has, and that are not kept for people who come unregistered; None without a limit."""
        seats: int | None = getattr(row, self.seats)
        if seats is None:
            return None
        kept = 0 if self.is_online else row.walk_in_seats
        return max(seats - getattr(row, self.taken) - kept, 0)

    def is_waited_for(self, row: Session) -> bool:
        return bool(getattr(row, self.waiting))

    def has_room(self, row: Session, party: int) -> bool:
        """Whether as many seats are free, and nobody waits for them."""
        free = self.free(row)
        return (free is None or free >= party) and not self.is_waited_for(row)

    def is_crowded(self, row: Session) -> bool:
        """Half of the seats are gone, and most of those are not confirmed: a popular session is filling."""
        seats, taken, held = (getattr(row, name) for name in (self.seats, self.taken, self.held))
        return seats is not None and taken * 2 >= seats and held * 2 >= taken


ROOM = Pool(False, "seats", "seats_taken", "seats_held", "seats_waiting")
ONLINE = Pool(True, "online_seats", "online_seats_taken", "online_seats_held", "online_seats_waiting")
POOLS = (ROOM, ONLINE)
COLUMNS = tuple(name for pool in POOLS for name in (pool.taken, pool.held, pool.waiting))

_counters = PreparedUpdate(
    lambda: Session.objects.filter(pk=Slot("pk", BigIntegerField())),
    **{name: F(name) + Slot(name, IntegerField()) for name in COLUMNS},
)


def waits_with_seats_in_sight() -> Q:
    """Sessions where people wait while seats are free, for a group or by hand, or offered to somebody."""
    found = Q()
    for pool in POOLS:
        kept = F("walk_in_seats") if pool is ROOM else 0
        is_free = Q(**{f"{pool.seats}__isnull": True}) | Q(**{f"{pool.seats}__gt": F(pool.taken) + kept})
        offered = Registration.objects.filter(session=OuterRef("pk"), state=State.OFFERED, is_online=pool.is_online)
        found |= Q(**{f"{pool.waiting}__gt": 0}) & (is_free | Q(Exists(offered)))
    return found


def pool_of(registration: Registration) -> Pool:
    return ONLINE if registration.is_online else ROOM


def counted(registration: Registration) -> dict[str, int]:
    """What the registration adds to which column."""
    pool, state, party = pool_of(registration), registration.state, registration.party
    columns = {}
    if state in Registration.SEATED:
        columns[pool.taken] = party
    if state == State.HELD:
        columns[pool.held] = party
    if state == State.WAITING:
        columns[pool.waiting] = party
    return columns


def of_walk_in(walk_in: WalkIn) -> dict[str, int]:
    return {ROOM.taken: walk_in.people}


def shift(row: Session, before: dict[str, int], after: dict[str, int]) -> None:
    """Count what was counted as ``before`` as ``after``, in the database and on ``row``."""
    deltas = {name: after.get(name, 0) - before.get(name, 0) for name in before | after}
    changed = {name: delta for name, delta in deltas.items() if delta}
    if changed:
        _counters.run(pk=row.pk, **dict.fromkeys(COLUMNS, 0) | changed)
        for name, delta in changed.items():
            setattr(row, name, getattr(row, name) + delta)
