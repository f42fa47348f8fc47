"""What happens to a registration. Each function locks the session first, then reads the registration."""

import dataclasses as dc
import datetime as dt
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from outbox.services import queue
from registrations import deadlines, holds, mails, seats
from registrations.addresses import normalise
from registrations.models import Employer, Registration
from registrations.published import PublishedSession
from registrations.transitions import PERSON, move, record
from sessions.models import Session

OPEN = ("open", "few")
State = Registration.State


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


def register(
    published: PublishedSession,
    applicant: Applicant,
    *,
    now: dt.datetime,
    identifier: UUID | None = None,
    actor: str = PERSON,
) -> Registration:
    """Hold a seat until it is confirmed, or raise ValidationError with a state of the session as its code.

    The same person again gets the same registration and a fresh mail; nothing stored changes. ``identifier``
    becomes that of the registration: a form that proposes it again finds its own first answer, under the address
    that was corrected since if there is one.
    """
    with transaction.atomic():
        row = published.locked_row()
        known, is_taken = _find(row, applicant.email, identifier, now)
        state = published.state(row, now)
        if known is not None:
            mails.again(known, published, now=now)
        elif state in OPEN or (state == "full" and holds.expire_in(row.pk, now=now)):
            public_id = identifier if identifier and not is_taken else uuid4()
            return _hold(published, row, applicant, public_id=public_id, now=now, actor=actor)
    # Only now: raised above, it would undo the mail to a known address.
    if known is not None and (state in OPEN or known.public_id == identifier):
        return known
    raise refusal(state)


def refusal(state: str) -> ValidationError:
    messages = {
        "full": _("This session is full."),
        "not_yet": _("Registration for this session is not open yet."),
        "over": _("This session is over."),
        "cancelled": _("This session is cancelled."),
        "postponed": _("This session is postponed: its new date is not known yet."),
    }
    return ValidationError(messages.get(state, _("Registration for this session is closed.")), code=state)


@transaction.atomic
def confirm(registration: Registration, published: PublishedSession, *, now: dt.datetime, actor: str = PERSON) -> bool:
    """Whether the registration is confirmed in the end. A hold whose time is over expires here and now.

    ValidationError when the session will not take place, or is over.
    """
    if published.item.state != "scheduled" or published.is_over(now):
        raise refusal("over" if published.is_over(now) else published.item.state)
    seats.lock([registration.session_id])
    registration.refresh_from_db(fields=["state", "expires_at"])
    if registration.is_overdue(now):
        holds.expire(registration, now=now)
    elif registration.state == State.HELD:
        move(registration, State.CONFIRMED, at=now, actor=actor)
        mails.confirmed(registration, published)
    return registration.state == State.CONFIRMED


@transaction.atomic
def cancel(
    registration: Registration,
    published: PublishedSession | None,
    *,
    now: dt.datetime,
    actor: str = PERSON,
    reason: str = "",
) -> bool:
    """Give the seat back; False when the registration held none. No mail when the session left the programme.

    ValidationError when a person would cancel after the session: who came is no longer theirs to change.
    """
    if actor == PERSON and published is not None and published.is_over(now):
        raise refusal("over")
    seats.lock([registration.session_id])
    registration.refresh_from_db(fields=["state"])
    if registration.state not in Registration.LIVE:
        return False
    move(registration, State.CANCELLED, at=now, actor=actor, reason=reason)
    seats.give_back(registration.session_id)
    if published is not None:
        mails.cancelled(registration, published)
    return True


def take_again(registration: Registration, published: PublishedSession, *, now: dt.datetime) -> Registration:
    """A seat for somebody who lets one go or let it expire, with the same data; confirmed, as the link proves the
    address. If the person registered anew in the meantime, that registration. ValidationError when there is no seat.
    """
    try:
        with transaction.atomic():
            return _take_again(registration, published, now)
    except IntegrityError:
        return Registration.objects.live().get(session=registration.session_id, email_key=registration.email_key)


