"""Who waits is served in order, as an offer with a deadline; nobody passes the head of the queue.

A group at the head that needs more seats than are free has those set aside until a stated time; then the first
that fits is served. Each function is called with the session's row locked.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, BooleanField, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from innovation_week.prepared import Prepared, PreparedObjects, Slot
from outbox.models import Message
from registrations import counts, deadlines, mails
from registrations.counts import Pool
from registrations.locks import lock_one
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.transitions import WORKER, move
from sessions.models import Edition, Session

State = Registration.State


def is_open(row: Session, published: PublishedSession, now: dt.datetime) -> bool:
    """Whether people may wait for a seat, and be offered one."""
    return row.has_waiting_list and is_serving(published, now)


def is_serving(published: PublishedSession | None, now: dt.datetime) -> bool:
    """Whether an offer can still be made: who waits is served even after the list takes nobody more."""
    if published is None or published.item.state != "scheduled" or published.starts_at is None:
        return False
    return now < deadlines.waiting_list_closes(published.starts_at)


def join(
    row: Session,
    registration: Registration,
    published: PublishedSession,
    *,
    now: dt.datetime,
    actor: str,
    reason: str = "",
) -> None:
    """Put a registration, new or given up, at the end of the queue."""
    values: dict[str, Any] = {
        "queued_at": now,
        "priority": 0,
        "set_aside_until": None,
        "expires_at": None,
        "hold_started_at": None,
    }
    move(registration, State.WAITING, row=row, at=now, actor=actor, reason=reason, **values)
    mails.waiting(registration, published)
    serve(row, now=now)


def serve(row: Session, *, now: dt.datetime) -> None:
    """Offer the free seats to those who wait for them."""
    waited_for = [pool for pool in counts.POOLS if pool.is_waited_for(row)]
    published = _published(row) if waited_for else None
    if published is not None and is_serving(published, now):
        for pool in waited_for:
            _serve(row, pool, published, now)


def _serve(row: Session, pool: Pool, published: PublishedSession, now: dt.datetime) -> None:
    while pool.free(row) != 0:
        registration = _next(row, pool, published, now)
        if registration is None:
            return
        _offer(row, registration, published, now=now, actor=WORKER)


def _next(row: Session, pool: Pool, published: PublishedSession, now: dt.datetime) -> Registration | None:
    """The head of the queue, for whom seats are set aside while it needs more than are free; then the first that fits.

    However long the queue is, one row is read, or two.
    """
    free = pool.free(row)
    head = next(iter(_heads.all(session=row.pk, is_online=pool.is_online)), None)
    if head is None or free is None or head.party <= free:
        return head
    if _is_passed_over(head, now):
        queue = Registration.objects.queue(row.pk, is_online=pool.is_online)
        return queue.filter(party__lte=free).first()
    if head.set_aside_until is None:
        _set_aside(head, free, published, now)
    return None


def _head() -> QuerySet[Registration]:
    session, is_online = Slot("session", BigIntegerField()), Slot("is_online", BooleanField())
    return Registration.objects.queue(session, is_online=is_online)[:1]


_heads = PreparedObjects(Registration, _head)


def _is_passed_over(registration: Registration, now: dt.datetime) -> bool:
    """It had seats set aside, for long enough."""
    return registration.set_aside_until is not None and registration.set_aside_until <= now


def _offer(
    row: Session,
    registration: Registration,
    published: PublishedSession,
    *,
    now: dt.datetime,
    actor: str,
    reason: str = "",
) -> None:
    terms = deadlines.offer_terms()
    assert published.starts_at is not None, "A list that is served has a start."
    until = deadlines.latest(now, starts_at=published.starts_at, zone=published.zone, **terms)
    values: dict[str, Any] = {
        "expires_at": until,
        "hold_started_at": None,
        "hold_hours": terms["hours"],
        "reminded_at": None,
        "offered_at": now,
    }
    move(registration, State.OFFERED, row=row, at=now, actor=actor, reason=reason, **values)
    mails.offer(registration, published)


def _set_aside(registration: Registration, free: int, published: PublishedSession, now: dt.datetime) -> None:
    assert published.starts_at is not None, "A list that is served has a start."
    terms = deadlines.offer_terms()
    registration.set_aside_until = deadlines.deadline(now, starts_at=published.starts_at, zone=published.zone, **terms)
    registration.save(update_fields=["set_aside_until"])
    mails.set_aside(registration, free, published)


def still_set_aside(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of that mail: nothing leaves once the time that it tells is over."""
    group = mails.registration_of(message)
    if group is None or group.state != State.WAITING or str(group.link) not in message.links:
        return None
    return {} if group.set_aside_until and group.set_aside_until > now else None


