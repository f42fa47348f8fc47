"""What ``schedule.xml`` and ``schedule.json`` share: identifiers, days, rooms (https://c3voc.de/wiki/schedule).

Identifiers are derived from the session's code: the same session has the same ones in every release.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterator
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import pgettext

from publishing.addresses import path_of
from publishing.lines import visits
from publishing.programme import Item, Place, Programme, Room
from sessions.codes import ALPHABET

GENERATOR = "innovation-week"
NAMESPACE = UUID("8b1f4a52-6f0e-5e0b-9a43-2f6f5e1d7c18")


@dc.dataclass(frozen=True, slots=True)
class FeedRoom:
    name: str
    guid: str  # "" online: not a room one can go to
    room: Room | None
    place: Place | None


@dc.dataclass(frozen=True, slots=True)
class FeedDay:
    index: int
    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    rooms: tuple[tuple[FeedRoom, tuple[Item, ...]], ...]


def guid(kind: str, identity: str) -> str:
    return str(uuid5(NAMESPACE, f"{kind}:{identity}"))


def number(code: str) -> int:
    """A code as the positive whole number that the format asks for: 30 bits, which every client can hold."""
    value = 0
    for character in code:
        value = value * len(ALPHABET) + ALPHABET.index(character)
    return value + 1


def acronym(programme: Programme) -> str:
    """At least four of ``[a-z0-9_]``."""
    word = re.sub(r"[^a-z0-9]+", "_", programme.edition.lower()).strip("_")
    return word if len(word) >= 4 else f"week_{word}"


def slug(programme: Programme, item: Item) -> str:
    return f"{acronym(programme)}-{item.code.lower()}-{slugify(item.title)[:60]}".rstrip("-")


def duration(item: Item) -> str:
    """``HH:MM``, or ``D:HH:MM`` above 99 hours."""
    assert item.slot.starts_at is not None
    assert item.slot.ends_at is not None
    hours, minutes = divmod(round((item.slot.ends_at - item.slot.starts_at).total_seconds() / 60), 60)
    if hours <= 99:
        return f"{hours:02}:{minutes:02}"
    return f"{hours // 24}:{hours % 24:02}:{minutes:02}"


def text(html: str) -> str:
    """The HTML of a text on its own: headings from the second level, blocks apart, as an import reads it back."""
    lifted = html.replace("h3>", "h2>").replace("h4>", "h3>")
    return lifted.replace("<pre>", "\n<pre>").strip()


def zone(programme: Programme) -> ZoneInfo:
    """One clock for the whole file, as the format has it: the edition's, also for a venue in another zone."""
    return ZoneInfo(programme.time_zone)


def start(programme: Programme, item: Item) -> dt.datetime:
    assert item.slot.starts_at is not None
    return item.slot.starts_at.astimezone(zone(programme))


def site() -> str:
    return settings.SITE_URL


def session_url(programme: Programme, item: Item) -> str:
    return site() + path_of(programme, item)


def subtitle(item: Item) -> str:
    """In one sentence; of an exhibition, also how often it is visited: the format has no other word for it."""
    return " – ".join(words for words in (item.lead, visits(item)) if words)


def home_url(programme: Programme) -> str:
    return site() + reverse("publishing:home", args=[programme.edition])


def days(programme: Programme) -> Iterator[FeedDay]:
    """Sessions that take place, by day and room. The format has no word for one that is called off.

    Of an exhibition, one event per opening day: hundreds of visits make clients unreadable, a week-long event breaks
    some of them.
    """
    dated = [item for item in programme.lines if item.state == "scheduled" and item.slot.starts_at is not None]
    by_date: dict[dt.date, list[Item]] = {}
    for item in dated:
        by_date.setdefault(start(programme, item).date(), []).append(item)
    rooms = _rooms(programme)
    for index, (date, items) in enumerate(sorted(by_date.items()), 1):
        by_room: dict[tuple[str, str], list[Item]] = {}
        for item in items:
            by_room.setdefault((item.slot.place, item.slot.room), []).append(item)
        ends = [item.slot.ends_at.astimezone(zone(programme)) for item in items if item.slot.ends_at]
        yield FeedDay(
            index=index,
            date=date,
            starts_at=min(start(programme, item) for item in items),
            ends_at=max(ends),
            rooms=tuple((rooms[key], tuple(found)) for key, found in sorted(by_room.items(), key=_online_last)),
        )


def _rooms(programme: Programme) -> dict[tuple[str, str], FeedRoom]:
    """Each room under a name of its own: two venues may both have an “Auditorium”."""
    pairs = [(place, room) for place in programme.places for room in place.rooms]
    names = [room.name for _place, room in pairs]
    found = {("", ""): FeedRoom(pgettext("where", "Online"), "", None, None)}
    # Of slots in several of its rooms.
    found |= {
        (place.slug, ""): FeedRoom(place.name, room_guid(place.slug, ""), None, place) for place in programme.places
    }
    for place, room in pairs:
        name = room.name if names.count(room.name) == 1 else f"{room.name} ({place.name})"
        found[place.slug, room.slug] = FeedRoom(name, room_guid(place.slug, room.slug), room, place)
    return found


def _online_last(entry: tuple[tuple[str, str], list[Item]]) -> tuple[bool, tuple[str, str]]:
    room, _items = entry
    return room == ("", ""), room


def room_guid(place: str, room: str) -> str:
    return guid("room", f"{place}/{room}")
