"""Links that are mailed because somebody asks for them: all those of an address, or the one that opens their data."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils import translation
from django.utils.translation import gettext as _

from outbox.links import PersonalLink
from outbox.models import Message
from outbox.services import queue, write
from publishing.current import released
from registrations import mails, participants
from registrations.addresses import normalise
from registrations.agenda import Agenda, Stop
from registrations.models import Participant, Registration
from sessions.models import Edition


@dc.dataclass(frozen=True, slots=True)
class Space:
    """Somebody in one edition: the link to all that they asked for, and what is to come."""

    edition: Edition
    link: PersonalLink
    stops: tuple[Stop, ...]


def send_data_link(participant: Participant, last: Registration) -> None:
    """To the address of the person, whoever asks: who reads it has their mailbox. ``last``: how to write to them."""
    with translation.override(last.language):
        subject = _("Your data: a link that is good for %(minutes)d minutes") % {"minutes": Participant.DATA_MINUTES}
    queue(
        kind=mails.DATA,
        about=mails.about_participant(participant),
        to=last.email,
        subject=subject,
        template="registrations/mail/data",
        context={
            "link": participant.data_link,
            "minutes": Participant.DATA_MINUTES,
            "edition_name": participant.edition.name,
            "edition_slug": participant.edition.slug,
            "contact_email": participant.edition.contact_email,
        },
        language=last.language,
        links=[participant.data_link],
    )


def still_opens(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of that mail: nothing leaves once the data is erased, or the link revoked."""
    pk = message.about.partition(":")[2]
    participant = Participant.objects.filter(pk=pk).first()
    return {} if participant and str(participant.data_link) in message.links else None


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
