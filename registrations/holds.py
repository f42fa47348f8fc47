"""A seat held or offered: its time runs from the sending of its mail, it is recalled once, then given back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from innovation_week.prepared import PreparedObjects, Slot
from outbox.models import Message
from registrations import counts, deadlines, mails, seats
from registrations.locks import lock_live, lock_one
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.transitions import WORKER
from sessions.models import Session

# A reminder is written at most this long before a deadline: no need to look at later ones.
HORIZON = dt.timedelta(hours=24)


def start(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail of a hold or an offer: its time starts, and the mail tells until when. None when it is
    over.

    A mail sent again to the same address tells the time that stands. A failed attempt promised nothing: the next
    one starts the hold anew.
    """
    registration = _to_answer(message, now)
    published = _scheduled(registration) if registration else None
    if registration is None or published is None or published.starts_at is None:
        return None
    asked_at, terms = _terms(registration)
    if not _was_told(message, registration):
        registration.hold_started_at = now
        registration.expires_at = deadlines.on_sending(
            asked_at, now, starts_at=published.starts_at, zone=published.zone, **terms
        )
        registration.save(update_fields=["hold_started_at", "expires_at"])
    if registration.is_overdue(now):
        return None
    if not message.text:
        mails.write_later(message, registration, published)
    return {"deadline": mails.deadline_text(registration.expires_at, registration, published)}


def keep_on(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of a reminder."""
    registration = _to_answer(message, now)
    published = _scheduled(registration) if registration else None
    if registration is None or published is None:
        return None
    return {"deadline": mails.deadline_text(registration.expires_at, registration, published)}


def latest_deadline(published: PublishedSession, asked_at: dt.datetime, hours: int) -> dt.datetime:
    """Of a hold whose mail has not left yet."""
    assert published.starts_at is not None, "An open session has a start."
    return deadlines.latest(asked_at, starts_at=published.starts_at, zone=published.zone, hours=hours)


def hours(row: Session, *, is_online: bool) -> int:
    """How long a new hold is promised: shorter while a popular session fills with seats that nobody confirmed."""
    pool = counts.ONLINE if is_online else counts.ROOM
    return min(settings.HOLD_HOURS, settings.HOLD_HOURS_CROWDED) if pool.is_crowded(row) else settings.HOLD_HOURS


def expire_holds(now: dt.datetime | None = None) -> int:
    """Give back the seats whose time is over, held or offered; how many registrations."""
    now = now or timezone.now()
    overdue = Registration.objects.overdue(now).order_by("session", "pk")
    return sum(_expire_locked(pk, session, now) for pk, session in overdue.values_list("pk", "session"))


def expire(row: Session, registration: Registration, *, now: dt.datetime) -> None:
    """The caller holds the lock of the session."""
    was_offered = registration.state == Registration.State.OFFERED
    reason = (
        gettext_noop("The offer was not answered in time.") if was_offered else gettext_noop("Not confirmed in time.")
    )
    seats.give_back(row, registration, Registration.State.EXPIRED, at=now, actor=WORKER, reason=reason)


def expire_in(row: Session, *, now: dt.datetime) -> int:
    """The same for one session, whose lock the caller holds: a full session may hold seats nobody waits for."""
    overdue = list(Registration.objects.overdue(now).filter(session=row))
    for registration in overdue:
        expire(row, registration, now=now)
    return len(overdue)


def remind() -> int:
    """Write the one reminder of each hold whose moment has come; how many."""
    now = timezone.now()
    waiting = Registration.objects.filter(
        state__in=Registration.ANSWERS_DUE,
        reminded_at__isnull=True,
        hold_started_at__isnull=False,
        expires_at__gt=now,
        expires_at__lte=now + HORIZON,
    ).select_related("session__edition")
    return sum(_remind(registration, now) for registration in waiting)


@transaction.atomic
def _remind(registration: Registration, now: dt.datetime) -> bool:
    published = _scheduled(registration)
    if published is None or registration.hold_started_at is None or registration.expires_at is None:
        return False
    if deadlines.reminder(registration.hold_started_at, registration.expires_at, zone=published.zone) > now:
        return False
    # The condition makes it one reminder, however many workers there are.
    still = Registration.objects.filter(pk=registration.pk, state=registration.state, reminded_at__isnull=True)
    if not still.update(reminded_at=now):
        return False
    mails.reminder(registration, published)
    return True


@transaction.atomic
def _expire_locked(pk: int, session: int, now: dt.datetime) -> bool:
    row = lock_live(session)
    still_overdue = _overdue.all(pk=pk, session=session, now=now)  # or answered or given up in the meantime
    for registration in still_overdue:
        expire(row, registration, now=now)
    return bool(still_overdue)


def _overdue_one() -> QuerySet[Registration]:
    overdue = Registration.objects.overdue(Slot("now", DateTimeField()))
    return overdue.filter(pk=Slot("pk", BigIntegerField()), session_id=Slot("session", BigIntegerField()))


_overdue = PreparedObjects(Registration, _overdue_one)


def _terms(registration: Registration) -> tuple[dt.datetime, dict[str, Any]]:
    """Since when, and on which terms of ``deadlines.deadline``, its seat is held."""
    hours = registration.hold_hours
    if registration.state == Registration.State.OFFERED:
        assert registration.offered_at is not None
        return registration.offered_at, deadlines.offer_terms() | {"hours": hours}
    return registration.created_at, {"hours": hours}


def _was_told(message: Message, registration: Registration) -> bool:
    """Whether a mail like it has left: a registration has one hold, and may be offered a seat more than once."""
    sent = Message.objects.filter(
        about=message.about, kind=message.kind, to=registration.email, state=Message.State.SENT
    )
    if registration.state == Registration.State.OFFERED:
        sent = sent.filter(created_at__gte=registration.offered_at)
    return sent.exists()


def _to_answer(message: Message, now: dt.datetime) -> Registration | None:
    """The registration the message asks to answer, locked, if its link still opens a seat held or offered."""
    found = mails.registration_of(message)
    if found is None:
        return None
    row = lock_one(found.session_id)
    found.refresh_from_db()
    state = Registration.State.OFFERED if message.kind in mails.OFFERS else Registration.State.HELD
    stands = found.session_id == row.pk and found.state == state and str(found.link) in message.links
    return found if stands and not found.is_overdue(now) else None


def _scheduled(registration: Registration) -> PublishedSession | None:
    """None once the public knows that the session will not take place then."""
    published = find(registration.session.edition.slug, registration.session.code)
    return published if published and published.item.state == "scheduled" else None
