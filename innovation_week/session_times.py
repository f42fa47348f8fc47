"""When a session takes place, for the staff: on the clock of its venue, which is named when it is another one."""

import datetime as dt
from zoneinfo import ZoneInfo

from innovation_week.dates import day, time_range, zone_name
from sessions.models import Session


def local_times(session: Session) -> tuple[dt.datetime, dt.datetime] | None:
    if session.starts_at is None or session.ends_at is None:
        return None
    return session.starts_at.astimezone(session.time_zone), session.ends_at.astimezone(session.time_zone)


def day_and_hours(session: Session, *, with_year: bool = False) -> tuple[str, str]:
    """“mardi 20 novembre” and “9 h – 18 h (La Réunion)”; a dash and nothing without a time."""
    times = local_times(session)
    if times is None:
        return "–", ""
    start, end = times
    place = "" if session.time_zone == ZoneInfo(session.edition.time_zone) else f" ({zone_name(session.time_zone)})"
    return day(start.date(), with_year=with_year), time_range(start, end) + place
