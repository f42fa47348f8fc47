"""What people who are expected are told around a session: two days before, on the day, and once it is over."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from outbox.models import Message
from publishing.current import released
from registrations import mails
from registrations.models import Registration
from registrations.published import PublishedSession, find
from sessions.models import Edition

Told = Registration.Told

TWO_DAYS_BEFORE = dt.time(9)
ON_THE_DAY = dt.time(7)
THE_EVENING_BEFORE = dt.time(18)  # for what starts before the day's mail could be read
EARLY = dt.time(9)
AFTERWARDS = dt.time(10)
# Thanks that come later than this would be thanks for what is forgotten.
THANKED_WITHIN = dt.timedelta(days=5)
# Who registers shortly before the first reminder has just read the same in another mail.
JUST_TOLD = dt.timedelta(hours=12)


def moments(starts_at: dt.datetime, ends_at: dt.datetime, zone: ZoneInfo) -> dict[Told, dt.datetime]:
    """When each is written, on the clock of the venue."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    is_early = start.time() < EARLY
    day_of = dt.datetime.combine(
        start.date() - dt.timedelta(days=is_early), THE_EVENING_BEFORE if is_early else ON_THE_DAY, zone
    )
    return {
        Told.TWO_DAYS_BEFORE: dt.datetime.combine(start.date() - dt.timedelta(days=2), TWO_DAYS_BEFORE, zone),
        Told.ON_THE_DAY: day_of,
        Told.THANKED: dt.datetime.combine(end.date() + dt.timedelta(days=1), AFTERWARDS, zone),
    }


def due(published: PublishedSession, now: dt.datetime) -> Told | None:
    """What is to be told now; None between two moments that are told, and of a session that does not take place."""
    times = _times(published).items()
    return next((told for told, (since, until) in times if since <= now < until), None)


def _times(published: PublishedSession) -> dict[Told, tuple[dt.datetime, dt.datetime]]:
    """Since when and until when each is true; none of a session that does not take place."""
    start, end = published.starts_at, published.ends_at
    if published.item.state != "scheduled" or start is None or end is None:
        return {}
    when = moments(start, end, published.zone)
    ends = {
        Told.TWO_DAYS_BEFORE: when[Told.ON_THE_DAY],
        Told.ON_THE_DAY: start,
        Told.THANKED: when[Told.THANKED] + THANKED_WITHIN,
    }
    return {told: (when[told], until) for told, until in ends.items()}


def write(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of these mails, which tell things as they stand then. None, and nothing leaves, to who gave up
    coming, was moved or is to come at another time, nor once it is no longer true: the mail server may have been down.
    """
    told = mails.AROUND[message.kind]
    registration = mails.registration_of(message)
    if registration is None or registration.state not in Registration.EXPECTED or registration.told < told:
        return None
    published = find(registration.session.edition.slug, registration.session.code)
    times = _times(published) if published else {}
    if published is None or told not in times or times[told][1] <= now or str(registration.link) not in message.links:
        return None
    mails.write_later(message, registration, published)
    if told == Told.TWO_DAYS_BEFORE:
        mails.attach_calendar(message, registration, published)
    return {}


def write_reminders(now: dt.datetime | None = None) -> int:
    """Write what is due, once for each registration; how many messages."""
    now = now or timezone.now()
    return sum(_tell(pk, told, published, now) for pk, told, published in _due(now))


def _due(now: dt.datetime) -> Iterator[tuple[int, Told, PublishedSession]]:
    near = {"starts_on__lte": now.date() + dt.timedelta(days=3), "ends_on__gte": now.date() - dt.timedelta(days=8)}
    for slug in Edition.objects.filter(releases__isnull=False, **near).values_list("slug", flat=True).distinct():
        found = released(slug)
        items = found.programme.items if found else ()
        sessions = [PublishedSession(found, item) for item in items if found]
        by_code = {each.item.code: (each, told) for each in sessions if (told := due(each, now))}
        expected = _expected(slug, by_code)
        for pk, code, told_last, created_at in expected:
            published, told = by_code[code]
            if told_last < told and not _has_just_registered(created_at, told, published):
                yield pk, told, published


def _expected(slug: str, codes: Iterable[str]) -> QuerySet:
    of_edition = Registration.objects.filter(session__edition__slug=slug, session__code__in=list(codes))
    expected = of_edition.filter(state__in=Registration.EXPECTED).order_by("pk")
    return expected.values_list("pk", "session__code", "told", "created_at")


def _has_just_registered(created_at: dt.datetime, told: Told, published: PublishedSession) -> bool:
    if told != Told.TWO_DAYS_BEFORE or published.starts_at is None or published.ends_at is None:
        return False
    return created_at > moments(published.starts_at, published.ends_at, published.zone)[told] - JUST_TOLD


@transaction.atomic
def _tell(pk: int, told: Told, published: PublishedSession, now: dt.datetime) -> bool:
    # The condition makes it once, however many workers there are.
    row = Registration.objects.filter(pk=pk, told__lt=told, state__in=Registration.EXPECTED)
    if not row.update(told=told):
        return False
    registration = Registration.objects.get(pk=pk)
    if told == Told.THANKED and not _came(registration):
        return False
    mails.around(registration, published, told)
    return True


def _came(registration: Registration) -> bool:
    """As checked in at the door; where nobody was, whoever was expected."""
    present = Registration.State.PRESENT
    if registration.state == present:
        return True
    return not Registration.objects.filter(session=registration.session_id, state=present).exists()
