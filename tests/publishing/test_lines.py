"""What lists show of slots: one line for each opening day."""

import datetime as dt
import re

import pytest
from django.utils import translation

from publishing.availability import OF_A_LINE, Availability, Seats
from publishing.build import build
from publishing.lines import visits
from publishing.programme import Line, Programme
from publishing.publish import publish
from publishing.templatetags.programme import STATES
from sessions.models import Session
from tests.factories import (
    CandidacyFactory,
    EditionFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
    at,
)
from tests.publishing.exhibitions import exhibition, slots

pytestmark = pytest.mark.django_db

NOW = at(8)


@pytest.fixture
def edition():
    return EditionFactory(slug="demo")


@pytest.fixture
def sequence(edition):
    return exhibition(edition)


def lines(edition) -> list[Line]:
    return [line for line in build(edition, at=NOW).lines if isinstance(line, Line)]


def released(edition) -> Programme:
    return edition.releases.newest_first()[0].programme()


def test_the_slots_of_a_day_are_one_line_among_the_sessions(edition, sequence):
    slots(sequence)
    slots(sequence, day=1)
    SessionFactory(edition=edition, title="Débat", starts_at=at(12), ends_at=at(13))

    programme = build(edition, at=NOW)

    assert [[line.title for line in day.items] for day in programme.days] == [
        ["Bureau du futur", "Débat"],
        ["Bureau du futur"],
    ]
    assert len(programme.items) == 7
    [monday, tuesday] = lines(edition)
    assert (monday.slot.starts_at, monday.slot.ends_at) == (at(9), at(10, 30))
    assert (tuesday.slot.starts_at, tuesday.slot.room) == (at(9, day=1), "hall")
    assert [slot.title for slot in monday.slots] == [
        f"Visite de {time}, jour 1" for time in ("9 h 00", "9 h 30", "10 h 00")
    ]


def test_a_programme_without_slots_is_its_own_lines(edition):
    SessionFactory(edition=edition)

    programme = build(edition, at=NOW)

    assert programme.lines is programme.items


def test_a_line_says_what_its_slots_share_or_else_what_the_sequence_says(edition, sequence):
    slots(sequence, times=[(9, 0)], lead="Le matin", note="Prenez l’escalier.", sign_language=True, captions=True)
    slots(sequence, times=[(14, 0)], lead="L’après-midi", note="Prenez l’escalier.", captions=True)

    [line] = lines(edition)

    assert (line.title, line.lead) == ("Bureau du futur", "Entrez et essayez.")
    assert line.note == "Prenez l’escalier."
    assert line.access == ("captions",)  # of every visit


def test_a_person_who_is_in_several_slots_is_in_the_line_once(edition, sequence):
    guide = SpeakerFactory()
    first, second, _third = slots(sequence)
    role = CandidacyFactory(session=first, speaker=guide).role
    CandidacyFactory(session=second, speaker=guide, role=role)

    programme = build(edition, at=NOW)

    [line] = programme.items_by_person[guide.code]
    assert isinstance(line, Line)
    assert len(line.parts) == 1


def test_a_line_keeps_its_code_in_every_release_and_has_it_alone(edition, sequence):
    slots(sequence)
    slots(sequence, day=1)
    first = {line.slot.starts_at: line.code for line in lines(edition)}
    slots(sequence, times=[(8, 0)])
    SessionFactory(edition=edition)

    second = [line.code for line in lines(edition)]

    assert second == list(first.values())
    assert len(set(second)) == 2
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{6}", code) for code in second)
    assert not Session.objects.filter(code__in=second).exists()


def test_a_code_that_a_session_has_by_chance_is_left_to_it(edition, sequence):
    slots(sequence)
    [line] = lines(edition)
    SessionFactory(edition=edition, code=line.code)

    codes = [line.code for line in build(edition, at=NOW).lines]

    assert len(set(codes)) == 2


def test_each_venue_has_its_line_on_its_own_clock(edition, sequence):
    reunion = RoomFactory(venue=VenueFactory(slug="saint-denis", time_zone="Indian/Reunion"))
    slots(sequence)
    slots(sequence, room=reunion, times=[(22, 0)])  # 01:00 on the Tuesday, there

    assert [(line.slot.place, build(edition, at=NOW).date_of(line).weekday()) for line in lines(edition)] == [
        ("centre", 0),
        ("saint-denis", 1),
    ]


def test_slots_in_two_rooms_of_a_venue_are_one_line_in_that_venue(edition, sequence):
    [first, *_others] = slots(sequence)
    slots(sequence, times=[(11, 0)], room=RoomFactory(venue=first.room.venue))

    [line] = lines(edition)

    assert (line.slot.place, line.slot.room) == ("centre", "")


