"""A release of chosen sessions: the last one with those replaced, and what they need brought along.

A chosen session brings its people, its venue and room, its sequence, its format and its audiences as the draft has
them. Whatever it does not need stays as the public knows it, to the byte.
"""

import dataclasses as dc
from collections.abc import Collection, Iterable

from publishing.programme import Person, Place, Programme, Thread, index_order, item_order, name_order


def narrow(programme: Programme, codes: Collection[str]) -> Programme:
    """The sessions with these codes, and of the rest only what they refer to."""
    items = tuple(item for item in programme.items if item.code in codes)
    people = {part.person for item in items for part in item.parts}
    rooms = {(item.slot.place, item.slot.room) for item in items}
    threads, formats = {item.thread for item in items}, {item.format for item in items}
    audiences = {slug for item in items for slug in item.audiences}
    return dc.replace(
        programme,
        formats={slug: name for slug, name in programme.formats.items() if slug in formats},
        audiences={slug: name for slug, name in programme.audiences.items() if slug in audiences},
        threads=tuple(thread for thread in programme.threads if thread.slug in threads),
        places=tuple(
            dc.replace(place, rooms=tuple(room for room in place.rooms if (place.slug, room.slug) in rooms))
            for place in programme.places
            if place.slug in {slug for slug, _room in rooms}
        ),
        people=tuple(person for person in programme.people if person.code in people),
        items=items,
    )


def compose(last: Programme | None, draft: Programme, chosen: Collection[str], *, around: bool) -> Programme:
    """``last`` with the sessions ``chosen`` as ``draft`` has them; one that it no longer has is taken out.

    ``around``: what is said of the edition, and its list of sequences, come from the draft too.
    """
    if last is None:
        last, around = dc.replace(draft, items=()), True
    kept = narrow(last, last.item_by_code.keys() - set(chosen))
    brought = narrow(draft, chosen)
    base = draft if around else last
    return dc.replace(
        base,
        formats={**kept.formats, **brought.formats},
        audiences={**kept.audiences, **brought.audiences},
        threads=_threads(base.threads, kept.threads, brought.threads),
        places=_places(kept.places, brought.places),
        people=_people(kept.people, brought.people),
        items=tuple(sorted((*kept.items, *brought.items), key=item_order)),
    )


def _threads(base: Iterable[Thread], kept: Iterable[Thread], brought: Iterable[Thread]) -> tuple[Thread, ...]:
    """In the order of ``base``, which has those of all sessions but the newest or the oldest."""
    found = {thread.slug: thread for thread in base}
    for thread in kept:
        found.setdefault(thread.slug, thread)
    found.update({thread.slug: thread for thread in brought})
    return tuple(found.values())


def _people(kept: Iterable[Person], brought: Iterable[Person]) -> tuple[Person, ...]:
    """A person has one page: when one of their sessions brings it up to date, it is so for the others too."""
    found = {person.code: person for person in (*kept, *brought)}
    return tuple(sorted(found.values(), key=index_order))


def _places(kept: Iterable[Place], brought: Iterable[Place]) -> tuple[Place, ...]:
    """A venue is brought with the rooms of chosen sessions; its other rooms stay as they were."""
    found = {place.slug: place for place in kept}
    for place in brought:
        before = found.get(place.slug)
        rooms = {room.slug: room for room in (*(before.rooms if before else ()), *place.rooms)}
        found[place.slug] = dc.replace(place, rooms=tuple(sorted(rooms.values(), key=name_order)))
    return tuple(sorted(found.values(), key=name_order))
