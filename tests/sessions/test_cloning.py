import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sessions.cloning import TAKEN, Shift, clone_row
from sessions.models import LegalNotice, Session
from tests.factories import EditionFactory, LegalNoticeFactory, RoomFactory, SessionFactory, VenueFactory

PARIS, REUNION, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion"), ZoneInfo("America/New_York")
MONDAY = dt.date(2018, 11, 19)

# Decided by the clone itself, or left because it tells what became of the session.
DECIDED = {"id", "edition_id", "sequence_id", "code", "status", "owner_id", "room_id", "starts_at", "ends_at"}
DECIDED |= {"registration_opens_at", "registration_closes_at", "ask_before"}
LEFT = {
    *Session.COUNTERS,
    *Session.TELLINGS,
    "connection_link",
    "connection_note",
    "attendance",
    "internal_note",
    "import_id",
    "published_since",
}


def test_each_field_of_a_session_is_taken_decided_or_left_on_purpose():
    fields = {field.attname for field in Session._meta.concrete_fields}

    assert fields == {*TAKEN, *DECIDED, *LEFT}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (dt.date(2026, 11, 23), dt.date(2026, 11, 23)),  # Monday to Monday
        (dt.date(2026, 11, 25), dt.date(2026, 11, 23)),  # to a Wednesday: the Monday before it
        (dt.date(2026, 11, 27), dt.date(2026, 11, 30)),  # to a Friday: the Monday after it
        (MONDAY, MONDAY),
        (dt.date(2017, 11, 20), dt.date(2017, 11, 20)),  # backwards
    ],
)
def test_a_day_moves_by_whole_weeks_and_keeps_its_weekday(new, expected):
    assert Shift.between(MONDAY, new).day(MONDAY) == expected


@pytest.mark.parametrize("zone", [PARIS, REUNION, NEW_YORK])
def test_the_hour_on_the_wall_stays_across_a_change_of_the_clocks(zone):
    in_winter = dt.datetime(2018, 11, 20, 9, 30, tzinfo=zone)

    in_summer = Shift.between(MONDAY, dt.date(2019, 6, 17)).moment(in_winter, zone)

    assert in_summer is not None
    assert in_summer.astimezone(zone).isoformat()[:16] == "2019-06-18T09:30"


def test_a_session_stays_on_the_clock_of_its_venue(db):
    room = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))
    edition = EditionFactory(starts_on=MONDAY)
    start = dt.datetime(2018, 11, 20, 17, tzinfo=REUNION)
    session = SessionFactory(edition=edition, room=room, starts_at=start, ends_at=start + dt.timedelta(hours=2))

    new = Shift.between(MONDAY, dt.date(2019, 6, 17)).times(session)

    assert [moment and moment.astimezone(REUNION).isoformat()[:16] for moment in new] == [
        "2019-06-18T17:00",
        "2019-06-18T19:00",
    ]


def test_a_session_never_ends_before_it_starts_in_the_hour_that_the_clocks_take_away(db):
    start = dt.datetime(2019, 3, 24, 2, 30, tzinfo=PARIS)  # a week later, 02:30 does not exist
    session = SessionFactory(
        edition=EditionFactory(starts_on=dt.date(2019, 3, 18)),
        starts_at=start,
        ends_at=start + dt.timedelta(minutes=30),
    )

    new_start, new_end = Shift(1).times(session)

    assert new_start is not None
    assert new_end is not None
    assert new_end > new_start


def test_a_row_made_again_has_the_same_values_and_no_key(db):
    notice = LegalNoticeFactory(director="Camille Exemple")
    target = EditionFactory()

    again = clone_row(notice, edition_id=target.pk)

    assert (again.pk, again.director, again.edition) == (None, "Camille Exemple", target)
    assert LegalNotice.objects.count() == 1
