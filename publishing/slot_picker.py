"""The page of a sequence with slots: day by day, the visits one can still choose, with their seats."""

import dataclasses as dc
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator

from publishing.items import item_order
from publishing.pages import Page
from publishing.programme import Item
from publishing.rows import DayRows, Row, by_day, row

TO_TAKE = frozenset({"open", "few"})


@dc.dataclass(frozen=True, slots=True)
class Choice:
    """A slot. ``left`` are the seats that one can take now: None when they are not limited, or cannot be taken."""

    item: Item
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    state: str
    left: int | None

    @property
    def is_to_take(self) -> bool:
        return self.state in TO_TAKE


@dc.dataclass(frozen=True, slots=True)
class Opening:
    """The slots of one day in one venue. ``row`` is that of their line."""

    row: Row
    choices: tuple[Choice, ...]

    @property
    def left(self) -> int | None:
        """None when it cannot be counted: seats of some slot are not limited."""
        to_take = [choice.left for choice in self.choices if choice.is_to_take]
        return None if None in to_take else sum(left for left in to_take if left is not None)


@dc.dataclass(frozen=True, slots=True)
class DayOfSequence:
    """``parts`` are openings and, in the order of their hours around them, the other sessions of the day."""

    date: dt.date | None
    parts: tuple[Opening | tuple[Row, ...], ...]

    @property
    def openings(self) -> tuple[Opening, ...]:
        return tuple(part for part in self.parts if isinstance(part, Opening))

    @property
    def count(self) -> int:
        """Of the other sessions."""
        return sum(len(part) for part in self.parts if not isinstance(part, Opening))

    @property
    def has_seats(self) -> bool:
        return any(choice.is_to_take for opening in self.openings for choice in opening.choices)


def days_of_sequence(page: Page, items: Iterable[Item]) -> list[DayOfSequence]:
    return [DayOfSequence(day.date, tuple(_parts(page, day))) for day in by_day(row(page, item) for item in items)]


def _parts(page: Page, day: DayRows) -> Iterator[Opening | tuple[Row, ...]]:
    """Slots that wait for a date cannot be chosen: their line is told as a session is."""
    for is_opening, rows in itertools.groupby(day.rows, key=lambda each: each.item.is_slot and day.date is not None):
        if is_opening:
            yield from (Opening(each, tuple(_choices(page, each.item.sessions))) for each in rows)
        else:
            yield tuple(rows)


def _choices(page: Page, slots: Iterable[Item]) -> Iterator[Choice]:
    for item in sorted(slots, key=item_order):
        state, seats = page.availability.state(item), page.availability.seats(item.code)
        left = seats.left if seats and state in TO_TAKE else None
        yield Choice(item, *page.programme.local_times(item.slot), state, left)
