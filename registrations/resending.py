"""“Send me my link again”: the mail with the links of an address, looked up when it leaves."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Mapping

from outbox.links import PersonalLink
from outbox.models import Message
from outbox.services import write
from publishing.current import released
from registrations import participants
from registrations.addresses import normalise
from registrations.agenda import Agenda, Stop
from registrations.models import Registration
from sessions.models import Edition


@dc.dataclass(frozen=True, slots=True)
class Space:
    """Somebody in one edition: the link to all that they asked for, and what is to come."""

    edition: Edition
    link: PersonalLink
    stops: tuple[Stop, ...]


def fill(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail. None, and nothing leaves, when nothing is known under the address."""
    found = Registration.objects.filter(email_key=normalise(message.to)).select_related("session__edition")
    by_edition: dict[Edition, list[Registration]] = {}
    for registration in found.order_by("-session__edition__starts_on"):
        by_edition.setdefault(registration.session.edition, []).append(registration)
    if not by_edition:
        return None
    spaces = [_space(edition, registrations, now) for edition, registrations in by_edition.items()]
    message.links = [str(link) for space in spaces for link in _links(space)]
    write(message, subject=message.subject, template="registrations/mail/links", context={"spaces": spaces})
    message.save(update_fields=["links", "text", "html", "subject"])
    return {}


def _space(edition: Edition, registrations: list[Registration], now: dt.datetime) -> Space:
    agenda = Agenda.of(registrations, released(edition.slug), now)
    lines = [line for day in agenda.days for line in day.lines] + list(agenda.undated)
    return Space(edition, participants.of(registrations[0]).link, tuple(line.stop for line in lines))


def _links(space: Space) -> Iterable[PersonalLink]:
    return [space.link, *(stop.registration.link for stop in space.stops)]
