"""One function takes seats, one gives them back, one sets their number. The caller has locked the session's row."""

import dataclasses as dc
import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations import counts, waiting_list
from registrations.locks import lock, lock_one
from registrations.models import Registration, WalkIn
from registrations.published import find
from registrations.transitions import move
from sessions.models import Session

# The fields of a session that say how many seats there are.
SEAT_FIELDS = ("seats", "walk_in_seats", "online_seats")


def has_room(row: Session, registration: Registration) -> bool:
    return counts.pool_of(registration).has_room(row, registration.party)


def take(
    row: Session,
    registration: Registration,
    to: str,
    *,
    at: dt.datetime,
    actor: str,
    reason: str = "",
    **values: object,
) -> bool:
    """Move a registration without seats to a state that has them; False, and nothing moves, when there are none."""
    if not has_room(row, registration):
        return False
    move(registration, to, row=row, at=at, actor=actor, reason=reason, **values)
    return True


def give_back(
    row: Session,
    registration: Registration,
    to: str,
    *,
    at: dt.datetime,
    actor: str,
    reason: str = "",
    **values: object,
) -> None:
    """Move a registration to a state without seats; what it had goes to those who wait, in this transaction."""
    move(registration, to, row=row, at=at, actor=actor, reason=reason, **values)
    waiting_list.serve(row, now=at)


def make_room_at_the_door(row: Session, people: int, *, now: dt.datetime) -> int:
    """Seats for so many people who have none: those kept for them first, then free ones; how many of the kept.

    Nobody who waits is passed over for a free one, as long as the waiting list is served. ValidationError when there
    are too few.
    """
    free = counts.ROOM.free(row)
    if free is None:
        return 0
    if counts.ROOM.is_waited_for(row) and waiting_list.is_serving(find(row.edition.slug, row.code), now):
        free = 0
    kept = min(row.walk_in_seats, people)
    if kept + free < people:
        raise _left(row.walk_in_seats + free)
    keep(row, row.walk_in_seats - kept)
    return kept


def keep(row: Session, number: int) -> None:
    """Seats that nobody can register for."""
    if row.walk_in_seats != number:
        row.walk_in_seats = number
        row.save(update_fields=["walk_in_seats"])


def check_capacity(session: Session, seats: int | None, *, walk_in_seats: int = 0) -> Session:
    """The row, locked, if its room may have this number of seats, None for no limit; else ValidationError."""
    locked = lock_one(session.pk)
    if seats is not None and seats < locked.seats_taken + walk_in_seats:
        raise _too_few(locked.seats_taken, walk_in_seats)
    return locked


def check_online_capacity(session: Session, seats: int | None) -> Session:
    locked = lock_one(session.pk)
    if seats is not None and seats < locked.online_seats_taken:
        raise _too_few(locked.online_seats_taken, 0)
    return locked


@transaction.atomic
def set_capacity(session: Session, seats: int | None, *, now: dt.datetime | None = None) -> None:
    """Change the number of seats, None for no limit; those that become free go to those who wait.

    ValidationError when more are taken already.
    """
    locked = check_capacity(session, seats, walk_in_seats=session.walk_in_seats)
    locked.seats = session.seats = seats
    locked.save(update_fields=["seats"])
    waiting_list.serve(locked, now=now or timezone.now())


@transaction.atomic
def serve_after_change(session: Session) -> None:
    """After a form of the staff that may have freed seats: more of them, or fewer kept for people unregistered."""
    waiting_list.serve(lock_one(session.pk), now=timezone.now())


@dc.dataclass(frozen=True, slots=True)
class Drift:
    """A session one of whose counts is not that of its registrations."""

    session: Session
    column: str
    kept: int
    counted: int


@transaction.atomic
def recount(*, fix: bool = False) -> list[Drift]:
    """Compare every count with the registrations. Wrong counts are put right if ``fix``."""
    locked = lock(Session.objects.values_list("pk", flat=True))
    true = _counted()
    drifts = [
        Drift(session, column, kept, true.get((pk, column), 0))
        for pk, session in locked.items()
        for column in Session.COUNTERS
        if (kept := getattr(session, column)) != true.get((pk, column), 0)
    ]
    if fix:
        for drift in drifts:
            Session.objects.filter(pk=drift.session.pk).update(**{drift.column: drift.counted})
    return drifts


def _counted() -> dict[tuple[int, str], int]:
    """By session and column: what the registrations sum up to."""
    found: dict[tuple[int, str], int] = {}
    for pool in counts.POOLS:
        mine = Registration.objects.filter(is_online=pool.is_online).order_by().values_list("session")
        for column, states in (
            (pool.taken, Registration.SEATED),
            (pool.held, [Registration.State.HELD]),
            (pool.waiting, [Registration.State.WAITING]),
        ):
            sums = mine.annotate(people=Sum("party", filter=Q(state__in=states))).filter(people__gt=0)
            found.update({(session, column): people for session, people in sums})
    for session, people in WalkIn.objects.order_by().values_list("session").annotate(number=Sum("people")):
        key = (session, counts.ROOM.taken)
        found[key] = found.get(key, 0) + people
    return found


def _left(number: int) -> ValidationError:
    if not number:
        return ValidationError(_("This session is full."), code="full")
    message = ngettext("Only %(left)d seat is left.", "Only %(left)d seats are left.", number)
    return ValidationError(message, code="too_few", params={"left": number})


def _too_few(taken: int, kept: int) -> ValidationError:
    message = ngettext(
        "%(taken)s seat is taken: give at least as many seats, or free some first.",
        "%(taken)s seats are taken: give at least as many seats, or free some first.",
        taken,
    )
    if kept:
        message = ngettext(
            "%(taken)s seat is taken and %(kept)s kept for people who come unregistered: give at least as many seats.",
            "%(taken)s seats are taken and %(kept)s kept for people who come unregistered: give at least as many "
            "seats.",
            taken,
        )
    return ValidationError(message, code="taken", params={"taken": taken, "kept": kept})
