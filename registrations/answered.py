"""Forms that took nothing, as their address was known, and were answered as if they had.

Nobody may learn that an address is known. So what such a form is answered when it is sent again, or corrected, does not
depend on the seats that are left by then: a registration of its own would still be there, for as long as it is
remembered here.
"""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from innovation_week import batches
from registrations import deadlines, holds
from registrations.models import AnsweredForm, Registration
from registrations.published import PublishedSession
from sessions.models import Session


def keep(made: Registration, row: Session, published: PublishedSession, *, wait: bool, now: dt.datetime) -> None:
    """``made``: what the form would have made. The first answer stands, if there was one."""
    if published.starts_at is None or found(made.public_id, now) is not None:
        return
    hours = holds.hours(row, is_online=made.is_online)
    until = deadlines.deadline(now, starts_at=published.starts_at, zone=published.zone, hours=hours)
    if wait:
        until = deadlines.waiting_list_closes(published.starts_at)
    _write(made.public_id, None if wait else hours, until)


def keep_for(held: Registration, published: PublishedSession) -> None:
    """It is about to be given back, as its form now gives an address that is known."""
    if published.starts_at is not None:
        is_waiting = held.state == Registration.State.WAITING
        until = deadlines.waiting_list_closes(published.starts_at) if is_waiting else held.expires_at
        _write(held.public_id, None if is_waiting else held.hold_hours, until or published.starts_at)


def keep_on(before: UUID, after: UUID) -> None:
    """The form ``before`` gives another address, and still has nothing."""
    told = AnsweredForm.objects.filter(identifier=before).first()
    if told is not None:
        _write(after, told.hold_hours, told.until)


def found(identifier: UUID, now: dt.datetime) -> AnsweredForm | None:
    return AnsweredForm.objects.filter(identifier=identifier, until__gt=now).first()


def forget_answered() -> int:
    return batches.delete(AnsweredForm.objects.filter(until__lte=timezone.now()))


def _write(identifier: UUID, hold_hours: int | None, until: dt.datetime) -> None:
    values = {"hold_hours": hold_hours, "until": until}
    AnsweredForm.objects.update_or_create(identifier=identifier, defaults=values)
