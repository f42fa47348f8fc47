"""A table that is full of registrations, and thousands of holds that run out at once."""

import datetime as dt
import time
from collections.abc import Iterator

from django.db import connection
from django.db.models import F
from django.utils import timezone

from publishing.publish import publish
from registrations.holds import expire_holds
from registrations.models import Branch, Region, Registration
from registrations.seats import recount
from sessions.models import Edition, Session

PEOPLE, HOLDS = "bench200", "bench100"  # the editions that hold them; the first is that of the storms
State = Registration.State


def crowd(number: str) -> dict[str, int]:
    """So many confirmed registrations more, in sessions that the storms leave alone, which are without limit then."""
    sessions = list(Session.objects.filter(edition__slug=PEOPLE).order_by("pk")[:50])
    each = int(number) // len(sessions)
    Registration.objects.bulk_create(_registrations(sessions, each, State.CONFIRMED), batch_size=2000)
    chosen = Session.objects.filter(pk__in=[session.pk for session in sessions])
    chosen.update(seats=None, seats_taken=F("seats_taken") + each)
    _analyse()
    return {"registrations": Registration.objects.count()}


def hold(number: str) -> dict[str, int]:
    """So many seats whose holds ran out a minute ago, in full sessions where half as many people wait."""
    edition = Edition.objects.get(slug=HOLDS)
    sessions = list(edition.sessions.order_by("pk")[:50])
    each = int(number) // len(sessions)
    Registration.objects.filter(session__in=sessions).delete()
    held = _registrations(sessions, each, State.HELD)
    waiting = _registrations(sessions, each // 2, State.WAITING, first=each)
    Registration.objects.bulk_create([*held, *waiting], batch_size=2000)
    values = {"seats": each, "seats_taken": each, "seats_held": each, "seats_waiting": each // 2}
    edition.sessions.filter(pk__in=[session.pk for session in sessions]).update(room=None, is_online=True, **values)
    publish(edition, note="Mesures.")
    _analyse()
    return {"sessions": len(sessions), "held": each * len(sessions), "waiting": each // 2 * len(sessions)}


def expire() -> dict[str, float]:
    """Seconds to give the seats back and to offer those that people wait for."""
    begin = time.perf_counter()
    expired = expire_holds()
    seconds = time.perf_counter() - begin
    offered = Registration.objects.filter(session__edition__slug=HOLDS, state=State.OFFERED).count()
    drifts = [drift for drift in recount() if drift.session.edition.slug == HOLDS]
    return {"expired": expired, "offered": offered, "seconds": seconds, "drift": len(drifts)}


def _registrations(sessions: list[Session], each: int, state: str, *, first: int = 0) -> Iterator[Registration]:
    now = timezone.now()
    for session in sessions:
        for number in range(first, first + each):
            email = f"personne{session.pk}-{number}@example.org"
            yield Registration(
                session=session,
                state=state,
                first_name="Dominique",
                last_name=f"Inscription {number}",
                email=email,
                email_key=email,
                employer_name="Ministère de l’exemple",
                branch=Branch.STATE,
                region=Region.IDF,
                created_at=now - dt.timedelta(hours=25),
                hold_started_at=now - dt.timedelta(hours=25) if state == State.HELD else None,
                expires_at=now - dt.timedelta(minutes=1) if state == State.HELD else None,
                queued_at=now - dt.timedelta(hours=2) if state == State.WAITING else None,
            )


def _analyse() -> None:
    """As the database does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
