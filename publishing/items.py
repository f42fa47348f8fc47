"""What the programme document is made of: sessions, and what they point to by slug or code."""

import dataclasses as dc
import datetime as dt

from publishing.search import fold


@dc.dataclass(frozen=True, slots=True)
class Thread:
    """A sequence of the edition."""

    slug: str
    title: str
    lead: str
    text: str  # sanitised HTML
    format: str  # name of its usual format, or ""
    colour: str
    motif: str
    is_highlight: bool
    one_slot_per_person: bool  # of its slots: taking another gives the first back


@dc.dataclass(frozen=True, slots=True)
class Room:
    slug: str
    name: str
    floor: str
    capacity: int | None
    access: tuple[str, ...]  # "step-free", "hearing-loop"


@dc.dataclass(frozen=True, slots=True)
class AccessList:
    """What the venue is told of those who come, and how long before each session."""

    hours: int
    fields: tuple[str, ...]  # beside the name: "employer", "email"


@dc.dataclass(frozen=True, slots=True)
class Place:
    """A venue with those of its rooms that the programme uses."""

    slug: str
    name: str
    address: str
    postcode: str
    city: str
    time_zone: str
    access: str
    accessibility: str
    link: str
    access_list: AccessList | None
    identity_notice: str
    rooms: tuple[Room, ...]


@dc.dataclass(frozen=True, slots=True)
class Portrait:
    path: str  # within the media storage
    width: int  # pixels
    height: int


@dc.dataclass(frozen=True, slots=True)
class Person:
    code: str
    name: str
    index_name: str
    function: str
    organisation: str
    biography: str  # sanitised HTML
    portrait: Portrait | None


@dc.dataclass(frozen=True, slots=True)
class Part:
    """Who does what in a session."""

    person: str  # code
    role: str  # slug, stable
    label: str  # name of the role, in the form the person chose


@dc.dataclass(frozen=True, slots=True)
class Slot:
    """When and where."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    place: str  # slug, or ""
    room: str  # slug, or ""


@dc.dataclass(frozen=True, slots=True)
class Item:
    """A session as the public knows it."""

    code: str
    state: str  # "scheduled", "cancelled" or "postponed"
    thread: str  # slug
    format: str  # slug
    title: str
    lead: str
    text: str  # sanitised HTML
    course: str  # sanitised HTML
    note: str
    language: str  # of the texts, as an HTML lang
    audiences: tuple[str, ...]  # slugs
    slot: Slot
    is_online: bool
    is_slot: bool  # a visiting time of an exhibition
    access: tuple[str, ...]  # "sign-language", "captions"
    ask_before: dt.date | None  # until when people say what they need
    entry: str  # "registration", "free" or "invitation"
    attendance: str
    parts: tuple[Part, ...]
    moved_from: Slot | None  # where it was last announced, when that was elsewhere or at another time
    revision: int  # how many releases changed it since its first: SEQUENCE of its calendar item
    changed_at: dt.datetime | None  # the release that last changed it

    @property
    def sessions(self) -> tuple["Item", ...]:
        """Itself; of a line, the slots that it stands for."""
        return (self,)


@dc.dataclass(frozen=True, slots=True)
class Line(Item):
    """The slots of a sequence on one day and in one venue, as one session that lasts from the first to the last."""

    slots: tuple[Item, ...]

    @property
    def sessions(self) -> tuple[Item, ...]:
        return self.slots


# --- Order: settled by codes, so that equal documents have equal bytes ------------------------------------------


def item_order(item: Item) -> tuple[bool, dt.datetime, str, str]:
    """By start, then title; those without a time last."""
    starts_at = item.slot.starts_at
    return starts_at is None, starts_at or dt.datetime.max.replace(tzinfo=dt.UTC), item.title, item.code


def index_order(person: Person) -> tuple[str, str]:
    return fold(person.index_name), person.code


def name_order(place: Place | Room) -> tuple[str, str]:
    return place.name, place.slug
