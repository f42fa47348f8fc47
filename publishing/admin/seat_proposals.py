"""Seats never change by themselves when a room does: the page that publishes proposes it."""

import dataclasses as dc
from collections.abc import Collection, Iterable

from publishing.publish import Draft
from registrations.seats import set_capacity
from sessions.models import Edition, Session

FIELD = "seats"  # of the codes whose proposal is accepted


@dc.dataclass(frozen=True, slots=True)
class SeatProposal:
    """As many seats as the new room holds, for a session that offers another number."""

    session: Session
    capacity: int
    is_accepted: bool = False


def seat_proposals(drafts: Iterable[Draft], accepted: Collection[str] = ()) -> list[SeatProposal]:
    """Of the sessions that change rooms, or whose room is too small; none below the seats that are taken. One query."""
    codes = {code for each in drafts for code in _in_another_room(each)}
    if not codes:
        return []
    rows = Session.objects.filter(code__in=codes, room__capacity__isnull=False, seats__isnull=False)
    return [
        SeatProposal(row, capacity, row.code in accepted)
        for row in rows.select_related("room").order_by("title", "pk")
        if (capacity := _capacity(row)) != row.seats and capacity >= row.seats_taken + row.walk_in_seats
    ]


def accept(edition: Edition, codes: Collection[str]) -> None:
    """Set the seats of these sessions to what their room holds; ValidationError when more are taken by now."""
    for row in Session.objects.filter(edition=edition, code__in=codes, room__capacity__isnull=False).order_by("pk"):
        set_capacity(row, _capacity(row))


def _capacity(row: Session) -> int:
    assert row.room is not None, "Asked of sessions whose room has a capacity."
    capacity: int | None = row.room.capacity
    assert capacity is not None
    return capacity


def _in_another_room(draft: Draft) -> set[str]:
    moved = {
        change.new.code
        for change in (*draft.changes.moved, *draft.changes.rewritten)
        if "slot" in change.fields and _room(change.fields["slot"][0]) != _room(change.fields["slot"][1])
    }
    too_small = {session.code for block in draft.blocks if block.code == "room_too_small" for session in block.sessions}
    return moved | too_small


def _room(slot: object) -> tuple[str, str]:
    return getattr(slot, "place", ""), getattr(slot, "room", "")
