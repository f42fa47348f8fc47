"""Somebody has what is held about them in an edition erased: what is to come is cancelled, and nobody is named.

Who waits is served at once by the seats that are given back. What the report counts stays, without a name.
"""

import dataclasses as dc
import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from registrations import locks, retention, seats
from registrations.models import Participant, Registration
from registrations.published import find
from registrations.transitions import PERSON

State = Registration.State
TO_COME = (*Registration.ANSWERS_DUE, State.CONFIRMED, State.WAITING)


@dc.dataclass(frozen=True, slots=True)
class Preview:
    """What will go."""

    cancelled: tuple[Registration, ...]  # with the seats, given back
    anonymous: int  # the others, without a name
    messages: int


def preview(participant: Participant, *, now: dt.datetime) -> Preview:
    rows = list(participant.registrations().select_related("session__edition").order_by("session__starts_at", "pk"))
    cancelled = tuple(row for row in rows if _is_to_come(row, now))
    return Preview(cancelled, len(rows) - len(cancelled), retention.messages_about(participant).count())


@transaction.atomic
def erase(participant: Participant, *, now: dt.datetime) -> None:
    """ValidationError when a registration changed its slot at this very moment: nothing is erased then."""
    rows = participant.registrations().select_related("session__edition").order_by("pk")
    locked = locks.lock(rows.order_by().values_list("session", flat=True))
    found = list(rows)
    if any(row.session_id not in locked for row in found):
        raise locks.moved()
    for registration in found:
        if _is_to_come(registration, now):
            row = locked[registration.session_id]
            reason = gettext_noop("The person had their data erased.")
            seats.give_back(row, registration, State.CANCELLED, at=now, actor=PERSON, reason=reason)
    retention.forget(participant)


def _is_to_come(registration: Registration, now: dt.datetime) -> bool:
    published = find(registration.session.edition.slug, registration.session.code)
    return registration.state in TO_COME and (published is None or not published.is_over(now))
