"""Who may register: everybody, addresses of some domains, or invited people. The one home of the rule.

Whatever takes a seat or a place on the waiting list asks here first. The rule acts for who registers from now on:
what people have already stays theirs. The staff may pass it, with a note.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations import invitations, refusals
from registrations.addresses import normalise
from registrations.models import Registration
from registrations.offer import OPEN
from registrations.published import PublishedSession
from sessions.models import Session

Rule = Session.Eligibility


def admits(row: Session, email_key: str, *, is_invited: bool = False) -> bool:
    """Whether somebody with this normalised address may register."""
    if row.eligibility == Rule.DOMAINS:
        return row.domains.admit(email_key)
    return is_invited or row.eligibility == Rule.OPEN


def admits_again(row: Session, registration: Registration, published: PublishedSession, now: dt.datetime) -> bool:
    """Whether who gave up their seats may take them again; by their invitation, while it is good."""
    return admits(row, registration.email_key) or (
        row.eligibility == Rule.INVITATION
        and invitations.of(registration, row).opening(invitations.today(published.edition, now), now).exists()
    )


def admits_change(row: Session, registration: Registration) -> bool:
    """Whether somebody who has a seat may come here with it; by an invitation to another slot, if they had one."""
    return admits(row, registration.email_key) or (
        row.eligibility == Rule.INVITATION and invitations.of(registration, row).exists()
    )


def state(published: PublishedSession, row: Session, now: dt.datetime, *, is_admitted: bool) -> str:
    """Of the session for this person: the rule, when it alone keeps them from a seat or from waiting for one."""
    found = published.state(row, now, is_eligible=True)
    return row.eligibility if not is_admitted and found in (*OPEN, "full") else found


def require_address(published: PublishedSession, row: Session, email: str) -> None:
    """ValidationError unless a registration that was taken may come to this address."""
    if not admits(row, normalise(email), is_invited=True):
        raise refusal(published, row, row.eligibility)


def refused_again(registration: Registration, published: PublishedSession, state: str, now: dt.datetime) -> str:
    """To who gave their seats up: why they may not register again; empty when they may, or when nobody can."""
    row = registration.session
    if state not in (*OPEN, "full") or registration.state in Registration.LIVE:
        return ""
    if admits_again(row, registration, published, now):
        return ""
    return str(refusal(published, row, row.eligibility).messages[0])


def is_by_rule(refused: ValidationError) -> bool:
    return refused.code in (Rule.DOMAINS, Rule.INVITATION)


def told_by(row: Session) -> str:
    """Who may register; empty when everybody may."""
    if row.eligibility == Rule.DOMAINS:
        return ngettext(
            "Registration is for e-mail addresses of this domain: %(domains)s.",
            "Registration is for e-mail addresses of these domains: %(domains)s.",
            len(row.domains.names),
        ) % {"domains": row.domains}
    return _("This session is open to invited people only.") if row.eligibility == Rule.INVITATION else ""


def refusal(published: PublishedSession, row: Session, state: str) -> ValidationError:
    """Why the session takes somebody not: who may register, and whom to ask."""
    if state not in (Rule.DOMAINS, Rule.INVITATION):
        return refusals.refusal(state)
    told = told_by(row)
    contact = published.programme.contact_email
    ask = _("If you should be able to register, write to %(contact)s.") % {"contact": contact}
    return ValidationError(f"{told} {ask}" if contact else told, code=state)
