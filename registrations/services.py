"""What happens to a registration. Each function locks the session first, then reads the registration."""

import dataclasses as dc
import datetime as dt
import functools
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from outbox.services import queue
from registrations import (
    access_needs,
    answered,
    counts,
    eligibility,
    holds,
    invitations,
    mails,
    questions,
    seats,
    slots,
    waiting_list,
)
from registrations.addresses import normalise
from registrations.known import find_known
from registrations.locks import lock, lock_of
from registrations.models import Employer, Registration, RegistrationQuerySet
from registrations.offer import OPEN
from registrations.published import PublishedSession
from registrations.questions import Answers
from registrations.refusals import refusal, too_few, too_many_companions
from registrations.transitions import PERSON, move, record
from sessions.models import Session

State = Registration.State


# Of who registers: what has a table of its own.
KEPT_APART = ("access_need", "answers", "invitation")


@dc.dataclass(frozen=True, slots=True)
class Applicant:
    first_name: str
    last_name: str
    email: str
    employer: Employer | None
    employer_name: str
    branch: str
    region: str
    language: str
    party: int = 1  # the person and those who come along
    is_online: bool = False  # of a session in a room and online
    registered_by_name: str = ""  # a colleague; "" when they filled in the form themselves
    registered_by_email: str = ""
    access_need: str = ""  # stated with consent
    answers: Answers = ()
    invitation: str = ""  # token of the link by which they came

    @property
    def columns(self) -> dict[str, Any]:
        """What stands on the registration itself."""
        return {field.name: getattr(self, field.name) for field in dc.fields(self) if field.name not in KEPT_APART}


def register(
    published: PublishedSession,
    applicant: Applicant,
    *,
    now: dt.datetime,
    identifier: UUID | None = None,
    wait: bool = False,
    is_vouched_for: bool = False,
    actor: str = PERSON,
    pass_note: str = "",
) -> Registration:
    """Hold seats until they are confirmed, or raise ValidationError with a state of the session as its code.

    With ``wait`` a place on the waiting list, where there are not enough seats. The same person again gets the same
    registration and a fresh mail; nothing stored changes. So does who has another slot of a sequence of one each: the
    registration of that slot. ``identifier`` becomes that of the registration: a form that proposes it again finds its
    own first answer, under the address that was corrected since if there is one.
    ``is_vouched_for``: the staff knows the address, and the seats are confirmed at once.
    ``pass_note``: why the staff registers somebody who may not register themselves.
    """
    slots.release_void(published, normalise(applicant.email), now=now)
    register_once = functools.partial(
        _register,
        published,
        applicant,
        now=now,
        identifier=identifier,
        wait=wait,
        is_vouched_for=is_vouched_for,
        actor=actor,
        pass_note=pass_note,
    )
    return slots.again_if_taken(published, register_once)


def _register(
    published: PublishedSession,
    applicant: Applicant,
    *,
    now: dt.datetime,
    identifier: UUID | None,
    wait: bool,
    is_vouched_for: bool,
    actor: str,
    pass_note: str,
) -> Registration:
    with transaction.atomic():
        row = published.locked_row()
        known, is_taken = find_known(row, applicant.email, identifier, now)
        invitation = invitations.opened(row, applicant.invitation, published, now, identifier)
        is_admitted = bool(pass_note) or eligibility.admits(
            row, normalise(applicant.email), is_invited=invitation is not None
        )
        state = eligibility.state(published, row, now, is_admitted=is_admitted)
        if known is not None and known.public_id == identifier:
            mails.again(known, published, now=now)
            return known
        public_id = identifier if identifier and not is_taken else uuid4()
        made = new(published, row, applicant, public_id=public_id, now=now)
        made.invitation = invitation
        how: dict[str, Any] = {"now": now, "actor": actor, "reason": pass_note}
        given: Registration | None = None
        if _has_room(row, made, state, now):
            given = _seated(published, row, made, known, is_vouched_for=is_vouched_for, **how)
        elif wait and _is_waited_for(published, row, state, now):
            given = _waiting(published, row, made, known, **how)
        if known is not None:
            mails.again(known, published, now=now)
        elif given is made:
            _told(made, applicant)
    # Only now: raised above, it would undo the mail to a known address, which gets the answer of an unknown one.
    if given is None:
        raise _refusal(published, row, made, state)
    return given


def _seated(
    published: PublishedSession,
    row: Session,
    made: Registration,
    known: Registration | None,
    *,
    is_vouched_for: bool,
    now: dt.datetime,
    actor: str,
    reason: str,
) -> Registration:
    """What the person has in the end: what they had, here or in another slot of the sequence, else these seats."""
    had = known or _slot_elsewhere(made, now)
    if had is not None:
        _answered_as_if_taken(made, row, published, wait=False, now=now)
        return had
    seat = _confirmed if is_vouched_for else _held
    return seat(published, row, made, now=now, actor=actor, reason=reason)


