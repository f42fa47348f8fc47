"""Opening days become slots."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from sessions.slots import Hours, Plan, slots_of, starts, validate_pattern
from tests.factories import FormatFactory, RoomFactory, SequenceFactory, VenueFactory, monday

DAY = dt.date(2018, 11, 20)
LUNCH = (dt.time(12, 30), dt.time(14))


def times(opens: str, closes: str, minutes: int, *pauses: tuple[dt.time, dt.time]) -> str:
    hours = Hours(DAY, dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))
    return " ".join(f"{start:%H:%M}" for start in starts(hours, pauses, dt.timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (times("09:00", "11:00", 30), "09:00 09:30 10:00 10:30"),
        (times("09:00", "11:00", 45), "09:00 09:45"),  # none is cut short by the closing
        (times("11:30", "15:00", 30, LUNCH), "11:30 12:00 14:00 14:30"),
        (times("11:45", "15:00", 30, LUNCH), "11:45 14:00 14:30"),  # nor by the pause
        (times("09:00", "11:00", 30, (dt.time(9), dt.time(9, 10))), "09:10 09:40 10:10"),
        (times("09:00", "12:00", 60, (dt.time(10, 30), dt.time(11)), (dt.time(10), dt.time(10, 40))), "09:00 11:00"),
        (times("09:00", "09:20", 30), ""),
        (times("13:00", "13:30", 30, LUNCH), ""),
        (times("23:00", "23:59", 20), "23:00 23:20"),
    ],
)
def test_visits_follow_each_other_around_the_pauses(found, expected):
    assert found == expected


@pytest.fixture
def plan(db) -> Plan:
    reunion = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))
    first = monday()
    return Plan(
        sequence=SequenceFactory(title="Bureau du futur"),
        hours=(
            Hours(first + dt.timedelta(days=1), dt.time(14), dt.time(15)),
            Hours(first, dt.time(9), dt.time(10)),
        ),
        pauses=(),
        length=dt.timedelta(minutes=30),
        title="Visite, {jour}, {heure}",
        room=reunion,
        values={"format": FormatFactory(), "seats": 12},
    )


def test_slots_are_sessions_of_their_sequence_in_order_on_the_clock_of_the_venue(plan):
    found = slots_of(plan)

    assert [f"{slot.starts_at.astimezone(plan.zone):%a %H:%M}" for slot in found] == [
        "Mon 09:00",
        "Mon 09:30",
        "Tue 14:00",
        "Tue 14:30",
    ]
    assert {slot.ends_at - slot.starts_at for slot in found} == {dt.timedelta(minutes=30)}
    assert {(slot.is_slot, slot.sequence, slot.edition, slot.room, slot.seats) for slot in found} == {
        (True, plan.sequence, plan.sequence.edition, plan.room, 12)
    }
    assert len({slot.code for slot in found}) == 4
    for slot in found:
        slot.full_clean()


def test_titles_tell_the_day_and_the_time_in_the_language_of_the_texts(plan, settings):
    day = monday()

    first = slots_of(plan)[0]

    assert first.title.startswith(f"Visite, lundi {day.day if day.day > 1 else '1er'} ")
    assert first.title.endswith(", 9\u00a0h")


@pytest.mark.parametrize("pattern", ["Visite", "Visite, {jour}, {heure}", "Visit, {day}, {time}"])
def test_a_title_may_hold_the_day_and_the_time(pattern):
    validate_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("{lieu}", "placeholder"), ("{jour", "placeholder"), ("{}", "placeholder"), ("x" * 201, "length")],
)
def test_a_title_that_cannot_be_filled_in_is_refused(pattern, code):
    with pytest.raises(ValidationError) as caught:
        validate_pattern(pattern)

    assert caught.value.code == code
