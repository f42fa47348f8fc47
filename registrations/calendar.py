"""What a person has in their own calendar: the sessions where they are expected, and those that they gave up since, as
cancelled (RFC 5545, 3.8.1.11).

The UID is that of the session in every file. SEQUENCE rises with each release that changed the session, and with each
change of what the person asked for there: whatever file came last is the one that a calendar keeps.
"""

import dataclasses as dc
import datetime as dt

from django.conf import settings
from django.urls import reverse

from outbox.models import Attachment
from publishing.calendar import plain_calendar
from publishing.current import Released
from publishing.programme import Item, item_order
from registrations.models import Registration, RegistrationQuerySet
from registrations.published import PublishedSession

STILL_THERE = (*Registration.EXPECTED, Registration.State.NO_SHOW)


@dc.dataclass(slots=True)
class _Life:
    """What became of a session for the person."""

    is_kept: bool = False  # they are expected there, or came
    was_kept: bool = False
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
    content = plain_calendar(published.programme, items, url_of=lambda item: url_of(published.edition.slug, item.code))
    return [Attachment(name=f"{published.item.code}.ics", content_type="text/calendar", content=content.decode())]


def own_items(registrations: RegistrationQuerySet, released: Released) -> list[Item]:
    """Those of one person in the edition, as of the programme, and cancelled where they no longer come."""
    known = released.programme.item_by_code
    lives = _lives(registrations)
    items = [_own(known[code], life) for code, life in lives.items() if code in known and life.was_kept]
    return sorted(items, key=item_order)


def _own(item: Item, life: _Life) -> Item:
    moments = [moment for moment in (item.changed_at, life.changed_at) if moment]
    return dc.replace(
        item,
        state=item.state if life.is_kept else "cancelled",
        revision=item.revision + life.changes,
        changed_at=max(moments, default=None),
    )


def _lives(registrations: RegistrationQuerySet) -> dict[str, _Life]:
    """By code of the session."""
    lives: dict[str, _Life] = {}
    prefetched = registrations.select_related("session").prefetch_related("transitions__left_session")
    for registration in prefetched:
        history = registration.transitions.all()
        here = lives.setdefault(registration.session.code, _Life())
        here.is_kept |= registration.state in STILL_THERE
        here.was_kept |= here.is_kept or any(change.to_state in Registration.EXPECTED for change in history)
        codes = {registration.session.code}
        for change in history:
            if change.left_session is not None:
                codes.add(change.left_session.code)
                lives.setdefault(change.left_session.code, _Life()).was_kept = True
        for code in codes:
            life = lives[code]
            life.changes += len(history)
            life.changed_at = max(
                (moment for moment in (life.changed_at, *(c.at for c in history)) if moment), default=None
            )
    return lives
