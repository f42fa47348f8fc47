"""What a new release keeps from the last one: when each session last changed, and from where it moved."""

import dataclasses as dc

from publishing.diff import compare
from publishing.programme import Item, Programme


def carry(last: Programme | None, new: Programme) -> Programme:
    """``new`` with the revisions, dates of change and moves that follow from ``last``."""
    before = last.item_by_code if last else {}
    items = (_carried(before[item.code], item) if item.code in before else item for item in new.items)
    return dc.replace(new, items=tuple(items))


def _carried(old: Item, new: Item) -> Item:
    fields = compare(old, new).fields
    if not fields:
        return dc.replace(new, moved_from=old.moved_from, revision=old.revision, changed_at=old.changed_at)
    moved_from = old.moved_from
    if "slot" in fields:
        announced = old.slot if old.slot.starts_at else old.moved_from
        # Moved back to where it was first announced: nothing to tell any more.
        moved_from = None if old.moved_from == new.slot else announced
    return dc.replace(new, moved_from=moved_from, revision=old.revision + 1)