def settle_for(row: Session, registration: Registration, places: int, *, now: dt.datetime) -> None:
    """A group asks for some of the seats that are set aside for it only. ValidationError when there are not as many."""
    free = counts.pool_of(registration).free(row)
    if registration.set_aside_until is None or registration.set_aside_until <= now:
        raise ValidationError(
            _("These seats are no longer set aside for you. You keep your place in the queue."), "late"
        )
    if not 0 < places <= registration.party or (free is not None and places > free):
        message = ngettext("%(free)s seat is set aside for you.", "%(free)s seats are set aside for you.", free or 0)
        raise ValidationError(message, code="free", params={"free": free})
    change_party(row, registration, places)


def change_party(row: Session, registration: Registration, places: int) -> None:
    """The caller has checked that there are as many seats."""
    was = counts.counted(registration)
    registration.party = places
    counts.shift(row, was, counts.counted(registration))
    registration.save(update_fields=["party"])


@transaction.atomic
def promote(row: Session, registration: Registration, *, now: dt.datetime, actor: str, reason: str) -> bool:
    """Whether a seat is offered at once, out of order; without a free seat, the registration goes to the head.

    ValidationError when it no longer waits, or the list is closed. The reason stays with the registration.
    """
    published = _published(row)
    if registration.state != State.WAITING:
        raise ValidationError(_("This registration does not wait for a seat."), code="not_waiting")
    if published is None or not is_serving(published, now):
        raise ValidationError(_("The waiting list of this session is closed."), code="closed")
    free = counts.pool_of(registration).free(row)
    if free is None or free >= registration.party:
        _offer(row, registration, published, now=now, actor=actor, reason=reason)
        return True
    queue = Registration.objects.queue(row.pk, is_online=registration.is_online)
    highest = queue.order_by().aggregate(highest=Max("priority"))["highest"] or 0
    move(registration, State.WAITING, row=row, at=now, actor=actor, reason=reason, priority=highest + 1)
    serve(row, now=now)
    return False


def serve_after_set_aside(now: dt.datetime | None = None) -> int:
    """Serve the queues whose group had seats set aside until now; how many."""
    now = now or timezone.now()
    over = Registration.objects.filter(state=State.WAITING, set_aside_until__lte=now)
    sessions = set(over.values_list("session", flat=True))
    for session in sorted(sessions):
        with transaction.atomic():
            serve(lock_one(session), now=now)
    return len(sessions)


def close_lists(now: dt.datetime | None = None) -> int:
    """End the lists of sessions that are about to start, and tell those who still wait; how many people."""
    now = now or timezone.now()
    soon = now + deadlines.offer_terms()["cut_off"] + deadlines.SHORTEST_OFFER
    waiting = Registration.objects.filter(state=State.WAITING)
    near = Q(session__starts_at__lte=soon) | Q(session__starts_at__isnull=True)
    candidates = waiting.filter(near).order_by("session", "pk").values_list("pk", "session")
    return sum(_close(pk, session, now) for pk, session in candidates)


@transaction.atomic
def _close(pk: int, session: int, now: dt.datetime) -> bool:
    row = lock_one(session)
    registration = Registration.objects.filter(pk=pk, session=session, state=State.WAITING).first()
    published = _published(row)
    if registration is None or published is None or not _is_past(published, now):
        return False
    reason = gettext_noop("The waiting list closed without a free seat.")
    move(registration, State.EXPIRED, row=row, at=now, actor=WORKER, reason=reason)
    if not published.is_over(now):
        mails.list_closed(registration, published)
    return True


def _is_past(published: PublishedSession, now: dt.datetime) -> bool:
    """A session that is called off keeps its list: it may be called on again."""
    if published.item.state != "scheduled" or published.starts_at is None:
        return False
    return now >= deadlines.waiting_list_closes(published.starts_at)


def _published(row: Session) -> PublishedSession | None:
    [[slug]] = _slugs.rows(pk=row.edition_id)
    return find(slug, row.code)


_slugs = Prepared(lambda: Edition.objects.filter(pk=Slot("pk", BigIntegerField())).values_list("slug"))
