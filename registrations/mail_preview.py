"""A mail as it would leave, for who writes its words: to somebody registered, or to somebody invented."""

import dataclasses as dc
import datetime as dt
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from outbox.links import PersonalLink
from outbox.models import Message
from publishing.current import Released, released
from publishing.items import Item, Slot
from publishing.models import Release
from publishing.programme import SCHEMA, Programme
from registrations import invitations, letters, mail_values, mailings, mails, resending
from registrations.links import ticket_link
from registrations.mail_kinds import Wording
from registrations.mail_values import Values
from registrations.models import Invitation, Notice, Participant, Registration
from registrations.published import PublishedSession, find
from registrations.templatetags.session_state import place_in_queue
from sessions.models import Edition, Session

Person = TypeVar("Person", Registration, Invitation)
EXAMPLE_LINK = UUID(int=0)  # opens nothing
SPACE = PersonalLink(Participant.SPACE, EXAMPLE_LINK, 1)
DATA = PersonalLink(Participant.DATA, EXAMPLE_LINK, 1, Participant.DATA_MINUTES)


def preview(
    key: str,
    words: Wording,
    registration: Registration,
    published: PublishedSession,
    language: str,
    *,
    own: list[Registration],
) -> Message:
    """Not saved. What only its moment tells, such as a deadline, is made up. ``own``: those of the person that may be
    seen, for the mail that gathers them.
    """
    links = [ticket_link(registration), SPACE, DATA, _invitation(registration, language).link]
    links += [each.link for each in [registration, *own]]
    message = Message(to=registration.email, language=language, links=[str(link) for link in links])
    with translation.override(language):
        letters.fill(message, _letter(key, words, registration, published, language, own))
        until = _deadline(registration, published)
    for field in ("subject", "text", "html"):
        setattr(message, field, getattr(message, field).replace(mail_values.DEADLINE, until))
    return message


def of_invitation(words: Wording, invitation: Invitation, published: PublishedSession, language: str) -> Message:
    """Not saved."""
    message = Message(to=invitation.email, language=language, links=[str(invitation.link)])
    with translation.override(language):
        letters.fill(message, invitations.letter(words, invitation, published))
    return message


def to_somebody(person: Person) -> tuple[Person, PublishedSession] | None:
    """None when the public does not know the session any more."""
    published = find(person.session.edition.slug, person.session.code)
    return (person, published) if published else None


def to_nobody(edition: Edition) -> tuple[Registration, PublishedSession]:
    """Somebody who is not in the database, registered for the first session to come."""
    found = released(edition.slug) or Released(edition, Release(edition=edition), _programme(edition))
    planned = (item for item in found.programme.items if item.state == "scheduled" and item.slot.starts_at)
    published = PublishedSession(found, next(planned, None) or _item(edition))
    registration = Registration(
        session=Session(edition=edition, code=published.item.code),
        state=Registration.State.CONFIRMED,
        first_name="Camille",
        last_name="Martin",
        email="camille.martin@example.org",
        created_at=timezone.now(),
    )
    return registration, published


def _letter(
    key: str,
    words: Wording,
    registration: Registration,
    published: PublishedSession,
    language: str,
    own: list[Registration],
) -> dict[str, Any]:
    edition = published.edition
    match key:
        case "links":
            space = resending.space(edition, SPACE, own, published.released, timezone.now())
            return resending.links_letter(words, edition, [space], registration)
        case "data":
            return resending.data_letter(words, edition, DATA, registration)
        case "invitation":
            return invitations.letter(words, _invitation(registration, language), published)
        case "mailing":
            sample = {"subject": _("About {seance}"), "text": _("What you write to the registrants stands here.")}
            return mailings.letter(words, registration, **sample)
    values = mail_values.values(key, registration, published)
    values |= mail_values.space_values(SPACE) | _made_up(registration, published)
    return mails.letter(words, registration, published, values)


def _invitation(registration: Registration, language: str) -> Invitation:
    """As if the person were invited to their session."""
    last_day = timezone.localdate() + dt.timedelta(days=7)
    return Invitation(public_id=EXAMPLE_LINK, email=registration.email, language=language, last_day=last_day)


def _made_up(registration: Registration, published: PublishedSession) -> Values:
    before = _an_hour_before(published)
    until = _deadline(registration, published)
    values = mail_values.set_aside_values(registration, 1, until) | mail_values.slot_values(before)
    values |= mail_values.move_values(before)
    values |= mail_values.news_values(Notice(kind=Notice.Kind.MOVED), registration, before, published)
    if registration.state != Registration.State.WAITING:
        values["position"] = lambda: place_in_queue(3)
    return values


def _deadline(registration: Registration, published: PublishedSession) -> str:
    moment = registration.expires_at or timezone.now() + dt.timedelta(hours=24)
    return published.in_words(moment)


def _an_hour_before(published: PublishedSession) -> PublishedSession:
    slot, hour = published.item.slot, dt.timedelta(hours=1)
    moved = dc.replace(
        slot,
        starts_at=slot.starts_at and slot.starts_at - hour,
        ends_at=slot.ends_at and slot.ends_at - hour,
    )
    return dc.replace(published, item=dc.replace(published.item, slot=moved))


def _programme(edition: Edition) -> Programme:
    taken = ("name", "tagline", "introduction", "place", "summary", "starts_on", "ends_on", "time_zone")
    return Programme(
        schema=SCHEMA,
        edition=edition.slug,
        **{name: getattr(edition, name) for name in taken},
        contact_email=edition.contact_email,
        formats={},
        audiences={},
        threads=(),
        places=(),
        people=(),
        items=(),
        openings=(),
    )


def _item(edition: Edition) -> Item:
    starts_at = dt.datetime.combine(edition.starts_on, dt.time(14, 30), tzinfo=ZoneInfo(edition.time_zone))
    words = dict.fromkeys(["thread", "format", "lead", "text", "course", "note", "attendance"], "")
    return Item(
        code="ABC234",
        state="scheduled",
        title=_("Title of the session"),
        **words,
        language="fr",
        audiences=(),
        slot=Slot(starts_at, starts_at + dt.timedelta(hours=2), "", ""),
        is_online=False,
        is_slot=False,
        access=(),
        ask_before=None,
        entry="registration",
        parts=(),
        moved_from=None,
        revision=1,
        changed_at=None,
    )
