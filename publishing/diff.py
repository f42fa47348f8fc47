"""What a release changes, told in the words of the public: added, removed, moved, called off, rewritten."""

import dataclasses as dc
import functools
import operator
from collections.abc import Callable, Iterator
from typing import Any

from publishing.programme import Item, Programme

# Follow from other fields, or from the release itself.
DERIVED = {"code", "moved_from", "revision", "changed_at"}


@dc.dataclass(frozen=True, slots=True)
class Change:
    """A session that differs. ``fields`` maps the name of each changed field to its old and new values."""

    old: Item
    new: Item
    fields: dict[str, tuple[object, object]]

    @property
    def is_called_off(self) -> bool:
        return "state" in self.fields and self.new.state != "scheduled"

    @property
    def is_move(self) -> bool:
        return "slot" in self.fields


@dc.dataclass(frozen=True, slots=True)
class Changes:
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    called_off: tuple[Change, ...]  # cancelled or postponed by this release
    moved: tuple[Change, ...]  # another time or room, and perhaps other changes
    rewritten: tuple[Change, ...]
    around: tuple[str, ...]  # what changed outside sessions: "people", "places", "threads", "edition"

    @property
    def count(self) -> int:
        """How many changes, counting one for each part changed around the sessions."""
        return sum(len(getattr(self, field.name)) for field in dc.fields(self))

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Change]:
        return iter((*self.called_off, *self.moved, *self.rewritten))

    @property
    def items(self) -> tuple[Item, ...]:
        """Each session that is changed, added or removed, as it is last known."""
        return (*(change.new for change in self), *self.added, *self.removed)

    @property
    def codes(self) -> frozenset[str]:
        """Of each session that is added, removed or changed."""
        return frozenset(item.code for item in self.items)


def changes(old: Programme | None, new: Programme, *, by_line: bool = False) -> Changes:
    """From ``old`` (None before the first release) to ``new``. ``by_line``: slots are told by the lines of lists."""
    before = (old.line_by_code if by_line else old.item_by_code) if old else {}
    after = new.line_by_code if by_line else new.item_by_code
    found = [compare(before[code], item) for code, item in after.items() if code in before]
    changed = [change for change in found if change.fields]
    called_off = [change for change in changed if change.is_called_off]
    moved = [change for change in changed if change.is_move and not change.is_called_off]
    return Changes(
        added=tuple(item for code, item in after.items() if code not in before),
        removed=tuple(item for code, item in before.items() if code not in after),
        called_off=tuple(called_off),
        moved=tuple(moved),
        rewritten=tuple(change for change in changed if not change.is_move and not change.is_called_off),
        around=_around(old, new) if old else (),
    )


def compare(old: Item, new: Item) -> Change:
    kind: Any = type(new)
    names, values = _compared(kind)
    before, after = values(old), values(new)
    if before == after:  # most are: an edition is hundreds of them
        return Change(old, new, {})
    pairs = zip(names, before, after, strict=True)
    return Change(old, new, {name: (was, now) for name, was, now in pairs if was != now})


@functools.cache
def _compared(kind: type[Item]) -> tuple[list[str], Callable[[Item], tuple[object, ...]]]:
    """The fields that differences are told of, and what reads them."""
    names = [field.name for field in dc.fields(kind) if field.name not in DERIVED]
    return names, operator.attrgetter(*names)


def _around(old: Programme, new: Programme) -> tuple[str, ...]:
    facts = ["name", "tagline", "introduction", "place", "summary", "starts_on", "ends_on", "time_zone"]
    facts += ["contact_email", "formats", "audiences"]
    parts = {"people": ["people"], "places": ["places"], "threads": ["threads"], "edition": facts}
    return tuple(
        part for part, names in parts.items() if any(getattr(old, name) != getattr(new, name) for name in names)
    )
