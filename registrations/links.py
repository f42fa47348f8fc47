"""What a link opens. A registration's own link acts for its person; the link of their ticket only shows it; that of
their space opens all that they asked for in an edition.
"""

from outbox.links import PersonalLink, public_id_of
from registrations.models import Invitation, Participant, Registration

TICKET = "ticket"


def ticket_link(registration: Registration) -> PersonalLink:
    """Revoked with the personal link of the registration, and opens nothing else of it."""
    return PersonalLink(TICKET, registration.public_id, registration.link_version)


def opened_by_ticket(token: str) -> Registration | None:
    found = claimed(token)
    return found if found and ticket_link(found).is_opened_by(token) else None


def opened_by(token: str) -> Registration | None:
    found = claimed(token)
    return found if found and found.link.is_opened_by(token) else None


def claimed(token: str) -> Registration | None:
    """Whose link the token says to be, true or not."""
    public_id = public_id_of(token)
    registrations = Registration.objects.select_related("session__edition", "access_need")
    return registrations.filter(public_id=public_id).first() if public_id else None


def claimed_participant(token: str) -> Participant | None:
    public_id = public_id_of(token)
    participants = Participant.objects.select_related("edition")
    return participants.filter(public_id=public_id).first() if public_id else None


def claimed_invitation(token: str) -> Invitation | None:
    public_id = public_id_of(token)
    invitations = Invitation.objects.with_use().select_related("session__edition")
    return invitations.filter(public_id=public_id).first() if public_id else None