def _waiting(
    published: PublishedSession, row: Session, made: Registration, known: Registration | None, **how: Any
) -> Registration:
    if known is not None:
        _answered_as_if_taken(made, row, published, wait=True, now=how["now"])
        return known
    waiting_list.join(row, made, published, **how)
    return made


def _refusal(published: PublishedSession, row: Session, made: Registration, state: str) -> ValidationError:
    if state in OPEN and made.party > 1:
        return too_few(counts.pool_of(made).free(row) or 0)
    return eligibility.refusal(published, row, "full" if state in OPEN else state)


@transaction.atomic
def confirm(registration: Registration, published: PublishedSession, *, now: dt.datetime, actor: str = PERSON) -> bool:
    """Keep a seat that is held, or take one that is offered; whether the person has it in the end.

    A time that is over expires here and now. ValidationError when the session will not take place, or is over.
    """
    _require_coming(published, now)
    rows = slots.lock(registration)
    if registration.is_overdue(now):
        holds.expire(rows[registration.session_id], registration, now=now)
    elif registration.state in Registration.ANSWERS_DUE:
        return slots.seat(rows, registration, published, now=now, actor=actor).state == State.CONFIRMED
    return registration.state == State.CONFIRMED


@transaction.atomic
def cancel(
    registration: Registration,
    published: PublishedSession | None,
    *,
    now: dt.datetime,
    actor: str = PERSON,
    reason: str = "",
    silently: bool = False,
) -> bool:
    """Give seats back, decline an offer or leave the waiting list; False when there was nothing of the kind.

    No mail when the session left the programme, or ``silently``. ValidationError when a person would cancel after
    the session: who came is no longer theirs to change.
    """
    if actor == PERSON and published is not None and published.is_over(now):
        raise refusal("over")
    row = lock_of(registration)
    if registration.state not in Registration.LIVE:
        return False
    was = registration.state
    if was == State.OFFERED and not reason:
        reason = gettext_noop("The offer was declined.")
    seats.give_back(row, registration, State.CANCELLED, at=now, actor=actor, reason=reason)
    if published is not None and not silently:
        mails.cancelled(registration, published, was_waiting=was == State.WAITING)
    return True


@transaction.atomic
def take_fewer(registration: Registration, published: PublishedSession, places: int, *, now: dt.datetime) -> None:
    """A group at the head of the queue takes some of its seats, confirmed. ValidationError when it may not."""
    _require_coming(published, now)
    rows = slots.lock(registration)
    if registration.state == State.WAITING:
        row = rows[registration.session_id]
        waiting_list.settle_for(row, registration, places, now=now)
        reason = gettext_noop("Took fewer seats than were asked for.")
        slots.seat(rows, registration, published, now=now, actor=PERSON, reason=reason, set_aside_until=None)
        waiting_list.serve(row, now=now)


@transaction.atomic
def bring_fewer(registration: Registration, places: int, *, now: dt.datetime, actor: str = PERSON) -> None:
    """Fewer people come along: the seats go to those who wait."""
    row = lock_of(registration)
    if registration.state in Registration.LIVE and 0 < places < registration.party:
        before = registration.party
        waiting_list.change_party(row, registration, places)
        record(registration, registration.state, at=now, actor=actor, reason=f"{before} → {places}")
        waiting_list.serve(row, now=now)


@transaction.atomic
def rename(
    registrations: RegistrationQuerySet, *, first_name: str, last_name: str, now: dt.datetime, actor: str = PERSON
) -> None:
    """Correct the name of a person in all these: tickets, lists and certificates show it from now on."""
    lock(registrations.order_by().values_list("session", flat=True))
    for registration in registrations:
        if (registration.first_name, registration.last_name) != (first_name, last_name):
            registration.first_name, registration.last_name = first_name, last_name
            registration.save(update_fields=["first_name", "last_name"])
            reason = gettext_noop("The name was corrected.")
            record(registration, registration.state, at=now, actor=actor, reason=reason)


@transaction.atomic
def promote(registration: Registration, *, now: dt.datetime, actor: str, reason: str) -> bool:
    """By hand and with a reason, out of order: whether a seat is offered at once; else it is the next to be served."""
    row = lock_of(registration)
    return waiting_list.promote(row, registration, now=now, actor=actor, reason=reason)


def take_again(registration: Registration, published: PublishedSession, *, now: dt.datetime) -> Registration:
    """Seats for somebody who gave them up or let them expire, with the same data; confirmed, as the link proves the
    address. In a full session, the waiting list. If the person registered anew in the meantime, that registration.
    ValidationError when there is neither.
    """
    try:
        with transaction.atomic():
            return _take_again(registration, published, now)
    except IntegrityError:
        same = Registration.objects.live().filter(session=registration.session_id, email_key=registration.email_key)
        taken = slots.taken(registration.exclusive_sequence_id, registration.email_key)
        return same.first() or taken.first() or registration


