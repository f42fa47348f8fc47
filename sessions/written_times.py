"""Days and times as people write them in spreadsheets, in French or in English."""

import datetime as dt
import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from venues.room_names import plain

MONTHS = [
    ("janvier", "janv", "january", "jan"),
    ("fevrier", "fevr", "fev", "february", "feb"),
    ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"),
    ("septembre", "sept", "september", "sep"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
]
MONTH_BY_NAME = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}
WEEKDAYS = [
    ("lundi", "lun", "monday", "mon"),
    ("mardi", "mar", "tuesday", "tue"),
    ("mercredi", "mer", "wednesday", "wed"),
    ("jeudi", "jeu", "thursday", "thu"),
    ("vendredi", "ven", "friday", "fri"),
    ("samedi", "sam", "saturday", "sat"),
    ("dimanche", "dim", "sunday", "sun"),
]
WEEKDAY_BY_NAME = {name: number for number, names in enumerate(WEEKDAYS) for name in names}

CLOCK = (
    r"(\d{1,2}) ?[h:.] ?(\d{2})?(?::\d{2})?(?: ?min)? ?(am|pm)?"
    r"|(\d{1,2}) ?(am|pm)"
    r"|(midi|minuit|noon|midnight)"
)


def read_day(words: str, days: Iterable[dt.date]) -> dt.date:
    """``days`` of the edition complete what is not written: “mardi 20”, “20/11”. ValidationError when it is no day."""
    days = list(days)
    text = plain(words).replace(",", " ").replace(".", " ").removeprefix("le ")
    weekday, rest = _weekday(" ".join(text.split()))
    found = _date(rest, days) if rest else _only([day for day in days if day.weekday() == weekday])
    if found is None or not 2000 <= found.year <= 2100:
        raise ValidationError(_("“%s” is not a day. Write for example 20/11/2018.") % words, code="day")
    if weekday is not None and found.weekday() != weekday:
        message = _("“%(words)s” contradicts itself: %(date)s is another day of the week.")
        raise ValidationError(message, "weekday", {"words": words, "date": f"{found:%d/%m/%Y}"})
    return found


def read_clock(words: str) -> dt.time:
    """“14h30”, “14 h 30”, “14:30”, “9h”, “2:30 pm”, “midi”. ValidationError when it is no time of the day."""
    match = re.fullmatch(CLOCK, plain(words))
    try:
        if match is None:
            raise ValueError
        if match[6]:
            return dt.time(12 if match[6] in {"midi", "noon"} else 0)
        hour, minute, half = int(match[1] or match[4]), int(match[2] or 0), match[3] or match[5]
        if half and not 1 <= hour <= 12:
            raise ValueError
        return dt.time(hour % 12 + 12 * (half == "pm") if half else hour, minute)
    except ValueError:
        raise ValidationError(_("“%s” is not a time. Write for example 14 h 30.") % words, code="time") from None


def read_clocks(words: str) -> tuple[dt.time, dt.time | None]:
    """A time, or from one to another: “14h30 – 16h”, “de 9 h à 10 h”."""
    text = plain(words).removeprefix("de ").removeprefix("from ")
    first, *second = re.split(r" ?[-–—→] ?| a | to ", text, maxsplit=1)
    return read_clock(first), read_clock(second[0]) if second else None


def read_length(words: str) -> dt.timedelta:
    """“1h30”, “90 min”, “90”, “1:30”. ValidationError when it is no length, or more than three days."""
    text = plain(words)
    match = re.fullmatch(r"(?:(\d{1,2}) ?(?:h|:) ?(\d{2})?(?: ?min)?)|(\d{1,4}) ?(?:min|mn|minutes?|')?", text)
    length = dt.timedelta()
    if match:
        length = dt.timedelta(hours=int(match[1] or 0), minutes=int(match[2] or match[3] or 0))
    if not dt.timedelta() < length <= dt.timedelta(days=3):
        raise ValidationError(_("“%s” is not a length. Write for example 1 h 30.") % words, code="length")
    return length


def _weekday(text: str) -> tuple[int | None, str]:
    first, _space, rest = text.partition(" ")
    # “mar” is a Tuesday before a number and a month after one.
    return (WEEKDAY_BY_NAME[first], rest) if first in WEEKDAY_BY_NAME else (None, text)


def _date(text: str, days: list[dt.date]) -> dt.date | None:
    try:
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := re.fullmatch(r"(\d{1,2})[/\- ](\d{1,2})(?:[/\- ](\d{4}|\d{2}))?", text):
            return _complete(int(match[1]), int(match[2]), match[3], days)
        if match := re.fullmatch(r"(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+)(?: (\d{4}))?", text):
            return _complete(int(match[1]), MONTH_BY_NAME.get(match[2], 0), match[3], days)
        if match := re.fullmatch(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?", text):
            return _complete(int(match[2]), MONTH_BY_NAME.get(match[1], 0), match[3], days)
    except ValueError:
        return None
    match = re.fullmatch(r"(\d{1,2})(?:er)?", text)
    return _only([day for day in days if match and day.day == int(match[1])])


def _complete(day: int, month: int, year: str | None, days: list[dt.date]) -> dt.date | None:
    if year:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    years = sorted({known.year for known in days})
    inside = [known for known in days if (known.day, known.month) == (day, month)]
    return inside[0] if inside else dt.date(years[0], month, day) if years else None


def _only(days: list[dt.date]) -> dt.date | None:
    return days[0] if len(days) == 1 else None
