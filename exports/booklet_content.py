"""What stands on the pages of the booklet: the programme document arranged for its template, words included."""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from innovation_week import dates
from publishing.lines import visits
from publishing.programme import Item, Person, Place, Programme, Slot, Thread
from publishing.search import fold

GLANCE_PER_DAY = 12  # sessions a column of the week holds on one page; beyond, the week is told in numbers
GLANCE_DAYS = 7
THREADS_PRESENTED = 12
PEOPLE_PRESENTED = 100  # with portrait and biography; beyond, an index of names and pages
BIOGRAPHIES_PRINTED = 60_000  # characters in all, for the same reason: about fifteen pages
SHORT = 700  # characters that fit in a quarter of a page: such a session is never split
_HEADING = re.compile(r"(</?)h\d\b")
_LINK = re.compile(r"(<a\b[^>]*>)(.*?)(</a>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ITEM_PARAGRAPH = re.compile(r"<li>\s*<p>(.*?)</p>", re.DOTALL)


@dc.dataclass(frozen=True, slots=True)
class Entry:
    """A session as it is printed. Times are on the clock of its venue."""

    item: Item
    thread: Thread | None
    start: dt.datetime | None
    end: dt.datetime | None
    times: str  # "14 h – 15 h 30", and where the clock hangs when it is not that of the edition
    lang: SafeString  # the attribute for words of the interface, when the session's own language is another
    kind: str
    facts: str  # where, for whom, how to get in
    who: str
    state: str
    moved_from: str
    opens_hour: bool  # the first of the day within its hour
    text: SafeString
    course: SafeString
    is_short: bool


@dc.dataclass(frozen=True, slots=True)
class DayEntries:
    date: dt.date
    entries: tuple[Entry, ...]

    @property
    def by_hour(self) -> bool:
        """Whether a reader who looks for a session among the bookmarks needs the hours."""
        return len(self.entries) > GLANCE_PER_DAY


@dc.dataclass(frozen=True, slots=True)
class Count:
    """How many sessions of a sequence a day has, and from when."""

    number: int
    first: dt.datetime


@dc.dataclass(frozen=True, slots=True)
class CountRow:
    thread: Thread | None
    counts: tuple[Count | None, ...]
    total: int


@dc.dataclass(frozen=True, slots=True)
class Glance:
    """Up to seven days side by side: each with its sessions when they fit on a page, else counted by sequence."""

    days: tuple[DayEntries, ...]
    rows: tuple[CountRow, ...]  # empty when the sessions themselves are shown


@dc.dataclass(frozen=True, slots=True)
class IndexEntry:
    person: Person
    biography: SafeString
    appearances: tuple[tuple[Item, str], ...]  # with the label of the role


@dc.dataclass(frozen=True, slots=True)
class Letter:
    """The people whose name in the index begins with it."""

    letter: str
    people: tuple[IndexEntry, ...]


@dc.dataclass(frozen=True, slots=True)
class PlaceEntry:
    place: Place
    access: SafeString
    accessibility: SafeString
    rooms: tuple[tuple[str, str], ...]  # name, what is known of it


@dc.dataclass(frozen=True, slots=True)
class Booklet:
    is_over: bool
    introduction: SafeString
    summary: SafeString
    days: tuple[DayEntries, ...]
    undated: tuple[Entry, ...]
    glances: tuple[Glance, ...]
    threads: tuple[Thread, ...]
    people: tuple[IndexEntry, ...]
    presents_people: bool  # else an index of names and pages
    letters: tuple[Letter, ...]  # of that index
    shows_portraits: bool
    places: tuple[PlaceEntry, ...]


def booklet(programme: Programme, *, printed_on: dt.date) -> Booklet:
    """In the active language. Once the week is over, how to get in is no longer told."""
    is_over = printed_on > programme.ends_on

    def entries(items: Iterable[Item]) -> tuple[Entry, ...]:
        return _with_hours(_entry(programme, item, tells_entry=not is_over) for item in items)

    days = tuple(DayEntries(day.date, entries(day.items)) for day in programme.days)
    threads = _threads_used(programme)
    people, presents_people = _people(programme), _presents_people(programme)
    return Booklet(
        is_over=is_over,
        introduction=_html(programme.introduction),
        summary=_html(programme.summary),
        days=days,
        undated=entries(programme.undated),
        glances=tuple(_glance(week) for week in _weeks(days)),
        threads=threads if len(threads) <= THREADS_PRESENTED else (),
        people=people,
        presents_people=presents_people,
        letters=() if presents_people else _letters(people),
        shows_portraits=any(person.portrait for person in programme.people),
        places=tuple(_place(place) for place in programme.places),
    )


# --- Sessions -------------------------------------------------------------------------------------------------


def _entry(programme: Programme, item: Item, *, tells_entry: bool) -> Entry:
    slot = item.slot
    thread = programme.thread_by_slug.get(item.thread)
    names = [thread.title if thread else "", programme.formats.get(item.format, "")]
    language = get_language()
    return Entry(
        item=item,
        thread=thread,
        start=programme.local(slot.starts_at, slot) if slot.starts_at else None,
        end=programme.local(slot.ends_at, slot) if slot.ends_at else None,
        times=_times(programme, slot),
        lang=format_html(' lang="{}"', language) if language != item.language else mark_safe(""),
        kind=" · ".join(dict.fromkeys(name for name in names if name)),
        facts=" · ".join(fact for fact in (*_facts(programme, item), _entry_word(item) if tells_entry else "") if fact),
        who=", ".join(_cast(programme, item)),
        state=_state_word(item),
        moved_from=_moved_from(programme, item),
        opens_hour=False,
        text=_html(item.text),
        course=_html(item.course),
        is_short=len(item.text) + len(item.course) < SHORT,
    )


def _with_hours(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    marked, hour = [], None
    for entry in entries:
        opens_hour = entry.start is not None and entry.start.hour != hour
        hour = entry.start.hour if entry.start else None
        marked.append(dc.replace(entry, opens_hour=opens_hour))
    return tuple(marked)


def _times(programme: Programme, slot: Slot) -> str:
    if slot.starts_at is None or slot.ends_at is None:
        return ""
    zone = programme.zone_of(slot)
    times = dates.time_range(slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone))
    return times if zone.key == programme.time_zone else f"{times} ({dates.zone_name(zone)})"


def _facts(programme: Programme, item: Item) -> Iterable[str]:
    where = _where(programme, item.slot, is_online=item.is_online)
    yield capfirst(where) or gettext("Place to be announced")
    yield visits(item)
    yield ", ".join(_access_word(code) for code in programme.access_of(item))
    audiences = ", ".join(programme.audiences[slug] for slug in item.audiences if slug in programme.audiences)
    if audiences:
        yield gettext("for: %(audiences)s") % {"audiences": audiences}


def _entry_word(item: Item) -> str:
    if item.state != "scheduled":
        return ""
    words = {
        "registration": gettext("with registration"),
        "free": gettext("free entry"),
        "invitation": gettext("by invitation"),
    }
    return words[item.entry]


def _cast(programme: Programme, item: Item) -> Iterable[str]:
    for part in item.parts:
        name = programme.person_by_code[part.person].name
        yield f"{name} ({part.label})" if part.label else name


def _where(programme: Programme, slot: Slot, *, is_online: bool = False) -> str:
    place, room = programme.place_by_slug.get(slot.place), programme.room_of(slot)
    names = [room.name if room else "", place.name if place else "", gettext("online") if is_online else ""]
    return ", ".join(name for name in names if name)


def _state_word(item: Item) -> str:
    if item.state == "cancelled":
        return gettext("Cancelled")
    if item.state == "postponed":
        return gettext("Postponed")
    return gettext("Moved") if item.moved_from else ""


def _moved_from(programme: Programme, item: Item) -> str:
    """Where and when it was announced before; nothing for a session that will not take place."""
    before = item.moved_from
    if before is None or item.state != "scheduled":
        return ""
    parts = [_where(programme, before)]
    if before.starts_at and before.starts_at != item.slot.starts_at:
        end = programme.local(before.ends_at, before) if before.ends_at else None
        parts.insert(0, dates.when(programme.local(before.starts_at, before), end))
    return ", ".join(part for part in parts if part)


def _access_word(code: str) -> str:
    words = {
        "step-free": gettext("step-free access"),
        "hearing-loop": gettext("hearing loop"),
        "sign-language": gettext("sign language"),
        "captions": gettext("live captions"),
    }
    return words.get(code, code)


def _html(text: str) -> SafeString:
    """Sanitised when the release was built; here, shaped so that WeasyPrint tags it as PDF/UA-1 wants.

    Headings one under those of the booklet, links without tags in them, list items that begin with their text.
    """
    text = _HEADING.sub(r"\1h4", text)
    text = _LINK.sub(lambda link: link[1] + _TAG.sub("", link[2]) + link[3], text)
    text = _ITEM_PARAGRAPH.sub(r"<li>\1", text)
    return mark_safe(text)


# --- The week at a glance -------------------------------------------------------------------------------------


def _weeks(days: tuple[DayEntries, ...]) -> Iterable[tuple[DayEntries, ...]]:
    """One table when the days fit side by side, else one per week of the calendar."""
    if len(days) <= GLANCE_DAYS:
        return [days] if days else []
    weeks: dict[tuple[int, int], list[DayEntries]] = {}
    for day in days:
        weeks.setdefault(day.date.isocalendar()[:2], []).append(day)
    return [tuple(week) for week in weeks.values()]


def _glance(days: tuple[DayEntries, ...]) -> Glance:
    if max(len(day.entries) for day in days) <= GLANCE_PER_DAY:
        return Glance(days, rows=())
    threads = {entry.item.thread: entry.thread for day in days for entry in day.entries}
    titles = sorted(threads.items(), key=lambda pair: pair[1].title.casefold() if pair[1] else "")
    return Glance(days, tuple(_count_row(days, slug, thread) for slug, thread in titles))


def _count_row(days: tuple[DayEntries, ...], slug: str, thread: Thread | None) -> CountRow:
    found = [[entry for entry in day.entries if entry.item.thread == slug] for day in days]
    counts = tuple(Count(len(entries), entries[0].start) if entries and entries[0].start else None for entries in found)
    return CountRow(thread, counts, sum(map(len, found)))


def _threads_used(programme: Programme) -> tuple[Thread, ...]:
    used = {item.thread for item in programme.items}
    return tuple(thread for thread in programme.threads if thread.slug in used)


# --- People and venues ----------------------------------------------------------------------------------------


def _people(programme: Programme) -> tuple[IndexEntry, ...]:
    return tuple(
        IndexEntry(person, _html(person.biography), _appearances(programme, person)) for person in programme.people
    )


def _presents_people(programme: Programme) -> bool:
    length = sum(len(person.biography) for person in programme.people)
    return len(programme.people) <= PEOPLE_PRESENTED and length <= BIOGRAPHIES_PRINTED


def _letters(people: tuple[IndexEntry, ...]) -> tuple[Letter, ...]:
    """Accents make no letter of their own; names that begin with none come first, under a number sign."""
    found: dict[str, list[IndexEntry]] = {}
    for entry in people:
        first = fold(entry.person.index_name)[:1].upper()
        found.setdefault(first if first.isalpha() else "#", []).append(entry)
    return tuple(Letter(letter, tuple(found[letter])) for letter in sorted(found))


def _appearances(programme: Programme, person: Person) -> tuple[tuple[Item, str], ...]:
    return tuple(
        (item, ", ".join(part.label for part in item.parts if part.person == person.code))
        for item in programme.items_by_person.get(person.code, ())
    )


def _place(place: Place) -> PlaceEntry:
    rooms = []
    for room in place.rooms:
        capacity = gettext("%(count)s people") % {"count": room.capacity} if room.capacity else ""
        known = [room.floor, capacity, *(_access_word(code) for code in room.access)]
        rooms.append((room.name, ", ".join(word for word in known if word)))
    return PlaceEntry(place, _html(place.access), _html(place.accessibility), tuple(rooms))
