"""The only code that counts seats. The caller holds a transaction; the database refuses an overbooking.

Lock order: whoever takes, gives back or changes capacity, and whoever changes a registration, first locks the
rows of the sessions concerned, in ascending primary key. The conditional UPDATE is that lock for one session.
"""

import dataclasses as dc
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import ngettext

from registrations.models import Registration
from sessions.models import Edition, Session

LIVE_FIELDS = ["code", "edition", "seats", "seats_taken", "registration_opens_at", "registration_closes_at"]


def lock(sessions: Iterable[int]) -> dict[int, Session]:
    """The rows of these sessions, by primary key, locked until the end of the transaction."""
    return {session.pk: session for session in _for_change().filter(pk__in=set(sessions)).order_by("pk")}


def lock_by_code(edition: Edition, code: str) -> Session:
    """Locked, with what registering asks of it; other fields are read when they are asked for."""
    return _for_change().only(*LIVE_FIELDS).get(edition=edition, code=code)


def take(session: int, seats: int = 1) -> bool:
    """Take seats of the session with this primary key; False when there are not as many."""
    roomy = Q(seats__isnull=True) | Q(seats__gte=F("seats_taken") + seats)
    return bool(Session.objects.filter(roomy, pk=session).update(seats_taken=F("seats_taken") + seats))


def give_back(session: int, seats: int = 1) -> None:
    Session.objects.filter(pk=session).update(seats_taken=F("seats_taken") - seats)


def check_capacity(session: Session, seats: int | None) -> Session:
    """The row, locked, if it may have this number of seats, None for no limit; else ValidationError."""
    locked = lock([session.pk])[session.pk]
    if seats is not None and seats < locked.seats_taken:
        message = ngettext(
            "%(taken)s seat is taken: give at least as many seats, or free some first.",
            "%(taken)s seats are taken: give at least as many seats, or free some first.",
            locked.seats_taken,
        )
        raise ValidationError(message, code="taken", params={"taken": locked.seats_taken})
    return locked


@transaction.atomic
def set_capacity(session: Session, seats: int | None) -> None:
    """Change the number of seats, None for no limit. ValidationError when more are taken already."""
    locked = check_capacity(session, seats)
    locked.seats = session.seats = seats
    locked.save(update_fields=["seats"])


@dc.dataclass(frozen=True, slots=True)
class Drift:
    """A session whose count is not that of its registrations."""

    session: Session
    counted: int


@transaction.atomic
def recount(*, fix: bool = False) -> list[Drift]:
    """Compare every count with the registrations that hold a seat. Wrong counts are put right if ``fix``."""
    locked = lock(Session.objects.values_list("pk", flat=True))
    live = Registration.objects.live().order_by().values_list("session").annotate(Count("pk"))
    counts = dict(live)
    drifts = [
        Drift(session, counts.get(pk, 0)) for pk, session in locked.items() if session.seats_taken != counts.get(pk, 0)
    ]
    if fix:
        for drift in drifts:
            Session.objects.filter(pk=drift.session.pk).update(seats_taken=drift.counted)
    return drifts


def _for_change() -> QuerySet[Session]:
    return Session.objects.select_for_update(of=("self",), no_key=True)
