"""One slot for each person in a sequence that says so: who has one changes it, and never loses the first before the
second is theirs.

Changing moves the same row, with its link and its ticket. A seat offered to somebody who has a slot elsewhere is such
a change too: the row that has the slot takes the seat, and the one that waited ends. The constraint on the slots of a
person has the last word, whatever two tabs do at once.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from registrations import counts, eligibility, holds, locks, mails, reminders, waiting_list
from registrations.models import Registration, RegistrationQuerySet
from registrations.offer import OPEN
from registrations.published import PublishedSession, find
from registrations.refusals import refusal, too_few, too_many_companions
from registrations.transitions import PERSON, move, relocate
from sessions.models import Session

Found = TypeVar("Found")
State = Registration.State
Rows = dict[int, Session]  # locked, by primary key


def exclusive_sequence(published: PublishedSession, row: Session) -> int | None:
    """The sequence of which a person has one slot, when the session is a slot of such a one."""
    thread = published.programme.thread_by_slug.get(published.item.thread)
    is_one_each = published.item.is_slot and thread is not None and thread.one_slot_per_person
    return row.sequence_id if is_one_each else None


def taken(sequence: int | None, email_key: str) -> RegistrationQuerySet:
    """The slot that a person has in the sequence."""
    if sequence is None:
        return Registration.objects.none()
    found = Registration.objects.filter(
        exclusive_sequence=sequence, email_key=email_key, state__in=Registration.HAS_SLOT
    )
    return found.select_related("session__edition")


def may_change(registration: Registration, published: PublishedSession, now: dt.datetime) -> bool:
    """Whether its person may look for another slot."""
    has_seat = registration.state in (State.HELD, State.CONFIRMED) and not registration.is_overdue(now)
    return published.item.is_slot and has_seat and not published.is_over(now)


def standing_for(registration: Registration) -> Registration | None:
    """The slot that the person has instead of this registration, which ended or is yet to be answered."""
    return taken(registration.exclusive_sequence_id, registration.email_key).exclude(pk=registration.pk).first()


def release_void(published: PublishedSession, email_key: str, *, now: dt.datetime) -> None:
    """Before the person takes a slot: one whose hold ran out, or that left the programme, does not stand in the way."""
    if not published.item.is_slot:
        return
    sequence = Session.objects.values_list("sequence", flat=True).get(
        edition=published.edition, code=published.item.code
    )
    for found in taken(sequence, email_key):
        if found.is_overdue(now) or _left_the_programme(found):
            _release(found, now)


@transaction.atomic
def _release(registration: Registration, now: dt.datetime) -> None:
    row = locks.lock_one(registration.session_id)
    registration.refresh_from_db()
    if registration.session_id != row.pk:  # changed meanwhile, and good again
        return
    if registration.is_overdue(now):
        holds.expire(row, registration, now=now)
    elif _left_the_programme(registration):
        registration.exclusive_sequence = None
        registration.save(update_fields=["exclusive_sequence"])


def again_if_taken(published: PublishedSession, act: Callable[[], Found]) -> Found:
    """Two tabs may take two slots at the same moment: whoever comes second starts over, and sees the first."""
    try:
        return act()
    except IntegrityError:
        if not published.item.is_slot:
            raise
        return act()


def _left_the_programme(registration: Registration) -> bool:
    return find(registration.session.edition.slug, registration.session.code) is None


# --- With the rows locked ----------------------------------------------------------------------------------------


def lock(registration: Registration) -> Rows:
    """The row of its session, and that of the slot that the person has elsewhere in the sequence; it is read again."""
    others = taken(registration.exclusive_sequence_id, registration.email_key).values_list("session", flat=True)
    return locks.lock_with(registration, others)


def seat(
    rows: Rows,
    registration: Registration,
    published: PublishedSession,
    *,
    now: dt.datetime,
    actor: str,
    reason: str = "",
    **values: Any,
) -> Registration:
    """Confirm a registration whose seats are sure. Where the person has a slot already, that one comes here instead,
    and is what is confirmed.
    """
    holder = _holder(rows, registration, now)
    if holder is None:
        row = rows[registration.session_id]
        move(registration, State.CONFIRMED, row=row, at=now, actor=actor, reason=reason, **values)
        mails.confirmed(registration, published)
        return registration
    row = rows[registration.session_id]
    if registration.state in Registration.LIVE:
        ended = gettext_noop("The slot that the person had was moved to this seat.")
        move(registration, State.CANCELLED, row=row, at=now, actor=actor, reason=ended)
    come(rows, holder, row, published, registration.party, is_online=registration.is_online, now=now, actor=actor)
    return holder


def _holder(rows: Rows, registration: Registration, now: dt.datetime) -> Registration | None:
    """The registration by which the person has a slot elsewhere. ValidationError when it is not to be changed."""
    found = taken(registration.exclusive_sequence_id, registration.email_key).exclude(pk=registration.pk).first()
    if found is None:
        return None
    if found.session_id not in rows:  # another tab took it since the rows were locked
        raise locks.moved()
    if found.is_overdue(now):
        holds.expire(rows[found.session_id], found, now=now)
        return None
    _require_changeable(found, now)
    return found


def _require_changeable(registration: Registration, now: dt.datetime) -> None:
    """A visit that took place stays what it was."""
    published = find(registration.session.edition.slug, registration.session.code)
    if registration.state == State.PRESENT or (published is not None and published.is_over(now)):
        message = _("You have already had a slot of this sequence: it can no longer be changed.")
        raise ValidationError(message, code="over")
    if registration.state not in Registration.HAS_SLOT or registration.is_overdue(now):
        raise ValidationError(_("This registration no longer has a seat that could be changed."), code="ended")


@transaction.atomic
def change(registration: Registration, target: PublishedSession, *, now: dt.datetime, actor: str = PERSON) -> None:
    """Move a registration to another slot of its sequence, confirmed: the link proves the address.

    ValidationError, and nothing has moved, when that slot has no seats for the party, or is no such slot.
    """
    to = target.row().pk
    rows = locks.lock_with(registration, [to])
    if registration.session_id == to:
        return  # the form was sent twice
    _require_changeable(registration, now)
    row = rows[to]
    if not (row.is_slot and rows[registration.session_id].is_slot and target.item.is_slot):
        raise ValidationError(_("Only a slot is changed for another one."), code="other")
    if row.sequence_id != rows[registration.session_id].sequence_id:
        raise ValidationError(_("Choose a slot of the same sequence."), code="other")
    waited = Registration.objects.live().filter(session=row, email_key=registration.email_key).first()
    if waited is not None and waited.is_overdue(now):
        holds.expire(row, waited, now=now)
        waited = None
    if waited is not None and waited.state == State.OFFERED:
        is_online, party = waited.is_online, waited.party
        ended = gettext_noop("The slot that the person had was moved to this seat.")
        move(waited, State.CANCELLED, row=row, at=now, actor=actor, reason=ended)
    else:
        is_online, party = registration.is_online and target.is_hybrid, registration.party
        require_open(row, target, registration, now)
        require_room(row, target, registration, now)
        if waited is not None:
            raise refusal("full")
    come(rows, registration, row, target, party, is_online=is_online, now=now, actor=actor)


def require_open(
    row: Session,
    target: PublishedSession,
    registration: Registration,
    now: dt.datetime,
    *,
    is_passed: bool = False,
) -> None:
    """Whether the session takes such a party at all, be there seats or not. ``is_passed``: whoever it is for."""
    if registration.companions > row.most_companions:
        raise too_many_companions(row.most_companions)
    is_admitted = is_passed or eligibility.admits_change(row, registration)
    state = eligibility.state(target, row, now, is_admitted=is_admitted)
    if state not in (*OPEN, "full"):
        raise eligibility.refusal(target, row, state)


def require_room(row: Session, target: PublishedSession, registration: Registration, now: dt.datetime) -> None:
    pool = counts.ONLINE if registration.is_online and target.is_hybrid else counts.ROOM
    if not pool.has_room(row, registration.party):
        holds.expire_in(row, now=now)
    if pool.is_waited_for(row):
        raise refusal("full")
    if not pool.has_room(row, registration.party):
        raise too_few(left) if (left := pool.free(row)) else refusal("full")


def come(
    rows: Rows,
    registration: Registration,
    row: Session,
    published: PublishedSession,
    party: int,
    *,
    is_online: bool,
    now: dt.datetime,
    actor: str,
    reason: str = gettext_noop("The slot was changed."),
    to: str = State.CONFIRMED,
    tell: Callable[[Registration, PublishedSession, PublishedSession | None], object] = mails.slot_changed,
    **values: Any,
) -> None:
    """To seats that are sure; those that it leaves go to who waits for them. ``tell`` writes the mail."""
    left = rows[registration.session_id]
    before = find(left.edition.slug, left.code)
    values |= {
        "party": party,
        "is_online": is_online,
        "exclusive_sequence_id": exclusive_sequence(published, row),
        "set_aside_until": None,
        # The mail of the change tells what a reminder of the new slot would.
        "told": reminders.due(published, now) or Registration.Told.NOTHING,
    }
    relocate(registration, to, source=left, target=row, at=now, actor=actor, reason=reason, **values)
    tell(registration, published, before)
    for each in (left, row):
        waiting_list.serve(each, now=now)
