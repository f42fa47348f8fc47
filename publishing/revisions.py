"""What a new release keeps from the last one: when each session last changed, and from where it moved."""

import dataclasses as dc
from collections.abc import Iterator

from publishing.diff import compare
from publishing.programme import Item, Line, Opening, Programme


def carry(last: Programme | None, new: Programme) -> Programme:
    """``new`` with the revisions, dates of change and moves that follow from ``last``."""
    before = last.item_by_code if last else {}
    items = (_carried(before[item.code], item) if item.code in before else item for item in new.items)
    carried = dc.replace(new, items=tuple(items), openings=())
    return dc.replace(carried, openings=tuple(_openings(last, carried)))


def _openings(last: Programme | None, new: Programme) -> Iterator[Opening]:
    """A line changes with any of its slots, and when it gains or loses one."""
    before = last.line_by_code if last else {}
    for code, line in sorted(new.line_by_code.items()):
        if not isinstance(line, Line):
            continue
        old = before.get(code)
        if isinstance(old, Line):
            changed = bool(compare(old, line).fields)
            yield Opening(code, old.revision + changed, line.changed_at if changed else old.changed_at)
        else:
            yield Opening(code, 0, line.changed_at)


def _carried(old: Item, new: Item) -> Item:
    fields = compare(old, new).fields
    if not fields:
        return old
    moved_from = old.moved_from
    if "slot" in fields:
        announced = old.slot if old.slot.starts_at else old.moved_from
        # Moved back to where it was first announced: nothing to tell any more.
        moved_from = None if old.moved_from == new.slot else announced
    return dc.replace(new, moved_from=moved_from, revision=old.revision + 1)
