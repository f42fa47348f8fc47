"""The programme document: what a release freezes and every public page, feed and file is a projection of.

Frozen dataclasses of standard types only. No model, no request, no text of the interface: codes where the
interface will say a word in the reader's language. Times are aware; a day is a day of the venue's clock.
"""

import collections
import dataclasses as dc
import datetime as dt
import functools
import hashlib
import json
import typing
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from publishing.items import (
    AccessList,
    Item,
    Line,
    Part,
    Person,
    Place,
    Portrait,
    Room,
    Slot,
    Thread,
    index_order,
    item_order,
    name_order,
)
from publishing.lines import lines
from publishing.search import search_text

__all__ = [
    "SCHEMA",
    "UPGRADES",
    "AccessList",
    "Day",
    "Item",
    "Line",
    "Opening",
    "Part",
    "Person",
    "Place",
    "Portrait",
    "Programme",
    "Room",
    "Slot",
    "Thread",
    "from_json",
    "index_order",
    "item_order",
    "name_order",
    "sha256",
    "to_json",
]

SCHEMA = 4


@dc.dataclass(frozen=True, slots=True)
class Opening:
    """What a release remembers of the line of an opening day: the rest follows from its slots."""

    code: str
    revision: int  # how many releases changed the line since its first
    changed_at: dt.datetime | None  # the release that last changed it


@dc.dataclass(frozen=True, slots=True)
class Day:
    date: dt.date
    items: tuple[Item, ...]  # lines, as lists show them


@dc.dataclass(frozen=True)
class Programme:
    """``items`` are in order of start, then title; those without a time come last."""

    schema: int
    edition: str  # slug
    name: str
    tagline: str
    introduction: str
    place: str
    summary: str
    starts_on: dt.date
    ends_on: dt.date
    time_zone: str
    contact_email: str
    formats: dict[str, str]  # slug: name
    audiences: dict[str, str]  # slug: name
    threads: tuple[Thread, ...]
    places: tuple[Place, ...]
    people: tuple[Person, ...]  # in the order of the index
    items: tuple[Item, ...]
    openings: tuple[Opening, ...]  # by code

    @functools.cached_property
    def item_by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @functools.cached_property
    def person_by_code(self) -> dict[str, Person]:
        return {person.code: person for person in self.people}

    @functools.cached_property
    def place_by_slug(self) -> dict[str, Place]:
        return {place.slug: place for place in self.places}

    @functools.cached_property
    def thread_by_slug(self) -> dict[str, Thread]:
        return {thread.slug: thread for thread in self.threads}

    @functools.cached_property
    def lines(self) -> tuple[Item, ...]:
        """What lists show: sessions, and of slots one line for each opening day; in the order of items."""
        return lines(self)

    @functools.cached_property
    def line_by_code(self) -> dict[str, Item]:
        return {line.code: line for line in self.lines}

    @functools.cached_property
    def line_by_slot(self) -> dict[str, Line]:
        """The line that tells the slot with this code."""
        return {slot.code: line for line in self.lines if isinstance(line, Line) for slot in line.slots}

    @functools.cached_property
    def threads_with_slots(self) -> frozenset[str]:
        return frozenset(line.thread for line in self.line_by_slot.values())

    @functools.cached_property
    def items_by_person(self) -> dict[str, tuple[Item, ...]]:
        """The lines that each person is in, by code."""
        found: dict[str, list[Item]] = {}
        for item in self.lines:
            for code in dict.fromkeys(part.person for part in item.parts):
                found.setdefault(code, []).append(item)
        return {code: tuple(items) for code, items in found.items()}

    @functools.cached_property
    def days(self) -> tuple[Day, ...]:
        """The days that have sessions, each with its lines by the clock of their venue.

        A session past midnight belongs to its first day.
        """
        found: dict[dt.date, list[Item]] = {}
        for item in self.lines:
            if item.slot.starts_at is not None:
                found.setdefault(self.date_of(item), []).append(item)
        return tuple(Day(date, tuple(sorted(items, key=self._wall_clock))) for date, items in sorted(found.items()))

    @functools.cached_property
    def undated(self) -> tuple[Item, ...]:
        """Sessions that wait for a time: postponed ones."""
        return tuple(item for item in self.lines if item.slot.starts_at is None)

    @functools.cached_property
    def instants(self) -> tuple[dt.datetime, ...]:
        """When what pages say of the present changes: starts, ends, and the midnights of the week, in order."""
        slots = [item.slot for item in self.items]
        times = {time for slot in slots for time in (slot.starts_at, slot.ends_at) if time is not None}
        zone = ZoneInfo(self.time_zone)
        for offset in range((self.ends_on - self.starts_on).days + 2):
            midnight = dt.datetime.combine(self.starts_on + dt.timedelta(offset), dt.time(), zone)
            times.add(midnight.astimezone(dt.UTC))
        return tuple(sorted(times))

    @functools.cached_property
    def language(self) -> str:
        """Of the texts that tell none: presentation, sequences, people, places. That of most sessions."""
        counted = collections.Counter(item.language for item in self.items)
        return max(counted, key=lambda language: (counted[language], language), default=settings.LANGUAGE_CODE)

    @functools.cached_property
    def search_texts(self) -> dict[str, str]:
        """What the search looks in, by code."""
        return {item.code: search_text(self, item) for item in self.items}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def zone_of(self, slot: Slot) -> ZoneInfo:
        place = self.place_by_slug.get(slot.place)
        return ZoneInfo(place.time_zone if place else self.time_zone)

    def local(self, moment: dt.datetime, slot: Slot) -> dt.datetime:
        """``moment`` on the clock of the slot's venue."""
        return moment.astimezone(self.zone_of(slot))

    def _wall_clock(self, item: Item) -> dt.time:
        assert item.slot.starts_at is not None
        return self.local(item.slot.starts_at, item.slot).time()

    def local_times(self, slot: Slot) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Start and end on the clock of the slot's venue."""
        start, end = (time and self.local(time, slot) for time in (slot.starts_at, slot.ends_at))
        return start, end

    def date_of(self, item: Item) -> dt.date:
        assert item.slot.starts_at is not None
        return self.local(item.slot.starts_at, item.slot).date()

    def room_of(self, slot: Slot) -> Room | None:
        place = self.place_by_slug.get(slot.place)
        rooms = place.rooms if place else ()
        return next((room for room in rooms if room.slug == slot.room), None)

    def access_list_closes_at(self, slot: Slot) -> dt.datetime | None:
        """When the venue receives the names of those who come, on its clock; None when it wants none."""
        place = self.place_by_slug.get(slot.place)
        if place is None or place.access_list is None or slot.starts_at is None:
            return None
        return self.local(slot.starts_at - dt.timedelta(hours=place.access_list.hours), slot)

    def access_of(self, item: Item) -> tuple[str, ...]:
        """What helps people come to this session: of its room, then of its own."""
        room = self.room_of(item.slot)
        return (*(room.access if room else ()), *item.access)