def correct_address(
    published: PublishedSession, applicant: Applicant, *, wrong: UUID, identifier: UUID, now: dt.datetime
) -> Registration:
    """Send the mail to another address, for the browser whose form made the held registration ``wrong``.

    Nothing but the address changes, and links sent to the wrong one no longer open. Without such a registration
    (the wrong address was already known, and keeps its own) this is ``register`` with ``identifier``.
    """
    with transaction.atomic():
        row = published.locked_row()
        held = Registration.objects.filter(session=row, public_id=wrong, state=State.HELD).first()
        if held and not held.is_overdue(now) and held.email_key != normalise(applicant.email):
            known, _is_taken = _find(row, applicant.email, None, now)
            if known is None:
                return _move_to(held, applicant.email, published, now)
            reason = gettext_noop("The corrected address was already registered.")
            move(held, State.CANCELLED, at=now, actor=PERSON, reason=reason)
            seats.give_back(row.pk)
    return register(published, applicant, now=now, identifier=identifier)


def send_links(email: str, *, language: str) -> None:
    """Ask for the links of an address to be mailed to it. Whether it is known is looked up by the sender only:
    the answer to the request takes the same time for everybody.
    """
    queue(
        kind=mails.LINKS,
        to=email,
        subject=_("Your registrations"),
        template="registrations/mail/links",
        context={"entries": []},
        language=language,
    )


def _find(row: Session, email: str, identifier: UUID | None, now: dt.datetime) -> tuple[Registration | None, bool]:
    """The live registration of the address, else of the identifier, and whether the identifier is taken.

    An overdue one is not live.
    """
    same_person = Q(email_key=normalise(email), state__in=Registration.LIVE)
    found = list(Registration.objects.filter(same_person | Q(public_id=identifier), session=row))
    live = [registration for registration in found if registration.state in Registration.LIVE]
    known = max(live, key=lambda registration: registration.email_key == normalise(email), default=None)
    if known is not None and known.is_overdue(now):
        holds.expire(known, now=now)
        row.refresh_from_db(fields=["seats_taken"])
        known = None
    return known, any(registration.public_id == identifier for registration in found)


def _hold(
    published: PublishedSession, row: Session, applicant: Applicant, *, public_id: UUID, now: dt.datetime, actor: str
) -> Registration:
    if not seats.take(row.pk):
        raise refusal("full")
    registration = Registration(
        session=row,
        public_id=public_id,
        email_key=normalise(applicant.email),
        created_at=now,
        # Until its mail leaves; then holds.start says.
        expires_at=_latest_deadline(published, now),
        **{field.name: getattr(applicant, field.name) for field in dc.fields(applicant)},
    )
    registration.save(force_insert=True)
    record(registration, "", at=now, actor=actor)
    mails.hold(registration, published)
    return registration


def _latest_deadline(published: PublishedSession, asked_at: dt.datetime) -> dt.datetime:
    assert published.starts_at is not None, "An open session has a start."
    return deadlines.latest(asked_at, starts_at=published.starts_at, zone=published.zone)


def _move_to(held: Registration, email: str, published: PublishedSession, now: dt.datetime) -> Registration:
    held.email, held.email_key = email, normalise(email)
    held.link_version += 1
    held.hold_started_at = None
    held.expires_at = _latest_deadline(published, held.created_at)
    held.save(update_fields=["email", "email_key", "link_version", "hold_started_at", "expires_at"])
    record(held, held.state, at=now, actor=PERSON, reason=gettext_noop("The address was corrected."))
    mails.hold(held, published)
    return held


def _take_again(registration: Registration, published: PublishedSession, now: dt.datetime) -> Registration:
    row = published.locked_row()
    registration.refresh_from_db(fields=["state"])
    if registration.state in Registration.LIVE:
        return registration
    state = published.state(row, now)
    if state == "full" and holds.expire_in(row.pk, now=now):
        state = "open"
    if state not in OPEN or not seats.take(row.pk):
        raise refusal("full" if state in OPEN else state)
    move(registration, State.CONFIRMED, at=now, actor=PERSON, reason=gettext_noop("Taken again from the mailed link."))
    mails.confirmed(registration, published)
    return registration
