import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from innovation_week import dates

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = dt.date(2018, 11, 20)


def at(hour: int, minute: int = 0, *, date: dt.date = TUESDAY) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour, minute), PARIS)


@pytest.fixture(params=["fr", "en"])
def language(request):
    with override(request.param):
        yield request.param


def said(language, *, fr, en):
    return {"fr": fr, "en": en}[language].replace("_", "\u00a0")


def test_a_clock_says_minutes_only_when_there_are_some(language):
    assert dates.clock(at(14, 30)) == said(language, fr="14_h_30", en="2:30_pm")
    assert dates.clock(at(9)) == said(language, fr="9_h", en="9_am")
    assert dates.clock(at(9, 5)) == said(language, fr="9_h_05", en="9:05_am")


def test_a_range_of_times_tells_the_day_of_its_end_only_when_it_is_another(language):
    assert dates.time_range(at(9), at(18)) == said(language, fr="9_h_– 18_h", en="9_am_– 6_pm")
    next_day = TUESDAY + dt.timedelta(days=1)
    assert dates.time_range(at(22), at(2, date=next_day)) == said(language, fr="22_h_– 2_h", en="10_pm_– 2_am")
    assert dates.time_range(at(9), at(18, date=next_day)) == said(
        language, fr="9_h_– 18_h (mercredi 21 novembre)", en="9_am_– 6_pm (Wednesday 21 November)"
    )


def test_a_duration_is_in_minutes_hours_or_days(language):
    assert dates.duration(at(9), at(9, 45)) == "45\u00a0min"
    assert dates.duration(at(9), at(12)) == "3\u00a0h"
    assert dates.duration(at(9), at(10, 5)) == said(language, fr="1_h_05", en="1_h_05_min")
    friday = TUESDAY + dt.timedelta(days=3)
    assert dates.duration(at(9), at(18, date=friday)) == said(language, fr="4 jours", en="4 days")


def test_the_first_of_a_month_is_written_as_such_in_french(language):
    assert dates.day(dt.date(2018, 12, 1)) == said(language, fr="samedi 1er décembre", en="Saturday 1 December")
    assert dates.day(TUESDAY, with_year=True) == said(
        language, fr="mardi 20 novembre 2018", en="Tuesday 20 November 2018"
    )


@pytest.mark.parametrize(
    ("first", "last", "fr", "en"),
    [
        (
            dt.date(2018, 11, 19),
            dt.date(2018, 11, 25),
            "du lundi 19 au dimanche 25 novembre 2018",
            "Monday 19 to Sunday 25 November 2018",
        ),
        (
            dt.date(2018, 10, 29),
            dt.date(2018, 11, 2),
            "du lundi 29 octobre au vendredi 2 novembre 2018",
            "Monday 29 October to Friday 2 November 2018",
        ),
        (
            dt.date(2018, 12, 31),
            dt.date(2019, 1, 1),
            "du lundi 31 décembre 2018 au mardi 1er janvier 2019",
            "Monday 31 December 2018 to Tuesday 1 January 2019",
        ),
        (TUESDAY, TUESDAY, "mardi 20 novembre 2018", "Tuesday 20 November 2018"),
    ],
)
def test_a_range_of_dates_says_once_what_both_ends_share(language, first, last, fr, en):
    assert dates.date_range(first, last) == said(language, fr=fr, en=en)


def test_a_deadline_has_its_day_and_its_time(language):
    assert dates.deadline(at(14, 30)) == said(
        language, fr="mardi 20 novembre à 14_h_30", en="Tuesday 20 November at 2:30_pm"
    )


def test_a_session_without_an_end_is_told_by_its_start(language):
    assert dates.when(at(9), None) == said(language, fr="mardi 20 novembre, 9_h", en="Tuesday 20 November, 9_am")


def test_a_zone_is_named_by_its_place(language):
    assert dates.zone_name(ZoneInfo("Indian/Reunion")) == said(language, fr="heure : La Réunion", en="Réunion Time")
