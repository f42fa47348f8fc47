"""The programme as iCalendar (RFC 5545): one session, or all those that have a time.

The files are meant to be read again and again: the UID of a session never changes, its SEQUENCE rises with each
release that changed it, and a cancelled session stays, as cancelled. Times of public files are in UTC, which needs no
VTIMEZONE; those of a person are on the clock of the venue, as a reminder shows them.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, pgettext
from icalendar import Calendar, Event, Timezone, vUri

from publishing.lines import visits
from publishing.programme import Item, Line, Programme, Slot
from publishing.richtext import to_text

STATUS = {"scheduled": "CONFIRMED", "cancelled": "CANCELLED", "postponed": "TENTATIVE"}
REFRESHED_EVERY = dt.timedelta(hours=4)
# A moment of a slot, as the file tells it.
Clock = Callable[[Programme, Slot, dt.datetime], dt.datetime]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def session_calendar(programme: Programme, item: Item, *, url: str) -> bytes:
    """The calendar file of a session; without an event while it has no time. ``url``: absolute, of its page."""
    return _calendar(programme, [item], lambda item: url).to_ical()


def edition_calendar(programme: Programme, items: Iterable[Item], *, url_of: Callable[[Item], str]) -> bytes:
    """One file for these sessions, named after the edition so that it can be subscribed to."""
    return _named(_calendar(programme, items, url_of), programme.name)


def person_calendar(programme: Programme, items: Iterable[Item], *, name: str, url_of: Callable[[Item], str]) -> bytes:
    """The same for one person, on the clocks of the venues."""
    return _named(_calendar(programme, items, url_of, _local), name)


def plain_calendar(programme: Programme, items: Iterable[Item], *, url_of: Callable[[Item], str]) -> bytes:
    """One file to open once, such as one that a mail carries, on the clocks of the venues."""
    return _calendar(programme, items, url_of, _local).to_ical()


def _named(calendar: Calendar, name: str) -> bytes:
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT4H")
    return calendar.to_ical()


def _utc_of(programme: Programme, slot: Slot, moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)


def _local(programme: Programme, slot: Slot, moment: dt.datetime) -> dt.datetime:
    """On the clock of the venue. The second of two hours of one name, in autumn, can be told in UTC only."""
    local = programme.local(moment, slot)
    return moment.astimezone(dt.UTC) if local.fold else local


def _calendar(
    programme: Programme, items: Iterable[Item], url_of: Callable[[Item], str], clock: Clock = _utc_of
) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//innovation week//programme//{(get_language() or 'fr').upper()}")
    calendar.add("CALSCALE", "GREGORIAN")
    told = [item for item in items if item.slot.starts_at and item.slot.ends_at]
    for zone in _zones(programme, told, clock):
        calendar.add_component(zone)
    for item in told:
        calendar.add_component(_event(programme, item, url_of(item), clock))
    return calendar


def _zones(programme: Programme, items: Iterable[Item], clock: Clock) -> list[Timezone]:
    """What a program needs to know of the clocks that the times are told on (RFC 5545, 3.6.5)."""
    slots = [item.slot for item in items]
    moments = [clock(programme, slot, time) for slot in slots for time in (slot.starts_at, slot.ends_at) if time]
    keys = sorted({moment.tzinfo.key for moment in moments if isinstance(moment.tzinfo, ZoneInfo)})
    years = [moment.year for moment in moments]
    return [
        Timezone.from_tzid(key, first_date=dt.date(min(years), 1, 1), last_date=dt.date(max(years) + 1, 12, 31))
        for key in keys
    ]


def _event(programme: Programme, item: Item, url: str, clock: Clock) -> Event:
    start, end = item.slot.starts_at, item.slot.ends_at
    assert start is not None
    assert end is not None
    changed_at = (item.changed_at or dt.datetime.combine(programme.starts_on, dt.time(), dt.UTC)).astimezone(dt.UTC)
    event = Event()
    event.add("UID", f"{item.code}@{urlsplit(url).hostname}")
    # Without a METHOD, DTSTAMP is when the session was last revised (3.8.7.2): equal releases give equal bytes.
    event.add("DTSTAMP", changed_at)
    event.add("LAST-MODIFIED", changed_at)
    event.add("SEQUENCE", item.revision)
    event.add("STATUS", STATUS[item.state])
    event.add("DTSTART", clock(programme, item.slot, start))
    event.add("DTEND", clock(programme, item.slot, end))
    event.add("SUMMARY", _line(_summary(item)), parameters={"LANGUAGE": item.language})
    event.add("DESCRIPTION", _clean(_description(programme, item, url)))
    if location := _location(programme, item):
        event.add("LOCATION", _line(location))
    event.add("URL", vUri(url))
    event.add("CATEGORIES", [_line(category) for category in _categories(programme, item)])
    if item.state != "scheduled" or isinstance(item, Line):
        event.add("TRANSP", "TRANSPARENT")  # leaves the person free at that time: nobody visits all day
    return event


def _summary(item: Item) -> str:
    """Few readers show STATUS: the word stands in the title too."""
    if item.state == "cancelled":
        return gettext("Cancelled: %(title)s") % {"title": item.title}
    if item.state == "postponed":
        return gettext("Postponed: %(title)s") % {"title": item.title}
    return item.title


def _description(programme: Programme, item: Item, url: str) -> str:
    people = [f"{programme.person_by_code[part.person].name} ({part.label})" for part in item.parts]
    moved = gettext("This session has been moved: see its page.") if item.moved_from else ""
    how_often = capfirst(visits(item))
    blocks = [moved, item.lead, how_often, to_text(item.text), item.note, "\n".join(people), url]
    return "\n\n".join(block for block in blocks if block)


def _location(programme: Programme, item: Item) -> str:
    places = [pgettext("where", "Online")] if item.is_online else []
    return ", ".join([*places, *_address(programme, item.slot)])


def _address(programme: Programme, slot: Slot) -> list[str]:
    place = programme.place_by_slug.get(slot.place)
    if place is None:
        return []
    room = programme.room_of(slot)
    town = f"{place.postcode} {place.city}".strip()
    return [part for part in (room.name if room else "", place.name, place.address, town) if part]


def _categories(programme: Programme, item: Item) -> list[str]:
    thread = programme.thread_by_slug.get(item.thread)
    names = [thread.title if thread else "", programme.formats.get(item.format, "")]
    return list(dict.fromkeys(name for name in names if name))


def _clean(text: str) -> str:
    """Without what RFC 5545 forbids in a text (3.3.11)."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    return " ".join(_clean(text).split())
