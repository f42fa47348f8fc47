import dataclasses as dc
import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render

from publishing.availability import Seats
from publishing.pages import Page, released_page
from publishing.programme import Item, Person, Place, Room, item_order
from publishing.rows import Row, row
from publishing.views.missing import not_found, withdrawn
from publishing.withdrawn import last_published
from sessions.domains import Domains

SHOWN_MEANWHILE = 6
BOOKING_STATES = frozenset({"not_yet", "open", "few", "full", "closed"})


@dc.dataclass(frozen=True, slots=True)
class Cast:
    """A person of the session, with all their roles in it."""

    person: Person
    roles: tuple[str, ...]


@dc.dataclass(frozen=True, slots=True)
class Announced:
    """When and where a session was last announced, before it moved."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    place: Place | None
    room: Room | None


@dc.dataclass(frozen=True, slots=True)
class Booking:
    """The live part of a session with registration: numbers, and times on the clock of its venue."""

    seats: int | None
    left: int | None
    taken: int
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    has_waiting_list: bool
    waiting: int
    is_hybrid: bool  # in a room and online
    online_seats: int | None
    online_left: int | None
    domains: Domains | None  # whose addresses may register, when those of some may


@released_page
def session(page: Page, code: str) -> HttpResponse:
    item = page.programme.item_by_code.get(code)
    if item is None:
        return _without(page, code)
    same_day = _same_day(page, item)
    around = _around(page, item, same_day)
    context = {
        "page": page,
        "item": item,
        "row": row(page, item),
        "format": page.programme.formats.get(item.format, ""),
        "cast": _cast(page, item),
        "access": page.programme.access_of(item),
        "audiences": [page.programme.audiences[slug] for slug in item.audiences],
        "booking": _booking(page, item),
        "list_closes_at": page.programme.access_list_closes_at(item.slot) if item.entry == "registration" else None,
        "announced": _announced(page, item),
        "meanwhile": _meanwhile(page, item, same_day)[:SHOWN_MEANWHILE],
        "before": _neighbour(page, item, around, -1),
        "after": _neighbour(page, item, around, 1),
    }
    return render(page.request, "publishing/session.html", context)


def _without(page: Page, code: str) -> HttpResponse:
    """Codes are typed from paper: small letters lead to the session too, and that of a day to its slots."""
    if code.upper() in page.programme.item_by_code:
        return redirect(page.address(page.programme.item_by_code[code.upper()]), permanent=True)
    if line := page.programme.line_by_code.get(code.upper()):
        return redirect(page.address(line))
    announced = last_published(page.edition, code)
    return withdrawn(page, announced) if announced else not_found(page, "session")


def _cast(page: Page, item: Item) -> list[Cast]:
    roles: dict[str, list[str]] = {}
    for part in item.parts:
        roles.setdefault(part.person, []).append(part.label)
    return [Cast(page.programme.person_by_code[code], tuple(labels)) for code, labels in roles.items()]


def _booking(page: Page, item: Item) -> Booking | None:
    """None once the session has begun or is called off: seats left would invite people who can no longer come."""
    if page.availability.state(item) not in BOOKING_STATES:
        return None
    seats = page.availability.seats(item.code)
    return _localised(seats, page.programme.zone_of(item.slot), item) if seats else None


def _localised(seats: Seats, zone: ZoneInfo, item: Item) -> Booking:
    opens_at, closes_at = seats.opens_at, seats.closes_at
    is_hybrid = item.is_online and bool(item.slot.place)
    return Booking(
        seats=seats.seats,
        left=seats.left,
        taken=seats.taken if seats.seats is None else seats.seats - (seats.left or 0),
        opens_at=opens_at and opens_at.astimezone(zone),
        closes_at=closes_at and closes_at.astimezone(zone),
        has_waiting_list=seats.has_waiting_list,
        waiting=seats.waiting + (seats.online_waiting if is_hybrid else 0),
        is_hybrid=is_hybrid,
        online_seats=seats.online_seats,
        online_left=seats.online_left,
        domains=seats.domains,
    )


def _announced(page: Page, item: Item) -> Announced | None:
    slot = item.moved_from
    if slot is None:
        return None
    programme = page.programme
    return Announced(*programme.local_times(slot), programme.place_by_slug.get(slot.place), programme.room_of(slot))


def _same_day(page: Page, item: Item) -> tuple[Item, ...]:
    if item.slot.starts_at is None:
        return ()
    date = page.programme.date_of(item)
    return next(day.items for day in page.programme.days if day.date == date)


def _around(page: Page, item: Item, same_day: tuple[Item, ...]) -> tuple[Item, ...]:
    """What its neighbours are among: of a slot, the others of its day."""
    if not item.is_slot:
        return same_day
    return tuple(sorted(page.programme.line_by_slot[item.code].slots, key=item_order))


def _meanwhile(page: Page, item: Item, same_day: tuple[Item, ...]) -> list[Row]:
    return [row(page, other) for other in same_day if item not in other.sessions and _overlap(item, other)]


def _overlap(one: Item, other: Item) -> bool:
    times = (one.slot.starts_at, one.slot.ends_at, other.slot.starts_at, other.slot.ends_at)
    start, end, other_start, other_end = times
    if start is None or end is None or other_start is None or other_end is None:
        return False
    return "scheduled" == one.state == other.state and other_start < end and start < other_end


def _neighbour(page: Page, item: Item, same_day: tuple[Item, ...], step: int) -> Row | None:
    codes = [other.code for other in same_day]
    if item.code not in codes:
        return None
    index = codes.index(item.code) + step
    return row(page, same_day[index]) if 0 <= index < len(same_day) else None
