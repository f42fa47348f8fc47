"""Links that are mailed because somebody asks for them: all those of an address, or the one that opens their data."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from outbox import wording
from outbox.links import PersonalLink
from outbox.models import Message
from outbox.services import queue
from publishing.current import Released, released
from registrations import letters, mail_texts, mail_values, mails, participants
from registrations.addresses import normalise
from registrations.agenda import Agenda, Stop
from registrations.mail_kinds import Wording
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
        words = mail_texts.wording_of(participant.edition, "data", last.language)
        context = data_letter(words, participant.edition, participant.data_link, last)
    queue(
        kind=mails.DATA,
        about=mails.about_participant(participant),
        to=last.email,
        subject=context["subject"],
        template=letters.TEMPLATE,
        context=context,
        language=last.language,
        links=[participant.data_link],
    )


def data_letter(words: Wording, edition: Edition, link: PersonalLink, person: Registration) -> dict[str, Any]:
    minutes = {"minutes": Participant.DATA_MINUTES}
    good_for = _("This link is good for %(minutes)d minutes from when this mail left. Forward it to nobody.")
    values = {
        **mail_values.person_values(person),
        **mail_values.edition_values(edition.name, edition.slug),
        **mail_values.button_value("data", link),
        "minutes": lambda: str(Participant.DATA_MINUTES),
        "validite": lambda: wording.paragraph(good_for % minutes),
        "si_pas_demande": mail_values.if_not_asked,
    }
    return letters.letter(words, values, letters.signed_by(edition))


def still_opens(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of that mail: nothing leaves once the data is erased, or the link revoked."""
    pk = message.about.partition(":")[2]
    participant = Participant.objects.filter(pk=pk).first()
    return {} if participant and str(participant.data_link) in message.links else None


def fill(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail, in the words of the current edition. None, and nothing leaves, when nothing is known
    under the address.
    """
    found = Registration.objects.filter(email_key=normalise(message.to)).select_related("session__edition")
    by_edition: dict[Edition, list[Registration]] = {}
    for registration in found.order_by("-session__edition__starts_on"):
        by_edition.setdefault(registration.session.edition, []).append(registration)
    if not by_edition:
        return None
    spaces = [
        space(edition, participants.of(registrations[0]).link, registrations, released(edition.slug), now)
        for edition, registrations in by_edition.items()
    ]
    current = Edition.objects.current().first()
    person = max((each for rows in by_edition.values() for each in rows), key=lambda each: (each.created_at, each.pk))
    message.links = [str(link) for space in spaces for link in _links(space)]
    message.reply_to = current.contact_email if current else ""
    with translation.override(message.language):
        words = mail_texts.wording_of(current, "links", message.language)
        letters.fill(message, links_letter(words, current, spaces, person))
    message.save(update_fields=["links", "reply_to", "text", "html", "subject"])
    return {}


def links_letter(
    words: Wording, edition: Edition | None, spaces: Iterable[Space], person: Registration
) -> dict[str, Any]:
    """``edition``: whose words these are, and who signs. ``person``: how they last named themselves."""
    values = {
        **mail_values.person_values(person),
        **(mail_values.edition_values(edition.name, edition.slug) if edition else {}),
        "inscriptions": lambda: wording.known("spaces"),
        "si_pas_demande": mail_values.if_not_asked,
    }
    return letters.letter(words, values, {"spaces": spaces, **letters.signed_by(edition)})


def space(
    edition: Edition, link: PersonalLink, registrations: list[Registration], found: Released | None, now: dt.datetime
) -> Space:
    agenda = Agenda.of(registrations, found, now)
    lines = [line for day in agenda.days for line in day.lines] + list(agenda.undated)
    return Space(edition, link, tuple(line.stop for line in lines))


def _links(space: Space) -> Iterable[PersonalLink]:
    return [space.link, *(stop.registration.link for stop in space.stops)]