def test_a_line_has_the_hours_of_the_visits_that_take_place(edition, sequence):
    first, _second, last = slots(sequence)
    Session.objects.filter(pk__in=[first.pk, last.pk]).update(status="cancelled", published_since=NOW)

    [line] = lines(edition)

    assert (line.state, line.slot.starts_at, line.slot.ends_at) == ("scheduled", at(9, 30), at(10))
    assert len(line.slots) == 3


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["cancelled", "cancelled"], "cancelled"),
        (["cancelled", "postponed"], "postponed"),
        (["postponed", "approved"], "scheduled"),
    ],
)
def test_a_day_is_called_off_once_all_its_slots_are(edition, sequence, statuses, state):
    for status, slot in zip(statuses, slots(sequence, times=[(9, 0), (10, 0)]), strict=True):
        Session.objects.filter(pk=slot.pk).update(status=status, published_since=NOW)

    assert [line.state for line in lines(edition)] == [state]


def test_slots_that_wait_for_a_date_are_one_line(edition, sequence):
    slots(sequence)
    Session.objects.update(status="postponed", published_since=NOW, starts_at=None, ends_at=None)

    assert [line.title for line in build(edition, at=NOW).undated] == ["Bureau du futur"]


@pytest.mark.parametrize(
    ("times", "french", "english"),
    [
        ([(9, 0), (9, 30), (10, 0), (14, 0), (14, 30)], "visites toutes les 30\u00a0min", "visits every 30 min"),
        ([(9, 0), (10, 0), (11, 0)], "visites toutes les heures", "visits every hour"),
        ([(9, 0), (11, 0), (13, 0)], "visites toutes les 2\u00a0heures", "visits every 2 hours"),
        ([(9, 0), (10, 30)], "visites toutes les 90\u00a0min", "visits every 90 min"),
        ([(9, 0), (9, 20), (11, 0)], "3 horaires de visite", "3 visiting times"),
        ([(9, 0)], "1 horaire de visite", "1 visiting time"),
    ],
)
def test_a_line_says_how_often_one_can_visit(edition, sequence, times, french, english):
    slots(sequence, times=times)
    [line] = lines(edition)

    with translation.override("fr"):
        assert visits(line) == french
    with translation.override("en"):
        assert visits(line) == english
    assert visits(line.slots[0]) == ""


OPEN, FEW, FULL = Seats(10, 0, None, None), Seats(10, 9, None, None), Seats(10, 10, None, None)
CLOSED, NOT_YET = Seats(10, 0, None, at(7)), Seats(10, 0, at(8, day=1), None)


@pytest.mark.parametrize(
    ("seats", "state"),
    [
        ([FULL, FULL, OPEN], "open"),
        ([FULL, FEW, FULL], "few"),
        ([FULL, FULL, FULL], "full"),
        ([CLOSED, FULL, CLOSED], "full"),
        ([CLOSED, CLOSED, CLOSED], "closed"),
        ([NOT_YET, NOT_YET, FULL], "not_yet"),
    ],
)
def test_there_is_room_on_a_day_while_one_of_its_slots_has_room(edition, sequence, seats, state):
    found = slots(sequence)
    [line] = lines(edition)
    live = Availability({slot.code: each for slot, each in zip(found, seats, strict=True)}, NOW)

    assert live.state(line) == state
    assert live.opens_at(line) == (at(8, day=1) if state == "not_yet" else None)


@pytest.mark.parametrize(
    ("now", "state"), [(at(9, 15), "open"), (at(10, 15), "now"), (at(10, 45), "over"), (at(8), "open")]
)
def test_a_day_under_way_has_room_while_a_visit_to_come_has(edition, sequence, now, state):
    slots(sequence)
    [line] = lines(edition)

    assert Availability({}, now).state(line) == state


def test_every_state_of_a_session_may_be_that_of_a_line():
    assert set(OF_A_LINE) == set(STATES) - {"moved"}


def test_a_line_is_revised_with_each_release_that_changes_it_and_with_no_other(edition, sequence):
    first, _second, last = slots(sequence)
    other = SessionFactory(edition=edition)
    publish(edition, note="Ouverture", at=NOW)
    seen = [released(edition).line_by_slot[first.code]]
    for change, session in [({"title": "Autre"}, other), ({"lead": "Neuf"}, first), ({"status": "design"}, last)]:
        Session.objects.filter(pk=session.pk).update(**change)
        publish(edition, note="Suite", at=NOW + dt.timedelta(days=len(seen)))
        seen.append(released(edition).line_by_slot[first.code])

    assert [line.revision for line in seen] == [0, 0, 1, 2]
    assert [line.changed_at for line in seen[:3]] == [NOW, NOW, NOW + dt.timedelta(days=2)]
    assert len({line.code for line in seen}) == 1
