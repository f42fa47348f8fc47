"""The staff moves somebody to another session of the edition, with their seat, their link and their ticket."""

import datetime as dt
import functools

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from registrations import counts, holds, locks, mails, slots
from registrations.models import Registration
from registrations.published import PublishedSession
from registrations.refusals import too_few
from registrations.transitions import move
from sessions.models import Session

State = Registration.State
MOVABLE = (State.HELD, State.CONFIRMED, State.WAITING, State.OFFERED)


def move_to(
    registration: Registration,
    target: PublishedSession,
    *,
    now: dt.datetime,
    actor: str,
    reason: str,
    silently: bool = False,
    is_passed: bool = False,
) -> None:
    """What is held stays to be confirmed until the same time; whoever waited, or was offered a seat, has one now.

    Seats that the person is offered there, or that are set aside for them at the head of the queue, are those they come
    to.

    ValidationError, and nothing has moved, when that session has no seats for the party or others wait for them, when
    it takes no registrations, or none of this person unless ``is_passed``, or when the person has a registration
    there, or a slot that excludes it.
    """
    slots.release_void(target, registration.email_key, now=now)
    _move_to(registration, target, now=now, actor=actor, reason=reason, silently=silently, is_passed=is_passed)


@transaction.atomic
def _move_to(
    registration: Registration,
    target: PublishedSession,
    *,
    now: dt.datetime,
    actor: str,
    reason: str,
    silently: bool,
    is_passed: bool,
) -> None:
    to = target.row().pk
    rows = locks.lock_with(registration, [to])
    row = rows[to]
    if registration.session_id == to:
        raise ValidationError(_("The registration is in this session already."), code="same")
    if row.edition_id != rows[registration.session_id].edition_id:
        raise ValidationError(_("Choose a session of the same edition."), code="other")
    if registration.is_overdue(now):
        holds.expire(rows[registration.session_id], registration, now=now)
    if registration.state not in MOVABLE:
        raise ValidationError(_("This registration no longer has a seat that could be moved."), code="ended")
    own = _leave_what_waits(row, registration, target, now=now, actor=actor)
    slots.require_open(row, target, registration, now, is_passed=is_passed or own > 0)
    if own < registration.party:
        _require_room(row, target, registration, own, now)
    is_online = _is_online(registration, target)
    come = functools.partial(slots.come, rows, registration, row, target, registration.party, is_online=is_online)
    if registration.state == State.HELD:
        tell = _ask_again if not silently else _say_nothing
        latest = holds.latest_deadline(target, now, registration.hold_hours or settings.HOLD_HOURS)
        until = min(registration.expires_at or latest, latest)
        come(now=now, actor=actor, reason=reason, to=State.HELD, tell=tell, expires_at=until)
    else:
        come(now=now, actor=actor, reason=reason, tell=mails.moved if not silently else _say_nothing)


def _leave_what_waits(
    row: Session, registration: Registration, target: PublishedSession, *, now: dt.datetime, actor: str
) -> int:
    """What the person has there ends when it only waits; how many seats it leaves that nobody else may take.

    ValidationError when it is a seat, or a slot that excludes.
    """
    sequence = slots.exclusive_sequence(target, row)
    if slots.taken(sequence, registration.email_key).exclude(pk=registration.pk).exists():
        message = _("This person already has a slot of this sequence: change it instead.")
        raise ValidationError(message, code="slot")
    there = Registration.objects.live().filter(session=row, email_key=registration.email_key).first()
    if there is None:
        return 0
    if there.is_overdue(now):
        holds.expire(row, there, now=now)
        return 0
    if there.state not in (State.WAITING, State.OFFERED):
        raise ValidationError(_("This person is already registered for this session."), code="there")
    own = _own_seats(row, there, now) if there.is_online == _is_online(registration, target) else 0
    ended = gettext_noop("Another registration of the person was moved to this session.")
    # What it leaves is not served yet: ``slots.come`` serves what is left once the person has their seats.
    move(there, State.CANCELLED, row=row, at=now, actor=actor, reason=ended)
    return own


def _own_seats(row: Session, there: Registration, now: dt.datetime) -> int:
    """Offered to the person, or set aside for them at the head of the queue."""
    if there.state == State.OFFERED:
        return there.party
    if there.set_aside_until is None or there.set_aside_until <= now or there.position() > 1:
        return 0
    return counts.pool_of(there).free(row) or 0


def _require_room(
    row: Session, target: PublishedSession, registration: Registration, own: int, now: dt.datetime
) -> None:
    """With seats of their own they may lack some: told how many, rather than that the session is full."""
    try:
        slots.require_room(row, target, registration, now)
    except ValidationError as refused:
        raise (too_few(own) if own else refused) from refused


def _is_online(registration: Registration, target: PublishedSession) -> bool:
    return registration.is_online and target.is_hybrid


def _ask_again(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> None:
    mails.hold(registration, published)


def _say_nothing(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> None:
    """The staff tells the person."""
