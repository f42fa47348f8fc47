"""What a person has in their own calendar: the sessions where they are expected, and those that they gave up since, as
cancelled (RFC 5545, 3.8.1.11).

The UID is that of the session in every file. SEQUENCE rises with each release that changed the session, with each
change of its connection, and with each change of what the person asked for there: whatever file came last is the one
that a calendar keeps.
"""

import dataclasses as dc
import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from outbox.models import Attachment
from publishing import calendar
from publishing.current import Released
from publishing.programme import Item, item_order
from publishing.withdrawn import last_published
from registrations import connection
from registrations.models import Participant, Registration, RegistrationQuerySet
from registrations.published import PublishedSession

STILL_THERE = (*Registration.EXPECTED, Registration.State.NO_SHOW)


@dc.dataclass(slots=True)
class _Life:
    """What became of a session for the person."""

    is_kept: bool = False  # they are expected there, or came
    was_kept: bool = False
    expected: Registration | None = None  # by which they come
    connection_changes: int = 0
    changes: int = 0
    changed_at: dt.datetime | None = None


def url_of(edition: str, code: str) -> str:
    """Of the page of a session: absolute, in the active language."""
    return settings.SITE_URL + reverse("publishing:session", args=[edition, code])


def mail_files(
    published: PublishedSession, registration: Registration, *, left: PublishedSession | None = None
) -> list[Attachment]:
    """The session of a registration as it stands now and, after a change of slot, the one it left, as cancelled.

    None for somebody who never had a seat to come to.
    """
    codes = [each.item.code for each in (left, published) if each]
    person = Registration.objects.filter(
        session__edition=registration.session.edition_id, email_key=registration.email_key
    )
    items = [item for item in own_items(person, published.released) if item.code in codes]
    if not items:
        return []
    content = calendar.plain_calendar(
        published.programme, items, url_of=lambda item: url_of(published.edition.slug, item.code)
    )
    return [Attachment(name=f"{published.item.code}.ics", content_type="text/calendar", content=content.decode())]


def person_calendar(participant: Participant, released: Released) -> bytes:
    """What they come to in the edition, to be read again and again."""
    items = own_items(participant.registrations(), released)
    name = gettext("My registrations: %(edition)s") % {"edition": released.programme.name}
    slug = released.edition.slug
    return calendar.person_calendar(released.programme, items, name=name, url_of=lambda item: url_of(slug, item.code))


def own_items(registrations: RegistrationQuerySet, released: Released) -> list[Item]:
    """Those of one person in the edition, as of the programme, and cancelled where they no longer come."""
    lives = {code: life for code, life in _lives(registrations).items() if life.was_kept}
    items = (_own(code, life, released) for code, life in lives.items())
    return sorted((item for item in items if item), key=item_order)


def _own(code: str, life: _Life, released: Released) -> Item | None:
    item = released.programme.item_by_code.get(code) or _withdrawn(code, released)
    if item is None:
        return None
    if item.moved_from and not item.slot.starts_at:
        # Postponed to a date to come: nothing at that time any more.
        item = dc.replace(item, slot=item.moved_from, state="cancelled")
    known = connection.of(life.expected, PublishedSession(released, item)) if life.expected else None
    return dc.replace(
        item,
        state=item.state if life.is_kept else "cancelled",
        note="\n".join(word for word in (item.note, known.words if known else "") if word),
        revision=item.revision + life.changes + life.connection_changes,
        changed_at=_last(item.changed_at, life.changed_at),
    )


def _withdrawn(code: str, released: Released) -> Item | None:
    """As it was last announced, without the people, whom the programme may not know any more."""
    item = last_published(released.edition, code)
    if item is None:
        return None
    changed_at = released.release.created_at
    return dc.replace(item, state="cancelled", parts=(), revision=item.revision + 1, changed_at=changed_at)


def _lives(registrations: RegistrationQuerySet) -> dict[str, _Life]:
    """By code of the session."""
    lives: dict[str, _Life] = {}
    prefetched = registrations.select_related("session").prefetch_related("transitions__left_session")
    for registration in prefetched:
        history = registration.transitions.all()
        here = lives.setdefault(registration.session.code, _Life())
        here.is_kept |= registration.state in STILL_THERE
        here.connection_changes = registration.session.connection_changes
        here.expected = registration if registration.state in Registration.EXPECTED else here.expected
        here.changed_at = _last(here.changed_at, registration.session.connection_changed_at)
        here.was_kept |= here.is_kept or any(change.to_state in Registration.EXPECTED for change in history)
        codes = {registration.session.code}
        for change in history:
            if change.left_session is not None:
                codes.add(change.left_session.code)
                lives.setdefault(change.left_session.code, _Life()).was_kept = True
        for code in codes:
            life = lives[code]
            life.changes += len(history)
            life.changed_at = _last(life.changed_at, *(change.at for change in history))
    return lives


def _last(*moments: dt.datetime | None) -> dt.datetime | None:
    return max((moment for moment in moments if moment), default=None)
