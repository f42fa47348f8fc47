import pytest

from planning.conflicts import find_conflicts
from sessions.models import Session
from tests.factories import CandidacyFactory, EditionFactory, RoleFactory, RoomFactory, SessionFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return EditionFactory()


def codes(edition) -> list[str]:
    return [conflict.code for conflict in find_conflicts(edition)]


def test_a_sound_edition_has_no_conflict(edition):
    SessionFactory(edition=edition)

    assert find_conflicts(edition) == []


def test_two_sessions_in_one_room_at_the_same_time(edition):
    room = RoomFactory(name="Auditorium")
    SessionFactory(edition=edition, title="Première", room=room, starts_at=at(10), ends_at=at(12))
    SessionFactory(edition=edition, title="Seconde", room=room, starts_at=at(11), ends_at=at(13))

    [conflict] = find_conflicts(edition)

    assert (conflict.code, conflict.level) == ("same_room", "block")
    assert [session.title for session in conflict.sessions] == ["Première", "Seconde"]
    assert "Auditorium" in conflict.message
    assert "11 h)" in conflict.message.replace("\u202f", " ").replace("\xa0", " ")


def test_one_after_the_other_in_one_room_is_no_conflict(edition):
    room = RoomFactory()
    SessionFactory(edition=edition, room=room, starts_at=at(10), ends_at=at(11))
    SessionFactory(edition=edition, room=room, starts_at=at(11), ends_at=at(12))

    assert codes(edition) == []


def test_a_long_session_conflicts_with_each_that_it_covers(edition):
    room = RoomFactory()
    SessionFactory(edition=edition, room=room, starts_at=at(9), ends_at=at(18))
    for hour in [10, 14]:
        SessionFactory(edition=edition, room=room, starts_at=at(hour), ends_at=at(hour + 1))

    assert codes(edition) == ["same_room", "same_room"]


def test_a_draft_or_another_edition_in_the_room_is_no_conflict(edition):
    room = RoomFactory()
    SessionFactory(edition=edition, room=room)
    SessionFactory(edition=edition, room=room, status=Session.Status.DESIGN)
    SessionFactory(room=room)

    assert codes(edition) == []


def test_one_person_in_two_places_at_once(edition):
    first = CandidacyFactory(session__edition=edition, session__title="Première", speaker__name="Camille Exemple")
    CandidacyFactory(session__edition=edition, session__title="Seconde", speaker=first.speaker)

    [conflict] = find_conflicts(edition)

    assert (conflict.code, conflict.level) == ("same_person", "block")
    assert "Camille Exemple" in conflict.message


def test_a_person_with_two_roles_in_one_session_is_no_conflict(edition):
    session = SessionFactory(edition=edition)
    first = CandidacyFactory(session=session)
    CandidacyFactory(session=session, speaker=first.speaker)

    assert codes(edition) == []


def test_a_session_outside_the_days_of_the_edition(edition):
    SessionFactory(edition=edition, starts_at=at(10, day=9), ends_at=at(11, day=9))

    assert codes(edition) == ["outside"]


def test_the_night_of_the_last_day_is_inside(edition):
    SessionFactory(edition=edition, starts_at=at(22, day=6), ends_at=at(2, day=7))

    assert codes(edition) == []


def test_more_seats_than_the_room_holds(edition):
    SessionFactory(edition=edition, room=RoomFactory(capacity=20), seats=21)

    assert codes(edition) == ["room_too_small"]


def test_a_required_role_without_enough_confirmed_people(edition):
    session = SessionFactory(edition=edition, title="Fail camp")
    role = RoleFactory(format=session.format, name="pionnier", required=3)
    CandidacyFactory(session=session, role=role)
    CandidacyFactory(session=session, role=role, stage="contacted")

    [conflict] = find_conflicts(edition)

    assert (conflict.code, conflict.level) == ("role_unfilled", "block")
    assert "2" in conflict.message


def test_a_session_without_time_blocks_and_without_room_warns(edition):
    SessionFactory(edition=edition, starts_at=None)
    SessionFactory(edition=edition, room=None)
    SessionFactory(edition=edition, room=None, is_online=True)

    assert [(conflict.code, conflict.level) for conflict in find_conflicts(edition)] == [
        ("no_time", "block"),
        ("no_room", "warn"),
    ]


def test_finding_conflicts_takes_the_same_number_of_queries_whatever_the_size(edition, django_assert_num_queries):
    def add() -> None:
        session = SessionFactory(edition=edition, room=RoomFactory())
        CandidacyFactory(session=session, role=RoleFactory(format=session.format, required=2))

    add()
    with django_assert_num_queries(3):
        find_conflicts(edition)
    add()
    add()

    with django_assert_num_queries(3):
        find_conflicts(edition)
