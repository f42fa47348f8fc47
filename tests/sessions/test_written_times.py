import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from sessions.written_times import read_clock, read_clocks, read_day, read_length

WEEK = [dt.date(2018, 11, 19) + dt.timedelta(days=number) for number in range(7)]


@pytest.mark.parametrize(
    "words",
    [
        "20/11/2018",
        "20/11/18",
        "20/11",
        "20-11-2018",
        "2018-11-20",
        "mardi 20 novembre",
        "Mardi 20 Novembre 2018",
        "le 20 nov. 2018",
        "mar. 20",
        "mardi",
        "20",
        "Tuesday 20 November 2018",
        "November 20, 2018",
        "mardi\u00a020\u00a0novembre",
    ],
)
def test_a_day_is_read_as_people_write_it(words):
    assert read_day(words, WEEK) == dt.date(2018, 11, 20)


@pytest.mark.parametrize("words", ["", "demain", "31/02/2018", "lundi 20 novembre 2018", "20/11/0018", "1/1/9999", "²"])
def test_what_is_no_day_is_refused(words):
    with pytest.raises(ValidationError):
        read_day(words, WEEK)


@pytest.mark.parametrize("words", ["14h30", "14 h 30", "14:30", "14.30", "14\u00a0h\u00a030", "2:30 pm", "14:30:00"])
def test_a_time_is_read_as_people_write_it(words):
    assert read_clock(words) == dt.time(14, 30)


@pytest.mark.parametrize("words", ["14", "25h", "14h75", "h", "13 pm", "tôt"])
def test_what_is_no_time_is_refused(words):
    with pytest.raises(ValidationError):
        read_clock(words)


def test_two_times_and_lengths():
    assert read_clocks("de 9h à 10 h 30") == (dt.time(9), dt.time(10, 30))
    assert read_clocks("14h30-16h") == (dt.time(14, 30), dt.time(16))
    assert [read_length(words).seconds // 60 for words in ("1h30", "90 min", "90", "1:30", "2 h")] == [
        90,
        90,
        90,
        90,
        120,
    ]
