"""The staff moves somebody to another session of the edition, with their seat, their link and their ticket."""

import datetime as dt
import functools

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from registrations import holds, locks, mails, seats, slots
from registrations.models import Registration
from registrations.published import PublishedSession
from sessions.models import Session

State = Registration.State
MOVABLE = (State.HELD, State.CONFIRMED, State.WAITING, State.OFFERED)


@transaction.atomic
def move_to(
    registration: Registration,
    target: PublishedSession,
    *,
    now: dt.datetime,
    actor: str,
    reason: str,
    silently: bool = False,
) -> None:
    """What is held stays to be confirmed until the same time; whoever waited, or was offered a seat, has one now.

    ValidationError, and nothing has moved, when that session has no seats for the party or others wait for them, when
    it takes no registrations, or when the person has a registration there, or a slot that excludes it.
    """
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
    _leave_what_waits(row, registration, target, now=now, actor=actor)
    slots.require_room(row, target, registration, None, now)
    is_online = registration.is_online and target.is_hybrid
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
) -> None:
    """What the person has there ends when it only waits. ValidationError when it is a seat, or a slot that excludes."""
    sequence = slots.exclusive_sequence(target, row)
    if slots.taken(sequence, registration.email_key).exclude(pk=registration.pk).exists():
        message = _("This person already has a slot of this sequence: change it instead.")
        raise ValidationError(message, code="slot")
    there = Registration.objects.live().filter(session=row, email_key=registration.email_key).first()
    if there is None:
        return
    if there.state not in (State.WAITING, State.OFFERED):
        raise ValidationError(_("This person is already registered for this session."), code="there")
    ended = gettext_noop("Another registration of the person was moved to this session.")
    seats.give_back(row, there, State.CANCELLED, at=now, actor=actor, reason=ended)


def _ask_again(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> None:
    mails.hold(registration, published)


def _say_nothing(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> None:
    """The staff tells the person."""
