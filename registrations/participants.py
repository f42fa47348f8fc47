"""A person in an edition: their row, made when it is first needed, and what they asked for, one line per session."""

from collections.abc import Iterable

from django.db.models import F

from registrations.models import Participant, Registration


def of(registration: Registration) -> Participant:
    """Whose registration it is."""
    return Participant.objects.get_or_create(
        edition_id=registration.session.edition_id, email_key=registration.email_key
    )[0]


def known(registration: Registration) -> Participant | None:
    """The same, unless their space was never linked to: looking makes no row."""
    return Participant.objects.filter(edition=registration.session.edition_id, email_key=registration.email_key).first()


def renew(participant: Participant) -> None:
    """Revoke the links of the space and of its calendar."""
    rows = Participant.objects.filter(pk=participant.pk)
    rows.update(link_version=F("link_version") + 1, calendar_version=F("calendar_version") + 1)


def renew_calendar(participant: Participant) -> None:
    Participant.objects.filter(pk=participant.pk).update(calendar_version=F("calendar_version") + 1)


def latest(registrations: Iterable[Registration]) -> list[Registration]:
    """One for each session: the one that has a seat or waits, else the last that was asked for."""
    found: dict[int, Registration] = {}
    for registration in sorted(registrations, key=lambda each: (each.created_at, each.pk)):
        before = found.get(registration.session_id)
        if before is None or before.state not in Registration.LIVE:
            found[registration.session_id] = registration
    return list(found.values())
