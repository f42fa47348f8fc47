"""The slots of an exhibition, out of its opening days: when each visit begins, and what it is called.

Nothing is saved here. Hours are on the clock of the venue, whatever that of the edition.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from innovation_week.dates import clock, day
from sessions.models import Sequence, Session
from sessions.text import validate_one_line
from venues.models import Room

# What a title may hold, in French and in English; the day and the time are written in the language of the texts.
DAY, TIME = ("jour", "day"), ("heure", "time")
TITLE_LENGTH = 200
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

Pause = tuple[dt.time, dt.time]


@dc.dataclass(frozen=True, slots=True)
class Hours:
    """An opening day."""

    day: dt.date
    opens: dt.time
    closes: dt.time


@dc.dataclass(frozen=True, slots=True)
class Plan:
    sequence: Sequence
    hours: tuple[Hours, ...]
    pauses: tuple[Pause, ...]
    length: dt.timedelta
    title: str  # “Bureau du futur, {jour}, {heure}”
    room: Room | None
    values: Mapping[str, Any]  # the other fields of each session
    ask_ahead: dt.timedelta | None = None  # from the day before which people say what they need to that of the visit

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.room.venue.time_zone if self.room else self.sequence.edition.time_zone)


def slots_of(plan: Plan) -> list[Session]:
    """Not saved, in order."""
    return [
        _slot(plan, hours.day, start)
        for hours in sorted(plan.hours, key=lambda hours: hours.day)
        for start in starts(hours, plan.pauses, plan.length)
    ]


def starts(hours: Hours, pauses: Iterable[Pause], length: dt.timedelta) -> Iterator[dt.time]:
    """One visit after the other; none is cut short by a pause or by the closing, the next begins after the pause."""
    closed = sorted((_at(hours.day, first), _at(hours.day, last)) for first, last in pauses)
    start, end = _at(hours.day, hours.opens), _at(hours.day, hours.closes)
    while start + length <= end:
        pause = next((last for first, last in closed if first < start + length and start < last), None)
        if pause is None:
            yield start.time()
            start += length
        else:
            start = pause


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    """On the wall: a day of visits is counted without the change of the clocks."""
    return dt.datetime.combine(day, time)


def _slot(plan: Plan, date: dt.date, time: dt.time) -> Session:
    start = dt.datetime.combine(date, time, plan.zone)
    session = Session(
        edition=plan.sequence.edition,
        sequence=plan.sequence,
        room=plan.room,
        is_slot=True,
        starts_at=start,
        ends_at=start.astimezone(dt.UTC) + plan.length,
        ask_before=None if plan.ask_ahead is None else date - plan.ask_ahead,
        **plan.values,
    )
    session.title = titled(plan.title, session)
    return session


def titled(pattern: str, session: Session) -> str:
    """The title of a session that has a time."""
    assert session.starts_at is not None
    start = session.starts_at.astimezone(session.time_zone)
    with translation.override(session.language):
        words = dict.fromkeys(DAY, day(start.date())) | dict.fromkeys(TIME, clock(start))
    return _PLACEHOLDER.sub(lambda found: words[found[1]], pattern)


def placeholders() -> dict[str, str]:
    """In the active language: “{jour}” and “{heure}”."""
    number = 0 if (translation.get_language() or "fr").startswith("fr") else 1
    return {"day": f"{{{DAY[number]}}}", "time": f"{{{TIME[number]}}}"}


def validate_pattern(pattern: str) -> None:
    validate_one_line(pattern)
    unknown = [name for name in _PLACEHOLDER.findall(pattern) if name not in (*DAY, *TIME)]
    if unknown or set("{}") & set(_PLACEHOLDER.sub("", pattern)):
        message = _("A title knows the placeholders %(day)s and %(time)s, and no other.")
        raise ValidationError(message, code="placeholder", params=placeholders())
    if len(_PLACEHOLDER.sub("mercredi 30 septembre", pattern)) > TITLE_LENGTH:
        raise ValidationError(_("Titles would be longer than 200 characters: shorten it."), code="length")
