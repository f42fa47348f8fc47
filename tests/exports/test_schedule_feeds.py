"""The rules of the c3voc schemas that readers stumble over, held on a programme with everything awkward in it."""

import datetime as dt
import json
import re

import pytest
from django.urls import reverse
from lxml import etree

from exports.schedule_feed import number
from exports.schedule_import.apply import apply_schedule
from exports.schedule_import.parse import parse_schedule
from exports.schedule_json import schedule_json
from exports.schedule_xml import schedule_xml
from publishing.programme import Programme
from publishing.publish import publish
from sessions.models import Edition, Session
from tests.factories import (
    CandidacyFactory,
    EditionFactory,
    RoleFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
    at,
)

pytestmark = pytest.mark.django_db

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.fixture
def edition() -> Edition:
    """Two rooms of the same name, a venue in another zone, a night, a session online, one in two roles, one hidden."""
    edition = EditionFactory(slug="dem", name="Semaine d’essai")
    paris, reunion = VenueFactory(name="Paris"), VenueFactory(name="Saint-Denis", time_zone="Indian/Reunion")
    here, there = RoomFactory(venue=paris, name="Auditorium"), RoomFactory(venue=reunion, name="Auditorium")
    first = SessionFactory(
        edition=edition,
        title="Faut-il condamner le progrès\u202f?",
        lead="L’accusé promet beaucoup.",
        text="### Titre\n\nUn **procès**.\n\n- l’accusation\n- la défense\n",
        course="- ouverture\n- verdict",
        room=here,
    )
    speaker = SpeakerFactory(name="Camille Exemple")
    for slug in ("temoin", "avocat"):
        CandidacyFactory(session=first, speaker=speaker, role=RoleFactory(format=first.format, slug=slug))
    SessionFactory(
        edition=edition, title="Là-bas", room=there, starts_at=at(9), ends_at=at(11), text="```\na\n\nb\n```"
    )
    SessionFactory(
        edition=edition, title="La nuit", room=here, starts_at=at(22), ends_at=at(27 - 24, day=1), language="en"
    )
    SessionFactory(edition=edition, title="En ligne", room=None, is_online=True, starts_at=at(12), ends_at=at(13))
    SessionFactory(edition=edition, title="Cachée", room=here, status=Session.Status.DESIGN)
    publish(edition, note="Première version.")
    return edition


def programme(edition: Edition) -> Programme:
    return edition.releases.newest_first()[0].programme()


def test_the_xml_keeps_the_rules_of_the_schema(edition):
    root = etree.fromstring(schedule_xml(programme(edition), version="1"))

    assert [child.tag for child in root] == ["generator", "url", "version", "conference", "day"]
    assert re.fullmatch(r"[a-z0-9_-]{4,}", root.findtext("conference/acronym"))
    assert [room.get("name") for room in root.iter("room") if room.get("name")] == [
        "Auditorium (Paris)",
        "Auditorium (Saint-Denis)",
        "En ligne",
    ]
    events = list(root.iter("event"))
    assert {event.findtext("title") for event in events} == {
        "Faut-il condamner le progrès\u202f?",
        "Là-bas",
        "La nuit",
        "En ligne",
    }
    for event in events:
        assert re.fullmatch(r"[0-9A-Z]{6}", event.get("code"))
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event.get("guid"))
        assert 0 < int(event.get("id")) < 2**31
        assert MOMENT.fullmatch(event.findtext("date"))
        assert event.findtext("date")[11:16] == event.findtext("start")
        assert re.fullmatch(r"\d\d:\d\d", event.findtext("duration"))
        assert re.fullmatch(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}", event.findtext("slug"))
        assert event.find("persons") is not None
        assert event.findtext("room") == event.getparent().get("name")
    for name in ("id", "guid", "code"):
        assert len({event.get(name) for event in events}) == len(events)
    (person,) = root.iter("person")
    assert person.text == "Camille Exemple"


