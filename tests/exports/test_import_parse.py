import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from exports.schedule_import.document import ImportedRoom, ImportedSchedule
from exports.schedule_import.parse import parse_schedule
from exports.schedule_import.times import parse_duration
from exports.schedule_import.xml import MAX_BYTES
from tests.exports.schedules import event, persons, schedule


def parse(data: bytes) -> ImportedSchedule:
    return parse_schedule(data, time_zone="Europe/Paris", language="fr")


def problems(data: bytes) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        parse(data)
    return caught.value.messages


@pytest.fixture(autouse=True)
def english(settings):
    with translation.override("en"):
        yield


def test_an_event_without_date_offset_guid_or_language_is_read():
    found = parse(
        schedule(event("8967", title="Ouverture", start="09:30", duration="00:25", more=persons("Camille Exemple")))
    )

    (opening,) = found.events
    assert (opening.key, opening.title, opening.language, opening.room) == (
        "8967",
        "Ouverture",
        "fr",
        ImportedRoom("Salle A", ""),
    )
    assert opening.starts_at == dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
    assert opening.ends_at - opening.starts_at == dt.timedelta(minutes=25)
    assert [person.name for person in opening.persons] == ["Camille Exemple"]
    assert found.remarks == (
        "The file gives no time zone: Europe/Paris is taken. Choose it with --time-zone.",
        "1 event gives no language: “fr” is taken. Choose it with --language.",
    )


def test_the_offset_of_a_date_wins_over_the_zone_of_the_file():
    found = parse(schedule(event(more="<date>2026-11-23T14:00:00+04:00</date>")))

    assert found.events[0].starts_at == dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def test_an_event_after_midnight_belongs_to_the_night_of_its_day():
    conference = "<day_change>06:00:00</day_change><time_zone_name>Europe/Paris</time_zone_name>"

    found = parse(schedule(event(start="01:30"), conference=conference))

    assert found.events[0].starts_at == dt.datetime(2026, 11, 24, 0, 30, tzinfo=dt.UTC)


def test_a_night_through_the_end_of_summer_time_has_its_true_length():
    found = parse(schedule(event(start="23:00", duration="06:00"), day="2026-10-24"))

    assert found.events[0].ends_at == dt.datetime(2026, 10, 25, 3, tzinfo=dt.UTC)


def test_no_break_spaces_of_a_title_stay_and_control_characters_go():
    found = parse(schedule(event(title="Et\u00a0lundi\u202f?\u0085\n suite\x7f")))

    assert found.events[0].title == "Et\u00a0lundi\u202f? suite"


def test_an_overlong_title_is_cut_and_told():
    found = parse(schedule(event(title="a" * 230)))

    assert len(found.events[0].title) == 200
    assert "a text of 230 characters is cut to 200." in found.remarks[1]


def test_an_abstract_repeated_in_the_description_is_kept_once():
    texts = "<abstract>&lt;p&gt;Un.&lt;/p&gt;</abstract><description>&lt;p&gt;Un.&lt;/p&gt; Deux.</description>"

    found = parse(schedule(event(more=texts)))

    assert found.events[0].text == "<p>Un.</p> Deux."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01:30", dt.timedelta(hours=1, minutes=30)),
        ("7:05", dt.timedelta(hours=7, minutes=5)),
        ("1:02:30", dt.timedelta(days=1, hours=2, minutes=30)),
        ("00:45:00", dt.timedelta(minutes=45)),
        ("-00:30", dt.timedelta(minutes=-30)),
        ("99:00", dt.timedelta(hours=99)),
        ("9999:00", None),
        ("long", None),
        ("", None),
    ],
)
def test_durations_are_read_as_published(text, expected):
    assert parse_duration(text) == expected


def test_all_problems_of_a_file_are_told_at_once_with_their_lines():
    data = schedule(
        event("1", title="A", duration="-01:00"),
        event("1", title="B", start="9h"),
        event("2", title=""),
        event("3", title="C", duration="long"),
        event("", title="D", duration="00:00"),
    )

    assert problems(data) == [
        "line 4: “A” ends before it has begun: correct its duration or its end.",
        "line 5: “B” has the id 1 of the event on line 4: give it its own.",
        "line 5: “B” has no time of start that can be read (“9h”): write it as 14:30.",
        "line 6: this event has no title: give it one.",
        "line 7: “C” has no duration that can be read (“long”): write it as 01:30.",
        "line 8: “D” has no id, or too long a one: each import would create it again.",
        "line 8: “D” ends before it has begun: correct its duration or its end.",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "The file is empty"),
        (b"hello", "line 1: this is not well-formed XML"),
        (b'{"schedule": {}}', "line 1: this is not well-formed XML"),
        (b"<!DOCTYPE html><html></html>", "This is a web page"),
        (b"<rss/>", "line 1: the file begins with <rss>, not <schedule>"),
        (b"<schedule/>", "The file holds no event"),
        (schedule(event())[:150], "line 4: this is not well-formed XML"),
        (schedule(event(title="a\x08b")), "line 4: this is not well-formed XML"),
        (schedule(event(), day=""), "line 4: “Atelier” has no date"),
        (schedule(event(), day="9999-12-31"), "line 4: “Atelier” has no date"),
        (schedule(event(), room=""), "line 4: “Atelier” is in a room without a name"),
        (
            schedule(event(), conference="<time_zone_name>Europe/Atlantis</time_zone_name>"),
            "line 2: “Europe/Atlantis” is not a time zone.",
        ),
        (b" " * (MAX_BYTES + 1), "The file weighs more than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, expected):
    (problem,) = problems(data)

    assert problem.startswith(expected)


ENTITIES = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaa">{ENTITIES}]><schedule>&i;</schedule>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB.encode(),
        BOMB.replace(">&i;<", ' b="&i;"><').encode(),
        BOMB.encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><schedule>&a;</schedule>',
        b'<!DOCTYPE schedule SYSTEM "http://example.org/schedule.dtd"><schedule/>',
    ],
    ids=["text", "attribute", "utf-16", "file", "external"],
)
def test_entities_are_refused_before_they_grow(data):
    assert problems(data) == [
        "The file has a DOCTYPE, which can hide a bomb of entities: take it out, then import again."
    ]
