"""A held seat: its time runs from the sending of its mail, it is recalled once, then given back."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from outbox.models import Message
from registrations import deadlines, mails, seats
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.transitions import WORKER, move

# A reminder is written at most this long before a deadline: no need to look at later ones.
HORIZON = dt.timedelta(hours=24)


def start(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of a hold's mail: the hold starts, and the mail tells until when. None when it is held no more.

    A mail sent again to the same address tells the time that stands. A failed attempt promised nothing: the next
    one starts the hold anew.
    """
    registration = _to_confirm(message, now)
    published = _scheduled(registration) if registration else None
    if registration is None or published is None or published.starts_at is None:
        return None
    told = Message.objects.filter(
        about=message.about, kind=mails.HOLD, to=registration.email, state=Message.State.SENT
    ).exists()
    if not told:
        registration.hold_started_at = now
        registration.expires_at = deadlines.on_sending(
            registration.created_at, now, starts_at=published.starts_at, zone=published.zone
        )
        registration.save(update_fields=["hold_started_at", "expires_at"])
    return {"deadline": mails.deadline_text(registration, published)} if not registration.is_overdue(now) else None


def keep_on(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of a reminder."""
    registration = _to_confirm(message, now)
    published = _scheduled(registration) if registration else None
    if registration is None or published is None:
        return None
    return {"deadline": mails.deadline_text(registration, published)}


def expire_holds() -> int:
    """Give back the seats whose time is over; how many."""
    now = timezone.now()
    overdue = Registration.objects.overdue(now).order_by("session", "pk")
    return sum(_expire_locked(pk, session, now) for pk, session in overdue.values_list("pk", "session"))


def expire(registration: Registration, *, now: dt.datetime) -> None:
    """The caller holds the lock of the session."""
    move(registration, Registration.State.EXPIRED, at=now, actor=WORKER, reason=gettext_noop("Not confirmed in time."))
    seats.give_back(registration.session_id)


def expire_in(session: int, *, now: dt.datetime) -> int:
    """The same for one session, whose lock the caller holds: a full session may hold seats nobody waits for."""
    overdue = list(Registration.objects.overdue(now).filter(session=session))
    for registration in overdue:
        expire(registration, now=now)
    return len(overdue)


def remind() -> int:
    """Write the one reminder of each hold whose moment has come; how many."""
    now = timezone.now()
    waiting = Registration.objects.filter(
        state=Registration.State.HELD,
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
    still = Registration.objects.filter(pk=registration.pk, state=Registration.State.HELD, reminded_at__isnull=True)
    if not still.update(reminded_at=now):
        return False
    mails.reminder(registration, published)
    return True


@transaction.atomic
def _expire_locked(pk: int, session: int, now: dt.datetime) -> bool:
    seats.lock([session])
    registration = Registration.objects.overdue(now).filter(pk=pk).first()
    if registration is None:  # confirmed or given up in the meantime
        return False
    expire(registration, now=now)
    return True


def _to_confirm(message: Message, now: dt.datetime) -> Registration | None:
    """The registration the message asks to confirm, locked, if its link still opens a held seat."""
    found = mails.registration_of(message)
    if found is None:
        return None
    seats.lock([found.session_id])
    found.refresh_from_db(fields=["state", "link_version", "email", "expires_at", "hold_started_at"])
    stands = found.state == Registration.State.HELD and str(found.link) in message.links
    return found if stands and not found.is_overdue(now) else None


def _scheduled(registration: Registration) -> PublishedSession | None:
    """None once the public knows that the session will not take place then."""
    published = find(registration.session.edition.slug, registration.session.code)
    return published if published and published.item.state == "scheduled" else None
