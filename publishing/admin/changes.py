"""The differences between two programme documents, in words for the staff."""

import dataclasses as dc
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from innovation_week.dates import day, when
from innovation_week.excerpts import excerpts
from publishing.diff import Change, Changes
from publishing.programme import Item, Programme, Slot
from publishing.richtext import to_text
from sessions.models import Session

LABELS = {
    "state": gettext_lazy("state"),
    "thread": gettext_lazy("sequence"),
    "format": gettext_lazy("format"),
    "title": gettext_lazy("title"),
    "lead": gettext_lazy("in one sentence"),
    "text": gettext_lazy("text"),
    "course": gettext_lazy("how it goes"),
    "note": gettext_lazy("good to know"),
    "language": gettext_lazy("language of the texts"),
    "audiences": gettext_lazy("audiences"),
    "slot": gettext_lazy("when and where"),
    "is_online": gettext_lazy("online"),
    "is_slot": gettext_lazy("slot"),
    "access": gettext_lazy("accessibility"),
    "ask_before": gettext_lazy("needs to be told before"),
    "entry": gettext_lazy("entry"),
    "attendance": gettext_lazy("audience counted"),
    "parts": gettext_lazy("who does what"),
}
STATES = {
    "scheduled": gettext_lazy("Scheduled"),
    "cancelled": gettext_lazy("Cancelled"),
    "postponed": gettext_lazy("Postponed"),
}
ACCESS = {"sign-language": gettext_lazy("sign language"), "captions": gettext_lazy("live captions")}
AROUND = {
    "people": gettext_lazy("The page of a speaker"),
    "places": gettext_lazy("A venue or a room"),
    "threads": gettext_lazy("A sequence"),
    "edition": gettext_lazy("The edition: its texts, its days, its lists"),
}


@dc.dataclass(frozen=True, slots=True)
class Row:
    label: str
    old: str
    new: str


@dc.dataclass(frozen=True, slots=True)
class Told:
    """One session: its code leads to its page, ``rows`` say what differs, ``registered`` how many people expect it."""

    item: Item
    when: str
    rows: tuple[Row, ...] = ()
    registered: int = 0


@dc.dataclass(frozen=True, slots=True)
class Section:
    title: str
    sessions: tuple[Told, ...]


def sections(
    changes: Changes, old: Programme | None, new: Programme, registered: Mapping[str, int] | None = None
) -> list[Section]:
    """What ``changes`` hold, in the order in which it matters; nothing for what is empty.

    ``registered``: people by code of session, for those that will not take place.
    """
    before, people = old or new, registered or {}
    found = [
        Section(
            pgettext("sessions", "Cancelled or postponed"),
            tuple(_told(change, before, new, people) for change in changes.called_off),
        ),
        Section(pgettext("sessions", "Moved"), tuple(_told(change, before, new) for change in changes.moved)),
        Section(
            pgettext("sessions", "Removed"),
            tuple(
                Told(item, _slot(before, item.slot), registered=people.get(item.code, 0)) for item in changes.removed
            ),
        ),
        Section(pgettext("sessions", "Added"), tuple(Told(item, _slot(new, item.slot)) for item in changes.added)),
        Section(pgettext("sessions", "Changed"), tuple(_told(change, before, new) for change in changes.rewritten)),
    ]
    return [section for section in found if section.sessions]


def around(changes: Changes) -> list[str]:
    return [str(AROUND[part]) for part in changes.around]


def _told(change: Change, old: Programme, new: Programme, people: Mapping[str, int] | None = None) -> Told:
    rows = (
        Row(str(LABELS.get(name, name)), *excerpts(words(old, name, before), words(new, name, after)))
        for name, (before, after) in change.fields.items()
    )
    return Told(change.new, _slot(new, change.new.slot), tuple(rows), (people or {}).get(change.new.code, 0))


def words(programme: Programme, name: str, value: Any) -> str:
    """The value of this field of an item, in whole."""
    return (WORDS[name](programme, value) if name in WORDS else str(value)) or "–"


def _slot(programme: Programme, slot: Slot) -> str:
    room = programme.room_of(slot)
    place = programme.place_by_slug.get(slot.place)
    parts = [_("No time yet")]
    if slot.starts_at:
        end = programme.local(slot.ends_at, slot) if slot.ends_at else None
        parts = [when(programme.local(slot.starts_at, slot), end)]
    return ", ".join(parts + [part.name for part in (room, place) if part])


def _parts(programme: Programme, parts: Any) -> Iterator[str]:
    for part in parts:
        person = programme.person_by_code.get(part.person)
        yield f"{person.name if person else part.person} ({part.label})"


def _thread(programme: Programme, slug: str) -> str:
    thread = programme.thread_by_slug.get(slug)
    return thread.title if thread else slug


WORDS: dict[str, Callable[[Programme, Any], str]] = {
    "ask_before": lambda programme, value: day(value, with_year=True) if value else "",
    "state": lambda programme, value: str(STATES.get(value, value)),
    "thread": _thread,
    "format": lambda programme, value: programme.formats.get(value, value),
    "text": lambda programme, value: to_text(value),
    "course": lambda programme, value: to_text(value),
    "audiences": lambda programme, value: ", ".join(programme.audiences.get(slug, slug) for slug in value),
    "slot": _slot,
    "is_online": lambda programme, value: _("Yes") if value else _("No"),
    "is_slot": lambda programme, value: _("Yes") if value else _("No"),
    "access": lambda programme, value: ", ".join(str(ACCESS.get(word, word)) for word in value),
    "entry": lambda programme, value: str(Session.Entry(value).label),
    "parts": lambda programme, value: ", ".join(_parts(programme, value)),
}
