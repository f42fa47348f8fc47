"""One session as the draft has it, beside what the public knows of it now; as cheap as one session."""

import dataclasses as dc
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.build import build_as_read
from publishing.current import of
from publishing.diff import Change, compare
from publishing.models import Release
from publishing.programme import Item, Programme, sha256, to_json
from publishing.publish import last_release
from publishing.revisions import carry
from publishing.selection import compose, narrow
from sessions.models import Session


@dc.dataclass(frozen=True, slots=True)
class Beside:
    """``draft`` and ``public`` hold the session alone; ``public`` is None when the public does not know it."""

    last: Release | None
    public: Programme | None
    draft: Programme  # whatever the state of the session
    goes_out: bool  # the next release of this session holds it
    pages: tuple[str, ...]  # names of its people, its venue, room and sequence, when what is said of them differs

    @property
    def item(self) -> Item | None:
        """As the public knows it."""
        return self.public.items[0] if self.public else None

    @property
    def change(self) -> Change | None:
        return compare(self.item, self.draft.items[0]) if self.item else None

    @property
    def is_unpublished(self) -> bool:
        if self.change is None:
            return self.goes_out
        return not self.goes_out or bool(self.change.fields) or bool(self.pages)

    @property
    def fingerprint(self) -> str:
        """The same as long as neither the draft nor the public version of the session changes."""
        item = dc.replace(self.draft.items[0], changed_at=None)
        document = to_json(dc.replace(self.draft, items=(item,)))
        return sha256(f"{self.last.number if self.last else 0} {self.goes_out} {document}")


def beside(session: Session) -> Beside:
    """Of the session as it was read: what a form has set since would be taken for the draft."""
    now = build_as_read(session.edition, [session], at=timezone.now())
    last = last_release(session.edition)
    known = of(last).programme if last else None
    public = narrow(known, [session.code]) if known and session.code in known.item_by_code else None
    draft = narrow(carry(public, compose(public, now, [session.code], around=False)), [session.code])
    return Beside(last, public, draft, session.goes_out, tuple(_pages(known, draft)) if known else ())


def _pages(known: Programme, draft: Programme) -> Iterator[str]:
    """What a release of the session brings up to date beside it, by name. What is new is told by the session."""
    for person in draft.people:
        if known.person_by_code.get(person.code, person) != person:
            yield person.name
    for thread in draft.threads:
        if known.thread_by_slug.get(thread.slug, thread) != thread:
            yield thread.title
    for place in draft.places:
        before = known.place_by_slug.get(place.slug, place)
        rooms = {room.slug: room for room in before.rooms}
        yield from (room.name for room in place.rooms if rooms.get(room.slug, room) != room)
        if dc.replace(before, rooms=()) != dc.replace(place, rooms=()):
            yield place.name
    for names, old in ((draft.formats, known.formats), (draft.audiences, known.audiences)):
        yield from (name for slug, name in names.items() if old.get(slug, name) != name)


def check_seen(found: Beside, seen: str | None) -> None:
    """ValidationError when the session is no longer what the person compared; ``seen`` is that fingerprint."""
    if seen is not None and seen != found.fingerprint:
        message = _("The session was changed meanwhile. Read again what you are about to do.")
        raise ValidationError(message, code="changed")
