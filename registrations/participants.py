"""A person in an edition: their row, made when it is first needed, and what they asked for, one line per session."""

from collections.abc import Iterable

from registrations.models import Participant, Registration


def of(registration: Registration) -> Participant:
    """Whose registration it is."""
    return Participant.objects.get_or_create(
        edition_id=registration.session.edition_id, email_key=registration.email_key
    )[0]


def known(registration: Registration) -> Participant | None:
    """The same, unless their space was never linked to: looking makes no row."""
    return Participant.objects.filter(edition=registration.session.edition_id, email_key=registration.email_key).first()


def latest(registrations: Iterable[Registration]) -> list[Registration]:
    """One for each session: the one that has a seat or waits, else the last that was asked for."""
    found: dict[int, Registration] = {}
    for registration in sorted(registrations, key=lambda each: (each.created_at, each.pk)):
        before = found.get(registration.session_id)
        if before is None or before.state not in Registration.LIVE:
            found[registration.session_id] = registration
    return list(found.values())
