"""Until when a seat is held, whatever the hour, the session and the clocks of the country."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrations.deadlines import deadline, latest, on_sending, reminder

PARIS = ZoneInfo("Europe/Paris")
HOUR = dt.timedelta(hours=1)

zones = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea"]).map(ZoneInfo)
moments = st.timedeltas(dt.timedelta(), dt.timedelta(days=4000)).map(dt.datetime(2018, 1, 1, tzinfo=dt.UTC).__add__)
leads = st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=60))


def paris(day: int, hour: int, minute: int = 0, second: int = 0, *, month: int = 11) -> dt.datetime:
    return dt.datetime(2018, month, day, hour, minute, second, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("asked", "starts", "expected"),
    [
        (paris(5, 14, 30), paris(20, 18), paris(6, 14, 30)),
        (paris(5, 14, 30, 1), paris(20, 18), paris(6, 14, 31)),
        (paris(5, 19, 59), paris(20, 18), paris(6, 19, 59)),
        (paris(5, 20, 0), paris(20, 18), paris(7, 9)),
        (paris(5, 3, 0), paris(20, 18), paris(6, 9)),
        (paris(5, 9, 0), paris(20, 18), paris(6, 9)),
        (paris(18, 18, 0), paris(20, 18), paris(19, 18)),
        (paris(18, 18, 1), paris(20, 18), paris(19, 9)),
        (paris(19, 14, 0), paris(20, 18), paris(19, 16)),
        (paris(20, 17, 0), paris(20, 18), paris(20, 18)),
        (paris(19, 22, 0), paris(20, 8), paris(20, 8)),
    ],
)
def test_the_deadline_of_a_hold(asked, starts, expected):
    assert deadline(asked, starts_at=starts, zone=PARIS) == expected


def test_a_hold_lasts_24_real_hours_on_the_night_the_clocks_change():
    back = deadline(paris(27, 14, month=10), starts_at=paris(20, 18), zone=PARIS)

    assert back == paris(28, 13, month=10)
    assert back - paris(27, 14, month=10).astimezone(dt.UTC) == 24 * HOUR


# On the night the clocks go back, a session that starts in the hour that comes twice.
@example(asked=dt.datetime(2021, 10, 31, tzinfo=dt.UTC), lead=dt.timedelta(minutes=1), zone=PARIS)
@example(asked=dt.datetime(2021, 10, 30, 23, tzinfo=dt.UTC), lead=dt.timedelta(hours=2), zone=PARIS)
@given(asked=moments, lead=leads, zone=zones)
def test_a_deadline_keeps_the_promise_out_of_the_night_and_before_the_start(asked, lead, zone):
    starts_at = asked + lead

    end = deadline(asked, starts_at=starts_at, zone=zone).astimezone(dt.UTC)

    promised = asked + (2 * HOUR if lead < 48 * HOUR else 24 * HOUR)
    assert end <= starts_at
    assert end >= min(promised, starts_at)
    assert end == starts_at or dt.time(9) <= end.astimezone(zone).time() < dt.time(20)


@given(asked=moments, lead=leads, delay=st.timedeltas(dt.timedelta(), dt.timedelta(days=3)), zone=zones)
def test_a_late_mail_never_shortens_what_the_page_promised_nor_holds_for_ever(asked, lead, delay, zone):
    times = {"starts_at": asked + lead, "zone": zone}

    end = on_sending(asked, asked + delay, **times).astimezone(dt.UTC)

    assert deadline(asked, **times) <= end <= latest(asked, **times)
    assert end == asked + lead or dt.time(9) <= end.astimezone(zone).time() < dt.time(20)


@given(asked=moments, lead=leads, zone=zones)
def test_the_reminder_comes_within_the_hold(asked, lead, zone):
    end = deadline(asked, starts_at=asked + lead, zone=zone)

    assert asked < reminder(asked, end, zone=zone) < end


def test_the_reminder_of_a_morning_deadline_comes_the_evening_before():
    assert reminder(paris(5, 21), paris(7, 9), zone=PARIS) == paris(6, 18)
