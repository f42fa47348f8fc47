"""Files that leave show one line for each opening day of an exhibition, under identifiers that stay."""

import datetime as dt
import json

import icalendar
import pytest
from django.utils import translation
from lxml import etree

from exports.booklet_content import booklet
from exports.schedule_feed import guid, number
from publishing.publish import publish
from sessions.models import Edition, Sequence, Session
from tests.factories import CandidacyFactory, EditionFactory, RoomFactory, SessionFactory, at
from tests.publishing.exhibitions import exhibition, slots

pytestmark = pytest.mark.django_db


@pytest.fixture
def sequence() -> Sequence:
    """Two days of visits, one of which is called off, and a debate."""
    sequence = exhibition(EditionFactory(slug="demo"))
    first, *_others = slots(sequence)
    CandidacyFactory(session=first, speaker__name="Camille Exemple")
    slots(sequence, day=1)
    SessionFactory(edition=sequence.edition, title="Débat", starts_at=at(14), ends_at=at(15))
    publish(sequence.edition, note="Ouverture", at=at(8, day=-30))
    return sequence


def events(client, path: str = "/demo/schedule.xml") -> list[etree._Element]:
    return list(etree.fromstring(client.get(path).content).iter("event"))


def address(day: int) -> str:
    return f"http://127.0.0.1:8000/demo/sequences/bureau-du-futur/#jour-{at(0, day=day).date()}"


def test_the_xml_has_one_event_for_each_opening_day(client, sequence):
    found = events(client)

    assert [event.findtext("title") for event in found] == ["Bureau du futur", "Débat", "Bureau du futur"]
    monday, _debate, tuesday = found
    assert (monday.findtext("start"), monday.findtext("duration")) == ("09:00", "01:30")
    assert monday.findtext("subtitle") == "Entrez et essayez. – visites toutes les 30\u00a0min"
    assert (monday.findtext("url"), tuesday.findtext("url")) == (address(0), address(1))
    assert [person.text for person in monday.iter("person")] == ["Camille Exemple"]
    for event in found:
        code = event.get("code")
        assert (event.get("id"), event.get("guid")) == (str(number(code)), guid("session", code))


def test_the_json_has_the_same_events_under_the_same_identifiers(client, sequence):
    conference = json.loads(client.get("/demo/schedule.json").content)["schedule"]["conference"]
    found = [event for day in conference["days"] for room in day["rooms"].values() for event in room]

    in_xml = [(event.get("code"), event.get("guid"), int(event.get("id"))) for event in events(client)]
    assert [(event["code"], event["guid"], event["id"]) for event in found] == in_xml
    assert {room["name"] for room in conference["rooms"]} >= {"Hall"}


def test_identifiers_stay_when_slots_are_added_moved_or_called_off(client, sequence):
    before = [(event.get("code"), event.get("guid"), event.get("id")) for event in events(client)]
    slots(sequence, times=[(8, 0)])
    first = Session.objects.filter(sequence=sequence).order_by("pk").first()
    Session.objects.filter(pk=first.pk).update(status="cancelled")
    publish(sequence.edition, note="Suite")

    after = events(client)

    assert [(event.get("code"), event.get("guid"), event.get("id")) for event in after] == before
    assert after[0].findtext("start") == "08:00"


def test_slots_in_two_rooms_stand_under_the_name_of_their_venue(client, sequence):
    hall = Session.objects.filter(sequence=sequence).first().room
    slots(sequence, times=[(11, 0)], room=RoomFactory(venue=hall.venue, name="Atrium"))
    publish(sequence.edition, note="Une autre salle")

    monday = events(client)[0]

    assert monday.findtext("room") == monday.getparent().get("name") == "Centre"


def test_a_day_all_of_whose_slots_are_called_off_leaves_the_feeds_and_stays_in_the_calendar(client, sequence):
    Session.objects.filter(sequence=sequence, starts_at__lt=at(0, day=1)).update(status="cancelled")
    publish(sequence.edition, note="Lundi annulé", at=at(8, day=-20))

    calendar = icalendar.Calendar.from_ical(client.get("/demo/programme.ics").content)

    assert [event.findtext("url") for event in events(client)][1:] == [address(1)]
    states = {str(event["SUMMARY"]): (event["STATUS"], event["SEQUENCE"]) for event in calendar.walk("VEVENT")}
    assert states == {
        "Annulée : Bureau du futur": ("CANCELLED", 1),
        "Bureau du futur": ("CONFIRMED", 0),
        "Débat": ("CONFIRMED", 0),
    }


def test_the_calendar_has_one_event_for_each_opening_day_that_leaves_the_day_free(client, sequence):
    calendar = icalendar.Calendar.from_ical(client.get("/demo/programme.ics").content)

    [monday, tuesday] = [event for event in calendar.walk("VEVENT") if event["SUMMARY"] == "Bureau du futur"]
    assert (monday["DTSTART"].dt, monday["DTEND"].dt) == (at(9), at(10, 30))
    assert monday["TRANSP"] == "TRANSPARENT"
    assert monday["UID"] != tuesday["UID"]
    assert str(monday["URL"]) == address(0)
    assert "Visites toutes les 30\u00a0min" in monday["DESCRIPTION"]


def test_the_sequence_of_a_calendar_item_rises_with_any_of_its_slots_and_stays_the_same_item(client, sequence):
    def monday() -> tuple[str, int, dt.datetime]:
        calendar = icalendar.Calendar.from_ical(client.get("/demo/programme.ics").content)
        [event] = [event for event in calendar.walk("VEVENT") if event["DTSTART"].dt in (at(9), at(9, 30))]
        return event["UID"], event["SEQUENCE"], event["LAST-MODIFIED"].dt

    uid, *_others = monday()
    first = Session.objects.filter(sequence=sequence).order_by("pk").first()
    for revision, change in enumerate([{"captions": True}, {"status": "design"}, {"status": "approved"}], 1):
        Session.objects.filter(pk=first.pk).update(**change)
        publish(sequence.edition, note="Suite", at=at(8, day=-20 + revision))

        assert monday()[:2] == (uid, revision)


def test_a_slot_has_its_own_calendar_file(client, sequence):
    slot = Session.objects.filter(sequence=sequence).order_by("pk").first()

    calendar = icalendar.Calendar.from_ical(client.get(f"/demo/seances/{slot.code}.ics").content)

    [event] = calendar.walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (at(9), at(9, 30))
    assert "TRANSP" not in event


def test_the_booklet_prints_lines_and_leads_from_people_to_them(sequence):
    programme = Edition.objects.get().releases.get().programme()
    with translation.override("fr"):
        found = booklet(programme, printed_on=at(0, day=-10).date())

    monday, tuesday = found.days
    assert [entry.item.title for entry in monday.entries] == ["Bureau du futur", "Débat"]
    assert [entry.item.title for entry in tuesday.entries] == ["Bureau du futur"]
    assert monday.entries[0].times == "9\u00a0h\u00a0– 10\u00a0h\u00a030"
    assert "visites toutes les 30\u00a0min" in monday.entries[0].facts
    [person] = found.people
    assert [item.code for item, _role in person.appearances] == [monday.entries[0].item.code]