def test_a_day_of_the_feed_holds_its_events(edition):
    root = etree.fromstring(schedule_xml(programme(edition), version="1"))

    (day,) = root.iter("day")
    starts = [dt.datetime.fromisoformat(event.findtext("date")) for event in day.iter("event")]
    assert dt.datetime.fromisoformat(day.get("start")) == min(starts)
    assert max(starts) < dt.datetime.fromisoformat(day.get("end")) == at(3, day=1)


def test_the_json_says_the_same(edition):
    document = json.loads(schedule_json(programme(edition), version="1"))

    conference = document["schedule"]["conference"]
    assert (conference["acronym"], conference["daysCount"], conference["time_zone_name"]) == (
        "week_dem",
        1,
        "Europe/Paris",
    )
    (day,) = conference["days"]
    events = [event for room in day["rooms"].values() for event in room]
    by_title = {event["title"]: event for event in events}
    assert by_title["La nuit"]["duration"] == "05:00"
    assert by_title["La nuit"]["language"] == "en"
    assert [person["name"] for person in by_title["Faut-il condamner le progrès\u202f?"]["persons"]] == [
        "Camille Exemple"
    ]
    assert "@" not in json.dumps(document)  # addresses of people never leave


def test_our_own_feed_imports_again_without_a_change(edition):
    feed = schedule_xml(programme(edition), version="1")

    report = apply_schedule(parse_schedule(feed, time_zone="UTC", language="de"), edition_slug="dem")

    assert report.is_empty
    assert (report.changes, report.left) == ([], [])


def test_our_own_feed_makes_the_same_programme_in_a_new_edition(edition):
    feed = schedule_xml(programme(edition), version="1")

    apply_schedule(parse_schedule(feed, time_zone="UTC", language="de"), edition_slug="copie")
    copy = Edition.objects.get(slug="copie")
    publish(copy, note="Copie.")

    before, after = programme(edition), programme(copy)
    assert [(item.title, item.slot, item.lead, item.text, item.course, item.is_online) for item in before.items] == [
        (item.title, item.slot, item.lead, item.text, item.course, item.is_online) for item in after.items
    ]


def test_control_characters_do_not_break_the_feed(edition):
    session = Session.objects.get(title="La nuit")
    session.title = "La\x0bnuit\x1b"
    session.save()
    publish(edition, note="Des caractères venus d’un copier-coller.")

    root = etree.fromstring(schedule_xml(programme(edition), version="2"))

    assert "Lanuit" in {event.findtext("title") for event in root.iter("event")}


@pytest.mark.parametrize(
    ("name", "content_type"), [("schedule_xml", "application/xml"), ("schedule_json", "application/json")]
)
def test_a_feed_is_compressed_and_answers_304(edition, stranger, django_assert_max_num_queries, name, content_type):
    address = reverse(f"exports:{name}", args=["dem"])

    first = stranger.get(address, headers={"accept-encoding": "gzip"})
    with django_assert_max_num_queries(1):
        again = stranger.get(address, headers={"accept-encoding": "gzip", "if-none-match": first["ETag"]})

    assert (first.status_code, first["Content-Encoding"]) == (200, "gzip")
    assert first["Content-Type"].startswith(content_type)
    assert (again.status_code, again.content) == (304, b"")


def test_a_feed_changes_with_the_release_only(edition, stranger):
    address = reverse("exports:schedule_xml", args=["dem"])
    before = stranger.get(address)
    Session.objects.filter(title="La nuit").update(title="La nuit blanche")

    assert stranger.get(address).content == before.content
    publish(edition, note="Un titre.")
    assert "La nuit blanche" in stranger.get(address).content.decode()


def test_an_edition_without_release_has_no_feed(stranger):
    EditionFactory(slug="vide")

    assert stranger.get("/vide/schedule.xml").status_code == 404


def test_numbers_of_codes_are_positive_and_distinct():
    assert number("222222") == 1
    assert number("ZZZZZZ") == 32**6
