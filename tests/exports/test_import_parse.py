import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from exports.schedule_import.document import ImportedRoom, ImportedSchedule
from exports.schedule_import.language import STOP_WORDS, guess_language
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
        "1 event gives no language: “fr” is taken, as you said.",
    )


FRENCH = "<abstract>Un guichet ouvert avec les usagers dans la commune.</abstract>"
ENGLISH = "<abstract>&lt;p&gt;How we opened a desk with the people of the town.&lt;/p&gt;</abstract>"


def test_without_a_language_each_text_is_in_that_of_its_words_or_of_most_others():
    found = parse_schedule(
        schedule(
            event("1", title="Desk", more=ENGLISH),
            event("2", title="Guichet", more=FRENCH),
            event("3", title="Rust", more="<language/>"),
            event("4", title="Desks", more=ENGLISH),
            event("5", title="Desks", more=f"<language>pt-BR</language>{ENGLISH}"),
        ),
        time_zone="Europe/Paris",
    )

    assert [event.language for event in found.events] == ["en", "fr", "en", "en", "pt-BR"]
    assert found.remarks[1:] == (
        "4 events give no language. By their words: en (2), fr (1), undecided, so en (1). Choose it with --language.",
    )


def test_without_a_word_to_tell_the_language_is_that_of_the_file_or_of_the_site():
    silent, spanish = event("1", title="Rust"), event("2", title="Rust", more="<language>es</language>")

    of_the_site = parse_schedule(schedule(silent), time_zone="Europe/Paris")
    of_the_file = parse_schedule(schedule(silent, spanish), time_zone="Europe/Paris")

    assert [event.language for event in of_the_site.events] == ["fr"]
    assert [event.language for event in of_the_file.events] == ["es", "es"]


def test_the_language_asked_for_is_that_of_every_text_that_tells_none():
    data = schedule(event("1", more=ENGLISH), event("2", more=f"<language>de</language>{ENGLISH}"))

    assert [event.language for event in parse(data).events] == ["fr", "de"]


def test_a_language_asked_for_that_is_no_code_is_refused():
    with pytest.raises(ValidationError) as caught:
        parse_schedule(schedule(event()), time_zone="Europe/Paris", language="français")

    assert caught.value.messages == ["“français” is not the code of a language: write it as fr, en or pt-BR."]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("L’État et les communes travaillent ensemble.", "fr"),
        ("The state and its towns work together.", "en"),
        ("Der Staat und die Städte arbeiten zusammen, auf Augenhöhe.", "de"),
        ("&lt;p class=&quot;the of and&quot;&gt;Une école pour tous&lt;/p&gt;", "fr"),
        ("https://example.org/the/and/of — à la une", "fr"),
        ("Le workflow de build: the good, the bad and the ugly", "en"),
        ("Rust", ""),
        ("Une introduction", ""),
        ("The end of la vie est belle", ""),
        ("これは日本語です", ""),
        ("", ""),
    ],
)
def test_a_language_is_guessed_by_small_words_or_not_at_all(text, language):
    assert guess_language(text) == language


def test_no_small_word_is_of_two_languages():
    words = [word for found in STOP_WORDS.values() for word in found.split()]

    assert len(words) == len(set(words))


def test_links_and_attached_files_are_counted_as_left_out():
    link, attachment = '<link href="https://example.org/">Vidéo</link>', '<attachment href="a.pdf">Support</attachment>'
    more = f"<language>fr</language><links>{link}{link}</links><attachments>{attachment}</attachments>"

    assert parse(schedule(event(more=more))).remarks[1:] == (
        "2 links are not imported.",
        "1 attached file is not imported.",
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
        (b"hello", "This is not XML: ask for the programme as schedule.xml."),
        (b'\xef\xbb\xbf{"schedule": {}}', "This is not XML but another format (JSON)"),
        (b"BEGIN:VCALENDAR", "This is not XML but another format (iCalendar)"),
        (b"<!DOCTYPE html><html></html>", "This is a web page"),
        (b"<rss/>", "line 1: the file begins with <rss>, not <schedule>"),
        (b"<schedule/>", "The file holds no event"),
        (schedule(event())[:150], "line 4: the file stops before its end."),
        (schedule(event()).removesuffix(b"</schedule>"), "line 6: the file stops before its end."),
        (schedule(event(title="l’été")).partition(b"\xa9t")[0], "line 4: the file stops before its end."),
        (schedule(event()).decode().encode("utf-16")[:-40], "line 5: the file stops before its end."),
        (schedule(event(title="a\x08b")), "line 4, column N: a control character that XML forbids."),
        (schedule(event(title="a&#7;b")), "line 4, column N: a control character that XML forbids."),
        (schedule(event(title="\xe9")).decode().encode("latin-1"), "line 2, column N: the characters are not in the"),
        (schedule(event(title="a&nbsp;b")), "line 4, column N: an entity of HTML, such as &nbsp;"),
        (schedule(event(title="R & D")), "line 4, column N: a “&” or a “<” by itself in a text."),
        (schedule(event(title="R &D B")), "line 4, column N: a “&” or a “<” by itself in a text."),
        (schedule(event(title="1 < 2")), "line 4, column N: a “&” or a “<” by itself in a text."),
        (schedule(event(title="<b>a</i>")), "line 4, column N: </i> closes the <b> of line 4."),
        (schedule(event()) + b"<schedule/>", "line 6, column N: this is not well-formed XML."),
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

    assert re.sub(r"column \d+", "column N", problem).startswith(expected)  # libxml2 counts by version


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
