from zoneinfo import ZoneInfo

import pytest

from publishing.grid import grid
from publishing.publish import publish
from tests.factories import EditionFactory, RoomFactory, SessionFactory, VenueFactory, at


@pytest.fixture
def edition(db):
    return EditionFactory()


@pytest.fixture
def rooms(db):
    venue = VenueFactory(name="Ségur", slug="segur")
    return [RoomFactory(venue=venue, name=name, slug=name.lower()) for name in ("Alpha", "Beta")]


def day_grid(edition, number=0):
    programme = publish(edition, note="Ouverture").programme()
    return grid(programme, programme.days[number])


def shape(found):
    """Rows as (time, [title or None × rowspan])."""
    return [
        (f"{line.starts_at:%H:%M}", [(cell.item.title if cell.item else None, cell.rows) for cell in line.cells])
        for line in found.lines
    ]


def session(edition, room, title, start, end, **more):
    return SessionFactory(edition=edition, room=room, title=title, starts_at=at(*start), ends_at=at(*end), **more)


def test_a_session_fills_the_rows_that_start_before_it_ends(edition, rooms):
    alpha, beta = rooms
    session(edition, alpha, "Toute la journée", (9,), (18,))
    session(edition, beta, "Matin", (9, 30), (10, 30))
    session(edition, beta, "Midi", (12,), (13,))

    found = day_grid(edition)

    assert [column.room.name for column in found.columns] == ["Alpha", "Beta"]
    assert shape(found) == [
        ("09:00", [("Toute la journée", 3), (None, 1)]),
        ("09:30", [("Matin", 1)]),
        ("12:00", [("Midi", 1)]),
    ]


def test_sessions_that_overlap_in_a_room_get_a_lane_each(edition):
    for title, start, end in [("A", (9,), (11,)), ("B", (10,), (12,)), ("C", (11,), (12,))]:
        session(edition, None, title, start, end, is_online=True)

    found = day_grid(edition)

    [column] = found.columns
    assert (column.room, column.is_online, column.lanes) == (None, True, 2)
    assert shape(found) == [("09:00", [("A", 2), (None, 1)]), ("10:00", [("B", 2)]), ("11:00", [("C", 1)])]


def test_each_row_has_as_many_columns_as_the_head(edition, rooms):
    alpha, beta = rooms
    for hour in (9, 11, 14):
        session(edition, alpha, f"Alpha {hour}", (hour,), (hour + 1,))
    session(edition, beta, "Beta", (10,), (15,))
    session(edition, None, "En ligne", (9,), (16,), is_online=True)
    session(edition, None, "En ligne aussi", (9,), (10,), is_online=True)

    found = day_grid(edition)

    width = sum(column.lanes for column in found.columns)
    filled = [0] * len(found.lines)
    for index, line in enumerate(found.lines):
        for cell in line.cells:
            for row in range(index, index + cell.rows):
                filled[row] += 1
    assert width == 4
    assert filled == [width] * len(found.lines)


def test_rooms_elsewhere_share_the_rows_by_the_clock_on_their_wall(edition, rooms):
    far = RoomFactory(venue=VenueFactory(name="Saint-Denis", time_zone="Indian/Reunion"), name="Fêtes")
    session(edition, rooms[0], "Paris", (10,), (11,))
    elsewhere = session(edition, far, "La Réunion", (10,), (11,))
    elsewhere.starts_at, elsewhere.ends_at = (
        moment.replace(tzinfo=ZoneInfo("Indian/Reunion")) for moment in (at(10), at(11))
    )
    elsewhere.save()

    assert shape(day_grid(edition)) == [("10:00", [("La Réunion", 1), ("Paris", 1)])]


def test_a_session_past_midnight_stays_on_its_first_day(edition, rooms):
    SessionFactory(edition=edition, room=rooms[0], title="Nuit", starts_at=at(22), ends_at=at(2, day=1))

    assert shape(day_grid(edition)) == [("22:00", [("Nuit", 1)])]
