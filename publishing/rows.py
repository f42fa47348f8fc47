"""What a list shows of a session: the item with what it points to, its times on the clock of its venue."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable

from publishing.lines import visits
from publishing.pages import Page
from publishing.programme import Item, Place, Room, Thread
from publishing.search import fold

NAMES = 4  # people named in a list; more make it unreadable


@dc.dataclass(frozen=True, slots=True)
class Row:
    item: Item
    state: str
    thread: Thread | None
    kind: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    zone: dt.tzinfo | None  # when it is not the edition's: a session in La Réunion
    place: Place | None
    room: Room | None
    who: tuple[str, ...]
    more: int  # people not named in ``who``
    visits: str  # of slots, how often; "" for a session

    @property
    def is_off(self) -> bool:
        return self.item.state != "scheduled"


@dc.dataclass(frozen=True, slots=True)
class DayRows:
    date: dt.date | None  # None for what waits for a date
    rows: tuple[Row, ...]


def row(page: Page, item: Item, *, who: Iterable[str] | None = None) -> Row:
    """``who`` replaces the names of the people: on a person's own page, their roles."""
    programme, slot = page.programme, item.slot
    names = _names(page, item) if who is None else tuple(who)
    zone = programme.zone_of(slot)
    thread = programme.thread_by_slug.get(item.thread)
    starts_at, ends_at = programme.local_times(slot)
    return Row(
        item=item,
        state=page.availability.state(item),
        thread=thread,
        kind=_kind(programme.formats.get(item.format, ""), thread.title if thread else "", item.title),
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone if zone.key != programme.time_zone else None,
        place=programme.place_by_slug.get(slot.place),
        room=programme.room_of(slot),
        who=names[:NAMES],
        more=max(len(names) - NAMES, 0),
        visits=visits(item),
    )


def _kind(form: str, thread: str, title: str) -> str:
    """“Procès · Tribunal pour les générations futures”; the sequence only when it adds to what is read beside it."""
    folded = fold(thread)
    adds = folded and folded not in fold(title) and not folded.startswith(fold(form))
    return " · ".join(name for name in (form, thread if adds else "") if name)


def _names(page: Page, item: Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page.programme.person_by_code[part.person].name for part in item.parts))


def _wall_clock(each: Row) -> dt.time:
    return each.starts_at.time() if each.starts_at else dt.time.max


def by_day(rows: Iterable[Row]) -> list[DayRows]:
    """Days in order, each with its rows by the clock of their venue; then those without a date."""
    found: dict[dt.date | None, list[Row]] = {}
    for each in sorted(rows, key=_wall_clock):
        found.setdefault(each.starts_at.date() if each.starts_at else None, []).append(each)
    return [DayRows(date, tuple(found[date])) for date in sorted(found, key=lambda date: (date is None, date))]
