"""At the door, beside checking people in: who comes without a seat, and whose seats are free as they did not come.

A kept seat becomes a taken one when somebody is let in on it: the constraint of the row holds throughout.
"""

import datetime as dt
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from registrations import attendance, counts, eligibility, holds, seats, services, slots, waiting_list
from registrations.addresses import normalise
from registrations.attendance import DOORS_OPEN
from registrations.locks import lock_of, lock_one
from registrations.models import Registration, RegistrationQuerySet, WalkIn
from registrations.published import PublishedSession, find
from registrations.refusals import refusal
from registrations.services import Applicant
from registrations.transitions import move
from sessions.models import Session

State = Registration.State
# Who has no seat in the room, or not any more.
SEATLESS = (State.WAITING, State.CANCELLED, State.EXPIRED)


def is_open(published: PublishedSession, now: dt.datetime) -> bool:
    """Whether people may be let in, or be noted afterwards from a list on paper."""
    starts_at = published.starts_at
    return published.item.state == "scheduled" and starts_at is not None and starts_at - DOORS_OPEN <= now


def has_begun(published: PublishedSession, now: dt.datetime) -> bool:
    starts_at = published.starts_at
    return published.item.state == "scheduled" and starts_at is not None and starts_at <= now


def absent(session: int) -> RegistrationQuerySet:
    """Confirmed for the room, and not noted as present."""
    return Registration.objects.filter(session=session, state=State.CONFIRMED, is_online=False)


def has_ended(registration: Registration, now: dt.datetime) -> bool:
    """Nothing of it is the person’s any more: they come in as somebody new would."""
    return registration.state in (State.CANCELLED, State.EXPIRED) or registration.is_overdue(now)


@transaction.atomic
def admit(registration: Registration, *, now: dt.datetime, actor: str, pass_note: str = "") -> None:
    """Check the party in. Without seats any more, it takes some that are kept or free; ValidationError when there are
    too few, or the doors are not open, or when who gave theirs up may not register again and no ``pass_note`` says why
    they come in.
    """
    row = lock_of(registration)
    published = _require_open(row, now)
    if registration.is_overdue(now):
        holds.expire(row, registration, now=now)
    if registration.is_online:
        raise ValidationError(_("The seat is online: there may be none in the room."), code="online")
    if registration.state in SEATLESS:
        is_passed = has_ended(registration, now) and not eligibility.admits_again(row, registration, published, now)
        if is_passed and not pass_note:
            raise eligibility.refusal(published, row, row.eligibility)
        seats.make_room_at_the_door(row, registration.party, now=now)
        reason = pass_note if is_passed else ""
        _move(registration, State.PRESENT, row=row, at=now, actor=actor, arrived_at=now, reason=reason)
    elif registration.state != State.PRESENT and not attendance.check_in(registration, now=now, actor=actor):
        raise refusal("full")


@transaction.atomic
def undo(registration: Registration, *, now: dt.datetime, actor: str) -> None:
    """Take back what was noted by mistake. Who was absent is confirmed; ValidationError when the seats are gone."""
    row = lock_of(registration)
    if registration.state == State.NO_SHOW:
        seats.make_room_at_the_door(row, registration.party, now=now)
        _move(registration, State.CONFIRMED, row=row, at=now, actor=actor, arrived_at=None)
    else:
        attendance.undo(registration, now=now, actor=actor)


@transaction.atomic
def admit_unregistered(session: Session, people: int, *, now: dt.datetime, actor: str) -> WalkIn:
    """Let in people by number only, on kept seats first. ValidationError when there are too few seats."""
    row = lock_one(session.pk)
    _require_open(row, now)
    kept = seats.make_room_at_the_door(row, people, now=now)
    walk_in = WalkIn(session=row, people=people, from_kept=kept, at=now, actor=actor)
    walk_in.full_clean()
    walk_in.save()
    counts.shift(row, {}, counts.of_walk_in(walk_in))
    return walk_in


@transaction.atomic
def take_back(walk_in: WalkIn, *, now: dt.datetime) -> None:
    """They were counted by mistake: kept seats are kept again, the others go to those who wait."""
    row = lock_one(walk_in.session_id)
    if not WalkIn.objects.filter(pk=walk_in.pk).exists():  # a second click
        return
    counts.shift(row, counts.of_walk_in(walk_in), {})
    seats.keep(row, row.walk_in_seats + walk_in.from_kept)
    walk_in.delete()
    waiting_list.serve(row, now=now)


@transaction.atomic
def register_at_the_door(
    published: PublishedSession, applicant: Applicant, *, now: dt.datetime, actor: str, pass_note: str = ""
) -> Registration:
    """Somebody who comes unregistered gives their name: present. Who is known is let in with their own registration.

    ValidationError too when they may not register, and no ``pass_note`` says why they do.
    """
    row = lock_one(published.row().pk)
    _require_open(row, now)
    known = services.live(row, applicant.email, now)
    if known is not None:
        admit(known, now=now, actor=actor)
        return known
    if not pass_note and not eligibility.admits(row, normalise(applicant.email)):
        raise eligibility.refusal(published, row, row.eligibility)
    made = services.new(published, row, applicant, public_id=uuid4(), now=now)
    seats.make_room_at_the_door(row, made.party, now=now)
    _move(made, State.PRESENT, row=row, at=now, actor=actor, arrived_at=now, reason=pass_note)
    return made


@transaction.atomic
def release_absent(session: Session, *, now: dt.datetime, actor: str) -> int:
    """Free the seats of those who did not come; of how many registrations. ValidationError before the start."""
    row = lock_one(session.pk)
    published = find(row.edition.slug, row.code)
    if published is None or not has_begun(published, now):
        raise ValidationError(_("Who is absent is known once the session has begun."), code="early")
    found = list(absent(row.pk).order_by("pk"))
    for registration in found:
        reason = gettext_noop("Not there when the seats were released.")
        seats.give_back(row, registration, State.NO_SHOW, at=now, actor=actor, reason=reason)
    return len(found)


def _require_open(row: Session, now: dt.datetime) -> PublishedSession:
    published = find(row.edition.slug, row.code)
    if published is None or not is_open(published, now):
        raise ValidationError(
            _("People are let in from two hours before the start of a session that takes place."), code="early"
        )
    return published


def _move(
    registration: Registration,
    to: str,
    *,
    row: Session,
    at: dt.datetime,
    actor: str,
    arrived_at: dt.datetime | None,
    reason: str = "",
) -> None:
    values: dict[str, Any] = {"arrived_at": arrived_at}
    if to == State.PRESENT and slots.standing_for(registration):  # as at checking in: the staff decides at the door
        values["exclusive_sequence"] = None
    try:
        with transaction.atomic():
            move(registration, to, row=row, at=at, actor=actor, reason=reason, **values)
    except IntegrityError as error:
        raise ValidationError(
            _("This person has another registration meanwhile, which stands in the way."), code="other"
        ) from error
