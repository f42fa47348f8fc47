"""Another address for a registration: mails went to one that was mistyped, or that they do not reach."""

import dataclasses as dc
import datetime as dt
import functools
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop

from registrations import (
    access_needs,
    answered,
    eligibility,
    holds,
    invitations,
    mails,
    seats,
    services,
    slots,
    unclaimed,
    undelivered,
)
from registrations.addresses import normalise
from registrations.known import find_known
from registrations.locks import lock_of
from registrations.models import Registration
from registrations.published import PublishedSession
from registrations.refusals import refused_address
from registrations.services import Applicant
from registrations.transitions import PERSON, move, record
from registrations.unclaimed import Said

State = Registration.State


def correct_address(
    published: PublishedSession,
    applicant: Applicant,
    *,
    wrong: UUID,
    identifier: UUID,
    form: UUID,
    now: dt.datetime,
    wait: bool = False,
) -> Registration | None:
    """Send the mail to another address, for the browser whose form made the registration ``wrong``, held or waiting.

    What the form said stays, the address apart; what somebody else said by a link that reached them does not, and no
    such link opens any more. Without such a registration (the wrong address was already known, and keeps its own) this
    is ``register`` with ``identifier`` and ``wait``, and with what ``form`` said beside names. Who corrects a known
    address waits if the seats are gone; None, and a mail says it, when they cannot: no page may.
    """
    slots.release_void(published, normalise(applicant.email), now=now)
    correct_once = functools.partial(_correct, published, applicant, wrong, form, now)
    corrected = slots.again_if_taken(published, correct_once)
    if corrected is not None:
        return corrected
    was_answered = answered.found(wrong, now) is not None
    invitations.spend_on_next(applicant.invitation, wrong, identifier)
    try:
        return _register(published, applicant, identifier=identifier, form=form, now=now, wait=wait or was_answered)
    except ValidationError:
        if not was_answered:
            raise
    _tell_nothing_is_held(published, applicant, wrong, identifier, now)
    return None


def _register(
    published: PublishedSession, applicant: Applicant, *, identifier: UUID, form: UUID, now: dt.datetime, wait: bool
) -> Registration:
    with_said = dc.replace(applicant, **unclaimed.said_in(form, now=now).fields)
    made = services.register(published, with_said, now=now, identifier=identifier, wait=wait)
    if made.public_id == identifier:
        unclaimed.claim(form)
        invitations.unspend(applicant.invitation, identifier)
    return made


@transaction.atomic
def _tell_nothing_is_held(
    published: PublishedSession, applicant: Applicant, wrong: UUID, identifier: UUID, now: dt.datetime
) -> None:
    """A registration that is over, whose mail says so and opens the page where its person may ask again."""
    row = published.locked_row()
    eligibility.require_address(published, row, applicant.email)
    answered.keep_on(wrong, identifier)
    known, is_taken = find_known(row, applicant.email, identifier, now)
    few = dc.replace(applicant, party=min(applicant.party, row.most_companions + 1))
    made = services.new(published, row, few, public_id=identifier, now=now)
    if known is None and not is_taken and not slots.taken(made.exclusive_sequence_id, made.email_key).exists():
        reason = gettext_noop("The session filled up or closed while the address was corrected.")
        move(made, State.EXPIRED, row=row, at=now, actor=PERSON, reason=reason)
        mails.not_taken(made, published)


@transaction.atomic
def _correct(
    published: PublishedSession, applicant: Applicant, wrong: UUID, form: UUID, now: dt.datetime
) -> Registration | None:
    row, email = published.locked_row(), applicant.email
    held = Registration.objects.filter(session=row, public_id=wrong, state__in=[State.HELD, State.WAITING]).first()
    if held is None or held.is_overdue(now) or held.email_key == normalise(email):
        return None
    eligibility.require_address(published, row, email)
    access_needs.withdraw_added(held)
    held.first_name, held.last_name = applicant.first_name, applicant.last_name
    known, _is_taken = find_known(row, email, None, now)
    if known is None and not slots.taken(held.exclusive_sequence_id, normalise(email)).exists():
        return _move_to(held, email, published, now)
    reason = gettext_noop("The corrected address was already registered.")
    # As after any correction, what went to the wrong address tells nothing: its link opens nothing, its space is empty.
    moved: dict[str, Any] = {
        "email": email,
        "email_key": normalise(email),
        "link_version": held.link_version + 1,
        "first_name": held.first_name,
        "last_name": held.last_name,
    }
    answered.keep_for(held, published)
    seats.give_back(row, held, State.CANCELLED, at=now, actor=PERSON, reason=reason, **moved)
    unclaimed.keep(form, Said.with_registration(held), now=now)
    access_needs.withdraw(held)
    return None


@transaction.atomic
def change_address(
    registration: Registration,
    email: str,
    published: PublishedSession | None,
    *,
    now: dt.datetime,
    actor: str,
    pass_note: str = "",
) -> None:
    """The staff corrects an address that mails do not reach: what did not arrive is sent to the right one.

    Links sent so far no longer open. ValidationError when nothing is to be corrected, or somebody has that address,
    or it may not register and no ``pass_note`` says why it does.
    """
    row = lock_of(registration)
    registration.refresh_from_db()
    if registration.state not in Registration.LIVE:
        raise refused_address("over")
    if normalise(email) == registration.email_key:
        raise refused_address("same")
    if published is not None and not pass_note:
        eligibility.require_address(published, row, email)
    lost = undelivered.lost(registration)
    _write_to(registration, email, published, now=now, actor=actor, reason=pass_note)
    undelivered.send_to_new_address(registration, published, lost, now=now)


def _write_to(
    registration: Registration,
    email: str,
    published: PublishedSession | None,
    *,
    now: dt.datetime,
    actor: str,
    reason: str = "",
) -> None:
    """A hold starts anew when its mail leaves for the new address. ValidationError when that address is taken."""
    registration.email, registration.email_key = email, normalise(email)
    registration.link_version += 1
    fields = ["email", "email_key", "link_version", "first_name", "last_name"]
    if registration.state == State.HELD and published is not None:
        hours = registration.hold_hours or settings.HOLD_HOURS
        registration.hold_started_at = None
        registration.expires_at = holds.latest_deadline(published, registration.created_at, hours)
        fields += ["hold_started_at", "expires_at"]
    registration.validate_constraints()
    registration.save(update_fields=fields)
    reason = reason or gettext_noop("The address was corrected.")
    record(registration, registration.state, at=now, actor=actor, reason=reason)


def _move_to(held: Registration, email: str, published: PublishedSession, now: dt.datetime) -> Registration:
    _write_to(held, email, published, now=now, actor=PERSON)
    if held.state == State.HELD:
        mails.hold(held, published)
    else:
        mails.waiting(held, published)
    return held
