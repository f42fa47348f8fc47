"""What takes place on a day of the week, for those who stand in the rooms; on other days, what comes next."""

import dataclasses as dc
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation_week.session_times import day_and_hours
from sessions.models import Session
from sessions.opening_days import first_of_each_day
from speakers.models import Candidacy

NEXT_SESSIONS = 8
MOST_OF_A_DAY = 40


@dc.dataclass(frozen=True, slots=True)
class Place:
    """One session as the dashboard shows it."""

    session: Session
    day: str
    hours: str
    state: str  # "" before it begins: its stage says enough
    is_over: bool
    people: str  # "2/3", of those confirmed, how many came; "" when it is not for the reader


@dc.dataclass(frozen=True, slots=True)
class Programme:
    is_today: bool
    sessions: list[Place]
    left_out: int = 0


def day_of(date: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Its first moment and that of the next day, in the active zone."""
    zone = timezone.get_current_timezone()
    return (
        dt.datetime.combine(date, dt.time(), zone),
        dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), zone),
    )


def next_sessions(sessions: QuerySet[Session], now: dt.datetime) -> Programme:
    coming = first_of_each_day(sessions.filter(Session.ALIVE, ends_at__gt=now), _zone())
    coming = _with_places(coming).order_by("starts_at", "title", "pk")
    return Programme(
        is_today=False,
        sessions=[Place(session, *day_and_hours(session), "", False, "") for session in coming[:NEXT_SESSIONS]],
    )


def sessions_of_day(
    sessions: QuerySet[Session], day: tuple[dt.datetime, dt.datetime], now: dt.datetime, *, with_people: bool
) -> Programme:
    """Also those called off, for people may come to the door; those that are over stand last."""
    is_over = Case(When(ends_at__lte=now, then=Value(1)), default=Value(0))
    kept = sessions.exclude(status=Session.Status.ARCHIVED).filter(starts_at__lt=day[1], ends_at__gt=day[0])
    # Of an exhibition, the slot under way or the next.
    kept = first_of_each_day(kept, _zone(), is_over)
    total = kept.count()
    found = list(
        _with_places(kept).alias(is_over=is_over).order_by("is_over", "starts_at", "title", "pk")[:MOST_OF_A_DAY]
    )
    present = _present(found) if with_people else {}
    return Programme(
        is_today=True,
        sessions=[
            Place(
                session,
                *day_and_hours(session),
                _state(session, now),
                _is_over(session, now),
                present.get(session.pk, ""),
            )
            for session in found
        ],
        left_out=total - len(found),
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())


def _with_places(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return sessions.select_related("edition", "room__venue")


def _present(sessions: Sequence[Session]) -> dict[int, str]:
    """By session, of the people expected, how many have come."""
    people = Candidacy.objects.confirmed().filter(session__in=[session.pk for session in sessions]).order_by()
    expected: Counter[int] = Counter()
    came: Counter[int] = Counter()
    for session, stage, number in people.values_list("session", "stage").annotate(number=Count("pk")):
        expected[session] += number
        came[session] += number if stage == Candidacy.Stage.CAME else 0
    return {session: f"{came[session]}/{expected[session]}" for session in expected}


def _state(session: Session, now: dt.datetime) -> str:
    if session.status in (Session.Status.CANCELLED, Session.Status.POSTPONED):
        return ""
    if _is_over(session, now):
        return _("Over")
    return _("Now") if session.starts_at and session.starts_at <= now else ""


def _is_over(session: Session, now: dt.datetime) -> bool:
    return session.ends_at is not None and session.ends_at <= now
