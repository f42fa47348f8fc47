"""Which papers a registration gives a right to; ``exports.papers`` prints them."""

import datetime as dt

from registrations.models import Registration
from registrations.published import PublishedSession


def has_ticket(registration: Registration, published: PublishedSession) -> bool:
    return registration.state in Registration.EXPECTED and published.item.state == "scheduled"


def has_convocation(registration: Registration, published: PublishedSession) -> bool:
    """Also afterwards: the employer may have asked late."""
    return has_ticket(registration, published) and published.starts_at is not None


def has_certificate(registration: Registration, published: PublishedSession, now: dt.datetime) -> bool:
    """Once the session is over, of who was seen there."""
    return registration.state == Registration.State.PRESENT and published.is_over(now)
