"""Days, times and durations as schedules really write them."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?")
_DURATION = re.compile(r"(-?)(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_YEARS = range(1900, 3000)  # beyond, arithmetic on dates could overflow


def parse_date(text: str) -> dt.date | None:
    """A date, also when a time follows it."""
    try:
        date = dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
    return date if date.year in _YEARS else None


def parse_moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """An ISO 8601 date and time; without an offset it is on the clock of ``zone``."""
    text = text.strip()
    if len(text) <= 10:  # a date alone says no time
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_clock(text: str) -> dt.time | None:
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return dt.time(int(match[1]), int(match[2]))


def parse_duration(text: str) -> dt.timedelta | None:
    """``HH:MM``, or ``D:HH:MM`` as the schema has it; ``HH:MM:SS``, which some publish, when no day has such hours."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    sign, first, middle, last = match[1], int(match[2] or 0), int(match[3]), int(match[4])
    if match[2] is not None and middle > 23:
        duration = dt.timedelta(hours=first, minutes=middle, seconds=last)
    else:
        duration = dt.timedelta(days=first, hours=middle, minutes=last)
    return -duration if sign else duration


def first_after(date: dt.date, clock: dt.time, zone: ZoneInfo, not_before: dt.time) -> dt.datetime:
    """``clock`` on the programme day ``date``, which lasts until ``not_before`` of the next one."""
    if clock < not_before:
        date += dt.timedelta(days=1)
    return dt.datetime.combine(date, clock, zone)
