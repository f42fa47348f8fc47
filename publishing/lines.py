"""Slots in lists: each opening day of an exhibition is one line, whatever the number of its visiting times.

A line is derived from its slots, and so is its code: the same day of the same sequence has the same one in every
release, which feeds and calendars make their identifiers of.
"""

import datetime as dt
import hashlib
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publishing.items import Item, Line, Slot, item_order
from sessions.codes import ALPHABET

if TYPE_CHECKING:
    from publishing.programme import Opening, Programme

CODE_LENGTH = 6
HOUR = 60  # minutes

Key = tuple[str, str, str]  # sequence, venue, day or ""


def lines(programme: "Programme") -> tuple[Item, ...]:
    """In the order of items: sessions as they are, and a line for the slots of each opening day."""
    slots: dict[Key, list[Item]] = {}
    for item in programme.items:
        if item.is_slot:
            slots.setdefault(_key(programme, item), []).append(item)
    if not slots:
        return programme.items
    alone = (item for item in programme.items if not item.is_slot)
    return tuple(sorted((*alone, *_lines(programme, slots)), key=item_order))


def _key(programme: "Programme", item: Item) -> Key:
    day = programme.date_of(item).isoformat() if item.slot.starts_at else ""
    return item.thread, item.slot.place, day


def _lines(programme: "Programme", slots: dict[Key, list[Item]]) -> Iterator[Line]:
    openings = {opening.code: opening for opening in programme.openings}
    taken = set(programme.item_by_code)
    for key, found in sorted(slots.items()):
        code = _code((programme.edition, *key), taken)
        taken.add(code)
        yield _line(programme, found, code, openings.get(code))


def _code(identity: Iterable[str], taken: Collection[str]) -> str:
    """Made of what the day is, as a session's is drawn at random; once in a billion it is taken, and drawn again."""
    for attempt in itertools.count():
        number = int.from_bytes(hashlib.sha256("/".join((*identity, str(attempt))).encode()).digest())
        code = "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))
        if code not in taken:
            return code
    raise AssertionError


def _line(programme: "Programme", slots: list[Item], code: str, opening: "Opening | None") -> Line:
    """What all its slots share or, of its texts, what the sequence says. Hours are those of visits that take place."""
    shown = [slot for slot in slots if slot.state == "scheduled"] or slots
    states = {slot.state for slot in shown}
    thread = programme.thread_by_slug.get(shown[0].thread)
    return Line(
        code=code,
        state=next(state for state in ("scheduled", "postponed", "cancelled") if state in states),
        thread=shown[0].thread,
        format=shown[0].format,
        title=thread.title if thread else shown[0].title,
        lead=_shared(slot.lead for slot in shown) or (thread.lead if thread else ""),
        text=_shared(slot.text for slot in shown) or (thread.text if thread else ""),
        course=_shared(slot.course for slot in shown),
        note=_shared(slot.note for slot in shown),
        language=_shared(slot.language for slot in shown) or programme.language,
        audiences=tuple(sorted({slug for slot in shown for slug in slot.audiences})),
        slot=_span(shown),
        is_online=any(slot.is_online for slot in shown),
        is_slot=True,
        access=tuple(word for word in shown[0].access if all(word in slot.access for slot in shown)),
        ask_before=min((slot.ask_before for slot in shown if slot.ask_before), default=None),
        entry=_shared(slot.entry for slot in shown) or "registration",
        attendance=_shared(slot.attendance for slot in shown),
        parts=tuple(dict.fromkeys(part for slot in shown for part in slot.parts)),
        moved_from=None,
        revision=opening.revision if opening else 0,
        changed_at=opening.changed_at if opening else _last(slot.changed_at for slot in slots),
        slots=tuple(slots),
    )


def _shared(values: Iterable[str]) -> str:
    """The value, when all have the same."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _last(moments: Iterable[dt.datetime | None]) -> dt.datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _span(slots: list[Item]) -> Slot:
    first = slots[0].slot
    return Slot(
        starts_at=first.starts_at,
        ends_at=_last(slot.slot.ends_at for slot in slots),
        place=first.place,
        room=_shared(slot.slot.room for slot in slots),
    )


# --- In words -------------------------------------------------------------------------------------------------


def visits(item: Item) -> str:
    """“visits every 30 min” or, when they keep no rhythm, “12 visiting times”; "" for a session that is no line."""
    if not isinstance(item, Line):
        return ""
    shown = [slot for slot in item.slots if slot.state == item.state]
    minutes = _rhythm(sorted({slot.slot.starts_at for slot in shown if slot.slot.starts_at}))
    if minutes is None:
        number = len(shown)
        return ngettext("%(number)d visiting time", "%(number)d visiting times", number) % {"number": number}
    if minutes == HOUR:
        return _("visits every hour")
    if minutes % HOUR == 0:
        return _("visits every %(hours)d hours") % {"hours": minutes // HOUR}
    return _("visits every %(minutes)d min") % {"minutes": minutes}


def _rhythm(starts: list[dt.datetime]) -> int | None:
    """Minutes from one start to the next, if more than half of them are as far apart: pauses do not count."""
    gaps = Counter((after - before) // dt.timedelta(minutes=1) for before, after in itertools.pairwise(starts))
    if not gaps:
        return None
    [(minutes, number)] = gaps.most_common(1)
    return minutes if minutes and number * 2 > gaps.total() else None
