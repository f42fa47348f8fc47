"""Who came: a person is let in at the door, once, and taken back when that was a mistake."""

import datetime as dt
import enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop

from registrations import seats, slots
from registrations.locks import lock_of
from registrations.models import Registration
from registrations.published import PublishedSession
from registrations.transitions import move

State = Registration.State
DOORS_OPEN = dt.timedelta(hours=2)  # before the start

# Without a seat in the room there is nobody to let in; who was told absent takes one again.
LET_IN = (State.CONFIRMED, State.HELD, State.OFFERED, State.NO_SHOW)


class Verdict(enum.StrEnum):
    """What the door says of a ticket."""

    VALID = "valid"
    UNCONFIRMED = "unconfirmed"  # a seat that is held or offered: coming is an answer
    ABSENT = "absent"
    OTHER_SESSION = "other_session"
    PRESENT = "present"
    WAITING = "waiting"
    ONLINE = "online"
    VOID = "void"


def verdict(registration: Registration, published: PublishedSession | None, *, now: dt.datetime) -> Verdict:
    state = registration.state
    if state == State.PRESENT:
        return Verdict.PRESENT
    if state == State.WAITING:
        return Verdict.WAITING
    if state not in LET_IN or registration.is_overdue(now):
        return Verdict.VOID
    if registration.is_online:
        return Verdict.ONLINE
    if published is None or not is_at_the_door(published, now):
        return Verdict.OTHER_SESSION
    if state == State.NO_SHOW:
        return Verdict.ABSENT
    return Verdict.VALID if state == State.CONFIRMED else Verdict.UNCONFIRMED


def is_at_the_door(published: PublishedSession, now: dt.datetime) -> bool:
    """Whether the session takes place now or soon, as the public was told."""
    if published.item.state != "scheduled" or published.starts_at is None:
        return False
    return published.starts_at - DOORS_OPEN <= now and not published.is_over(now)


@transaction.atomic
def check_in(registration: Registration, *, now: dt.datetime, actor: str) -> bool:
    """Let the party in; False when it is in already, has no seat in the room, or finds none left.

    Of a sequence of one slot each, who has another slot is let in all the same: the staff decides at the door.
    """
    row = lock_of(registration)
    if registration.state not in LET_IN or registration.is_online or registration.is_overdue(now):
        return False
    values: dict[str, Any] = {"arrived_at": now}
    if slots.standing_for(registration):
        values["exclusive_sequence"] = None
    if registration.state == State.NO_SHOW:
        try:
            seats.make_room_at_the_door(row, registration.party, now=now)
        except ValidationError:
            return False
    move(registration, State.PRESENT, row=row, at=now, actor=actor, **values)
    return True


@transaction.atomic
def undo(registration: Registration, *, now: dt.datetime, actor: str) -> bool:
    """Back to what the registration was before the person was let in; False when they were not."""
    row = lock_of(registration)
    if registration.state != State.PRESENT:
        return False
    let_in = registration.transitions.filter(to_state=State.PRESENT).order_by("at", "pk").last()
    before = State(let_in.from_state) if let_in and let_in.from_state else State.CONFIRMED
    reason = gettext_noop("Let in by mistake.")
    if before not in Registration.SEATED:
        seats.give_back(row, registration, before, at=now, actor=actor, reason=reason, arrived_at=None)
    else:
        move(registration, before, row=row, at=now, actor=actor, reason=reason, arrived_at=None)
    return True
