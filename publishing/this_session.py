"""One session as the draft has it, beside what the public knows of it now; as cheap as one session."""

import dataclasses as dc

from django.utils import timezone

from publishing.build import build
from publishing.current import of
from publishing.diff import Changes, changes
from publishing.models import Release
from publishing.programme import Item, Programme
from publishing.publish import last_release
from publishing.revisions import carry
from publishing.selection import compose, narrow
from sessions.models import Session


@dc.dataclass(frozen=True, slots=True)
class Beside:
    """``public`` and ``draft`` hold the session alone, or nothing: not published, or not ready to be."""

    code: str
    last: Release | None
    public: Programme | None  # None before the first release
    draft: Programme
    changes: Changes
    pages: tuple[str, ...]  # names of its people, its venue, room and sequence, when what is said of them differs

    @property
    def item(self) -> Item | None:
        """As the public knows it."""
        return self.public.item_by_code.get(self.code) if self.public else None

    @property
    def is_unpublished(self) -> bool:
        return self.code in self.changes.codes or bool(self.pages)


def beside(session: Session) -> Beside:
    """Five queries, whatever the size of the edition."""
    last = last_release(session.edition)
    return compared(session, build(session.edition, at=timezone.now(), only=[session.code]), last)


def compared(session: Session, now: Programme, last: Release | None) -> Beside:
    """``now`` is a draft that holds the session, or nothing when the next release would take it away."""
    code, known = session.code, of(last).programme if last else None
    public = narrow(known, [code]) if known else None
    draft = narrow(carry(public, compose(public, now, [code], around=False)), [code])
    return Beside(code, last, public, draft, changes(public, draft), tuple(_pages(known, draft)) if known else ())


def _pages(known: Programme, draft: Programme) -> list[str]:
    """What a release of the session brings up to date beside it, by name."""
    found = [person.name for person in draft.people if _differs(known.person_by_code.get(person.code), person)]
    found += [thread.title for thread in draft.threads if _differs(known.thread_by_slug.get(thread.slug), thread)]
    for place in draft.places:
        before = known.place_by_slug.get(place.slug)
        if before is None:
            continue
        rooms = {room.slug: room for room in before.rooms}
        found += [room.name for room in place.rooms if _differs(rooms.get(room.slug), room)]
        if dc.replace(before, rooms=()) != dc.replace(place, rooms=()):
            found.append(place.name)
    for names, old in ((draft.formats, known.formats), (draft.audiences, known.audiences)):
        found += [name for slug, name in names.items() if old.get(slug, name) != name]
    return found


def _differs(old: object | None, new: object) -> bool:
    """Something that the public does not know yet is new, which its session tells."""
    return old is not None and old != new
