"""Which registration a link opens. A person's own link acts for them; the link of their ticket only shows it."""

from outbox.links import PersonalLink, public_id_of
from registrations.models import Registration

TICKET = "ticket"


def ticket_link(registration: Registration) -> PersonalLink:
    """Revoked with the personal link of the registration, and opens nothing else of it."""
    return PersonalLink(TICKET, registration.public_id, registration.link_version)


def opened_by_ticket(token: str) -> Registration | None:
    found = _claimed(token)
    return found if found and ticket_link(found).is_opened_by(token) else None


def opened_by(token: str) -> Registration | None:
    found = _claimed(token)
    return found if found and found.link.is_opened_by(token) else None


def _claimed(token: str) -> Registration | None:
    public_id = public_id_of(token)
    registrations = Registration.objects.select_related("session__edition")
    return registrations.filter(public_id=public_id).first() if public_id else None
