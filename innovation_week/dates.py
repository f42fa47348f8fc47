"""Dates and times as people write them, in the active language. Moments are aware, in the zone to show."""

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils import dateformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NO_BREAK = "\u00a0"
LATE_NIGHT = dt.timedelta(hours=12)


def clock(moment: dt.datetime) -> str:
    """“14 h 30”, “9 h”; in English “2:30 pm”, “9 am”, without points: a sentence may end there."""
    if _is_french():
        minutes = f"{NO_BREAK}{moment.minute:02}" if moment.minute else ""
        return f"{moment.hour}{NO_BREAK}h{minutes}"
    return dateformat.format(moment, "P").replace(".", "").replace(" ", NO_BREAK)


def end_clock(end: dt.datetime, start: dt.datetime) -> str:
    """“18 h”. Its day is told when it is neither that of the start nor the same night."""
    if end.date() == start.date() or end - start <= LATE_NIGHT:
        return clock(end)
    return f"{clock(end)} ({day(end.date())})"


def time_range(start: dt.datetime, end: dt.datetime) -> str:
    """“9 h – 18 h”."""
    return f"{clock(start)}{NO_BREAK}– {end_clock(end, start)}"


def duration(start: dt.datetime, end: dt.datetime) -> str:
    """“45 min”, “1 h 30”, “2 days”."""
    minutes = round((end - start).total_seconds() / 60)
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min"
    if minutes >= 24 * 60:
        days = (end.date() - start.date()).days + 1
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    hours, rest = divmod(minutes, 60)
    unit = "" if _is_french() else f"{NO_BREAK}min"
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02}{unit}" if rest else "")


def weekday(date: dt.date) -> str:
    """“mardi”."""
    return dateformat.format(date, "l")


def day(date: dt.date, *, with_year: bool = False) -> str:
    """“mardi 20 novembre”."""
    return f"{weekday(date)} {day_and_month(date)}" + (f" {date.year}" if with_year else "")


def day_and_month(date: dt.date) -> str:
    """“20 novembre”."""
    return f"{_day_number(date)} {dateformat.format(date, 'F')}"


def short_day(date: dt.date) -> str:
    """“mardi 20”."""
    return f"{weekday(date)} {_day_number(date)}"


def date_range(first: dt.date, last: dt.date) -> str:
    """“du lundi 19 au dimanche 25 novembre 2018”: what both ends share is said once."""
    if first == last:
        return day(first, with_year=True)
    if first.year != last.year:
        beginning = day(first, with_year=True)
    elif first.month != last.month:
        beginning = day(first)
    else:
        beginning = short_day(first)
    return _("%(first)s to %(last)s") % {"first": beginning, "last": day(last, with_year=True)}


def deadline(moment: dt.datetime) -> str:
    """“mardi 20 novembre à 14 h 30”."""
    return _("%(day)s at %(time)s") % {"day": day(moment.date()), "time": clock(moment)}


def when(start: dt.datetime, end: dt.datetime | None) -> str:
    """“mardi 20 novembre, 9 h – 18 h”."""
    return f"{day(start.date())}, {time_range(start, end) if end else clock(start)}"


def zone_name(zone: ZoneInfo) -> str:
    """Where the clock hangs: “La Réunion”, “France”."""
    return get_timezone_location(zone.key, locale=get_language() or "fr")


def _is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _day_number(date: dt.date) -> str:
    return "1er" if date.day == 1 and _is_french() else str(date.day)
