"""A day as a table: a column per room, a row per time at which something starts."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Self

from publishing.programme import Day, Item, Place, Programme, Room, Slot


@dc.dataclass(frozen=True, slots=True)
class Cell:
    """``item`` is None where the room is empty. ``rows`` is the rowspan."""

    item: Item | None
    rows: int


@dc.dataclass(frozen=True, slots=True)
class Line:
    starts_at: dt.datetime  # on the clock of the wall
    cells: tuple[Cell, ...]  # those that begin here, by column


@dc.dataclass(frozen=True, slots=True)
class Column:
    """A room. ``lanes`` is its colspan: more than one when sessions overlap there."""

    place: Place | None
    room: Room | None
    is_online: bool
    lanes: int


@dc.dataclass(frozen=True, slots=True)
class Grid:
    date: dt.date
    count: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dc.dataclass(frozen=True, slots=True)
class _Span:
    """An item and the rows it fills: from ``first``, up to but without ``last``."""

    item: Item
    first: int
    last: int

    @classmethod
    def of(cls, item: Item, programme: Programme, times: Sequence[dt.datetime]) -> Self:
        start, end = _wall(programme, item)
        covered = [index for index, time in enumerate(times) if start <= time < end]
        first = times.index(start)
        return cls(item, first, max([first, *covered]) + 1)


def grid(programme: Programme, day: Day) -> Grid:
    times = sorted({_wall(programme, item)[0] for item in day.items})
    spans: dict[tuple[str, str, bool], list[_Span]] = {}
    for item in day.items:
        spans.setdefault(_column_key(item), []).append(_Span.of(item, programme, times))
    order = _column_order(programme)
    keys = sorted(spans, key=lambda key: order.get(key[:2], (len(order), key[2])))
    lanes = {key: _lanes(spans[key]) for key in keys}
    columns = tuple(_column(programme, key, len(lanes[key])) for key in keys)
    by_lane = [_cells(lane, len(times)) for key in keys for lane in lanes[key]]
    lines = tuple(
        Line(time, tuple(cells[index] for cells in by_lane if index in cells)) for index, time in enumerate(times)
    )
    return Grid(day.date, len(day.items), columns, lines)


def _wall(programme: Programme, item: Item) -> tuple[dt.datetime, dt.datetime]:
    """Start and end as the clocks of the venue show them: rooms in other zones share the rows."""
    slot = item.slot
    assert slot.starts_at is not None
    start = programme.local(slot.starts_at, slot)
    end = programme.local(slot.ends_at or slot.starts_at, slot)
    return start.replace(tzinfo=None), end.replace(tzinfo=None)


def _column_key(item: Item) -> tuple[str, str, bool]:
    slot = item.slot
    return slot.place, slot.room, item.is_online and not slot.room


def _column_order(programme: Programme) -> dict[tuple[str, str], tuple[int, bool]]:
    rooms = [(place.slug, room.slug) for place in programme.places for room in place.rooms]
    return {room: (index, False) for index, room in enumerate(rooms)}


def _column(programme: Programme, key: tuple[str, str, bool], lanes: int) -> Column:
    place, room, is_online = key
    slot = Slot(None, None, place, room)
    return Column(programme.place_by_slug.get(place), programme.room_of(slot), is_online, lanes)


def _lanes(spans: Iterable[_Span]) -> list[list[_Span]]:
    """Share out the sessions of a room so that none overlaps another of its lane."""
    lanes: list[list[_Span]] = []
    for span in sorted(spans, key=lambda span: (span.first, span.last)):
        free = next((lane for lane in lanes if lane[-1].last <= span.first), None)
        if free is None:
            lanes.append([span])
        else:
            free.append(span)
    return lanes


def _cells(lane: Sequence[_Span], rows: int) -> dict[int, Cell]:
    """The cells of a lane by the row they begin on; the gaps between sessions are one empty cell each."""
    cells: dict[int, Cell] = {}
    reached = 0
    for span in lane:
        if span.first > reached:
            cells[reached] = Cell(None, span.first - reached)
        cells[span.first] = Cell(span.item, span.last - span.first)
        reached = span.last
    if reached < rows:
        cells[reached] = Cell(None, rows - reached)
    return cells