# --- JSON: canonical, so that the hash of equal documents is equal ---------------------------------------------


def to_json(programme: Programme) -> str:
    return json.dumps(dc.asdict(programme), default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def from_json(document: str) -> Programme:
    """Read a document of this schema or an older one. ValueError when it is of a newer version."""
    data: dict[str, Any] = json.loads(document)
    if data["schema"] > SCHEMA:
        raise ValueError(f"This release has schema {data['schema']}, newer than {SCHEMA}: upgrade the software.")
    for version in range(data["schema"], SCHEMA):
        data = UPGRADES[version](data) | {"schema": version + 1}
    return _reader(Programme)(data)


def _slots_added(data: dict[str, Any]) -> dict[str, Any]:
    return data | {
        "items": [{**item, "is_slot": False} for item in data["items"]],
        "threads": [{**thread, "one_slot_per_person": True} for thread in data["threads"]],
        "openings": [],
    }


def _access_lists_added(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"places": [{**place, "access_list": None, "identity_notice": ""} for place in data["places"]]}


def _dates_to_ask_added(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"items": [{**item, "ask_before": None} for item in data["items"]]}


# From schema n to n + 1, by n. Old releases open for ever: a step is never removed.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _slots_added,
    2: _access_lists_added,
    3: _dates_to_ask_added,
}


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a programme document.")


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """The function that makes a value of type ``kind`` from its JSON form; made once per type."""
    if dc.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        readers = {field.name: _reader(hints[field.name]) for field in dc.fields(kind)}
        make = typing.cast(Callable[..., Any], kind)
        return lambda data: make(**{name: read(data[name]) for name, read in readers.items()})
    arguments = typing.get_args(kind)
    if type(None) in arguments:
        read_value = _reader(next(argument for argument in arguments if argument is not type(None)))
        return lambda data: None if data is None else read_value(data)
    if typing.get_origin(kind) is tuple:
        read_member = _reader(arguments[0])
        return lambda data: tuple(map(read_member, data))
    if kind is dt.datetime:
        return dt.datetime.fromisoformat
    if kind is dt.date:
        return dt.date.fromisoformat
    return lambda data: data
