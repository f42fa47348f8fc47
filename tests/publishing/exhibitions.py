"""An exhibition open for some days, each with its visiting times."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sessions.models import Edition, Sequence, Session
from tests.factories import FormatFactory, RoomFactory, SequenceFactory, SessionFactory, VenueFactory, at
from venues.models import Room

HALF_AN_HOUR = dt.timedelta(minutes=30)


def exhibition(edition: Edition, **changes: Any) -> Sequence:
    values = {"slug": "bureau-du-futur", "title": "Bureau du futur", "lead": "Entrez et essayez."} | changes
    return SequenceFactory(edition=edition, **values)


def slots(
    sequence: Sequence, *, day: int = 0, times: Iterable[tuple[int, int]] = ((9, 0), (9, 30), (10, 0)), **values: Any
) -> list[Session]:
    """Approved slots of half an hour, in one room of the sequence, on a day counted from the Monday."""
    first = sequence.sessions.filter(is_slot=True).select_related("room", "format").first()
    if "room" not in values:
        values["room"] = first.room if first else _hall()
    if "format" not in values:
        values["format"] = first.format if first else FormatFactory(name="Exposition", slug="exposition")
    return [
        SessionFactory(
            edition=sequence.edition,
            sequence=sequence,
            is_slot=True,
            title=f"Visite de {hour} h {minute:02}, jour {day + 1}",
            starts_at=at(hour, minute, day=day),
            ends_at=at(hour, minute, day=day) + HALF_AN_HOUR,
            **{"seats": 10, **values},
        )
        for hour, minute in times
    ]


def _hall() -> Room:
    return RoomFactory(name="Hall", slug="hall", venue=VenueFactory(name="Centre", slug="centre"))


def fill(*sessions: Session, left: int = 0) -> None:
    for session in sessions:
        Session.objects.filter(pk=session.pk).update(seats_taken=(session.seats or 0) - left)