def live(row: Session, email: str, now: dt.datetime) -> Registration | None:
    """What the address has in the session, whose lock the caller holds: a seat, or a place on the waiting list."""
    return find_known(row, email, None, now)[0]


def send_links(email: str, *, language: str) -> None:
    """Ask for the links of an address to be mailed to it. Whether it is known is looked up by the sender only:
    the answer to the request takes the same time for everybody.
    """
    queue(
        kind=mails.LINKS,
        to=email,
        subject=_("Your registrations"),
        language=language,
    )


def new(
    published: PublishedSession, row: Session, applicant: Applicant, *, public_id: UUID, now: dt.datetime
) -> Registration:
    """Not saved, and without a state yet: ValidationError when the session does not take such a party."""
    is_online = applicant.is_online and published.is_hybrid
    if applicant.party - 1 > row.most_companions:
        raise too_many_companions(row.most_companions)
    return Registration(
        session=row,
        public_id=public_id,
        email_key=normalise(applicant.email),
        created_at=now,
        exclusive_sequence_id=slots.exclusive_sequence(published, row),
        **applicant.columns | {"is_online": is_online},
    )


def _has_room(row: Session, made: Registration, state: str, now: dt.datetime) -> bool:
    """Whether there are seats: those of holds that are over count."""
    if state not in OPEN and not (state == "full" and holds.expire_in(row, now=now)):
        return False
    return seats.has_room(row, made) or bool(holds.expire_in(row, now=now) and seats.has_room(row, made))


def _slot_elsewhere(made: Registration, now: dt.datetime) -> Registration | None:
    """The slot of the sequence that the person has already: a mail tells them, and the page tells nobody."""
    sequence = made.exclusive_sequence_id
    taken = slots.taken(sequence, made.email_key).first() if sequence else None
    if taken is not None:
        mails.has_slot(taken, now=now)
    return taken


def _answered_as_if_taken(
    made: Registration, row: Session, published: PublishedSession, *, wait: bool, now: dt.datetime
) -> None:
    """Its person has what they ask for already, or another slot: the page tells nobody, now or later."""
    invitations.spend(made, row, published, wait=wait, now=now)
    answered.keep(made, row, published, wait=wait, now=now)


def _confirmed(
    published: PublishedSession, row: Session, made: Registration, *, now: dt.datetime, actor: str, reason: str
) -> Registration:
    move(made, State.CONFIRMED, row=row, at=now, actor=actor, reason=reason)
    mails.confirmed(made, published)
    return made


def _held(
    published: PublishedSession, row: Session, made: Registration, *, now: dt.datetime, actor: str, reason: str
) -> Registration:
    hours = holds.hours(row, is_online=made.is_online)
    expires_at = holds.latest_deadline(published, now, hours)  # until its mail leaves; then holds.start says
    terms: dict[str, Any] = {"hold_hours": hours, "expires_at": expires_at}
    move(made, State.HELD, row=row, at=now, actor=actor, reason=reason, **terms)
    mails.hold(made, published)
    return made


def _told(made: Registration, applicant: Applicant) -> Registration:
    """With what the person said beside it."""
    questions.answer(made, applicant.answers)
    access_needs.ask(made, applicant.access_need, now=made.created_at)
    return made


def _is_waited_for(published: PublishedSession, row: Session, state: str, now: dt.datetime) -> bool:
    return state in (*OPEN, "full") and waiting_list.is_open(row, published, now)


def _require_coming(published: PublishedSession, now: dt.datetime) -> None:
    if published.item.state != "scheduled" or published.is_over(now):
        raise refusal("over" if published.is_over(now) else published.item.state)


def _take_again(registration: Registration, published: PublishedSession, now: dt.datetime) -> Registration:
    rows = slots.lock(registration)
    row = rows[registration.session_id]
    if registration.state not in (State.CANCELLED, State.EXPIRED):
        return registration
    is_admitted = eligibility.admits_again(row, registration, published, now)
    state = eligibility.state(published, row, now, is_admitted=is_admitted)
    if state in (*OPEN, "full"):
        if not seats.has_room(row, registration):
            holds.expire_in(row, now=now)
        if seats.has_room(row, registration):
            reason = gettext_noop("Taken again from the mailed link.")
            return slots.seat(rows, registration, published, now=now, actor=PERSON, reason=reason)
        if waiting_list.is_open(row, published, now):
            waiting_list.join(row, registration, published, now=now, actor=PERSON)
            return registration
    raise eligibility.refusal(published, row, "full" if state in OPEN else state)
