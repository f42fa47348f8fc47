"""The page of a sequence with slots: day by day, each visit with its seats, as they are now."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from publishing.page_cache import pages
from publishing.publish import publish
from sessions.models import Edition, Session
from tests.factories import EditionFactory, RoomFactory, SessionFactory, at
from tests.publishing.exhibitions import exhibition, fill, slots

PATH = "/demo/sequences/bureau-du-futur/"


@pytest.fixture(autouse=True)
def _no_ready_page():
    pages.clear()


@pytest.fixture
def edition(db):
    return EditionFactory(slug="demo", is_current=True)


@pytest.fixture
def sequence(edition):
    return exhibition(edition)


def days(client: Client) -> list[html.HtmlElement]:
    return html.fromstring(client.get(PATH).content).find_class("day")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def visits(day: html.HtmlElement) -> list[str]:
    return [words(link) for link in day.find_class("visit")]


def links(day: html.HtmlElement) -> list[str]:
    return [link.get("href") for link in day.find_class("visit")]


def test_each_day_has_its_visits_with_their_seats_and_the_way_to_take_one(client, sequence):
    first, second, third = slots(sequence)
    slots(sequence, day=1, times=[(14, 0)])
    fill(first)
    fill(second, left=1)
    publish(sequence.edition, note="Ouverture")

    page = html.fromstring(client.get(PATH).content)

    monday, tuesday = page.find_class("day")
    assert words(monday.find(".//h2")).endswith("11 places libres")
    assert words(monday.find_class("opening__facts")[0]) == "9 h – 10 h 30 · Hall · Centre · visites toutes les 30 min"
    assert visits(monday) == [
        "9 h – 9 h 30 Complet",
        "9 h 30 – 10 h Dernière place S’inscrire",
        "10 h – 10 h 30 10 places S’inscrire",
    ]
    assert links(monday) == [
        f"/demo/seances/{first.code}/",
        f"/demo/seances/{second.code}/inscription/",
        f"/demo/seances/{third.code}/inscription/",
    ]
    assert [link.get("href") for link in page.find_class("day-links")[0].iter("a")] == [
        f"#jour-{at(0, day=day).date()}" for day in (0, 1)
    ]
    assert visits(tuesday) == ["14 h – 14 h 30 10 places S’inscrire"]
    assert "une par personne" in page.text_content()


def test_the_numbers_are_those_of_now_and_a_page_made_before_is_not_sent_again(client, sequence):
    first, *_others = slots(sequence)
    publish(sequence.edition, note="Ouverture")
    before = client.get(PATH)
    elsewhere = client.get("/demo/programme/")["ETag"]

    fill(first, left=7)
    after = client.get(PATH)

    assert before["ETag"] != after["ETag"]
    assert visits(days(client)[0])[0] == "9 h – 9 h 30 7 places S’inscrire"
    assert client.get("/demo/programme/")["ETag"] == elsewhere
    assert client.get(PATH, headers={"if-none-match": after["ETag"]}).status_code == 304


def test_a_sequence_without_slots_is_made_again_when_a_state_changes_only(client, edition):
    session = SessionFactory(edition=edition, sequence__slug="camp", seats=30)
    publish(edition, note="Ouverture")
    etag = client.get("/demo/sequences/camp/")["ETag"]

    fill(session, left=10)

    assert client.get("/demo/sequences/camp/")["ETag"] == etag


def test_other_sessions_of_the_day_stand_before_and_after_the_visits(client, sequence):
    slots(sequence)
    for title, hour in [("Ouverture", 8), ("Nocturne", 19)]:
        SessionFactory(
            edition=sequence.edition, sequence=sequence, title=title, starts_at=at(hour), ends_at=at(hour, 45)
        )
    publish(sequence.edition, note="Ouverture")

    [monday] = days(client)

    read = words(monday)
    assert read.index("Ouverture") < read.index("9 h 30 – 10 h") < read.index("Nocturne")
    assert "2 séances" in words(monday.find(".//h2"))


def test_before_registration_opens_each_visit_says_when(client, sequence):
    opening = timezone.now() + dt.timedelta(days=3)
    slots(sequence)
    Edition.objects.update(registration_opens_at=opening)
    publish(sequence.edition, note="Ouverture")

    [monday] = days(client)

    assert visits(monday)[0].startswith("9 h – 9 h 30 Inscriptions à partir du ")
    assert not any("inscription/" in link for link in links(monday))
    assert "une par personne" not in client.get(PATH).content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seats": None}, "9 h – 9 h 30 Places disponibles S’inscrire"),
        ({"entry": "free"}, "9 h – 9 h 30 Entrée libre"),
        ({"status": "cancelled", "published_since": at(8)}, "9 h – 9 h 30 Annulée"),
    ],
)
def test_a_visit_without_a_number_says_its_state(client, sequence, change, told):
    [slot, *_others] = slots(sequence)
    Session.objects.filter(pk=slot.pk).update(**change)
    publish(sequence.edition, note="Ouverture")

    assert visits(days(client)[0])[0] == told


def test_a_sequence_where_people_may_take_several_does_not_say_one(client, edition):
    sequence = exhibition(edition, one_slot_per_person=False)
    slots(sequence)
    publish(edition, note="Ouverture")

    assert "une par personne" not in client.get(PATH).content.decode()


def test_days_that_are_over_are_folded_with_what_was_counted(client, db):
    edition = EditionFactory(slug="demo", starts_on=at(0, day=-28).date())
    slots(exhibition(edition), day=-28, attendance="environ 100 visiteurs dans la journée")
    publish(edition, note="Ouverture")

    page = html.fromstring(client.get(PATH).content)

    [day] = page.find_class("day")
    assert words(day.find(".//summary")) == "La journée est terminée : voir ses 3 visites"
    assert len(day.find("details").find_class("visit")) == 3
    assert "environ 100 visiteurs dans la journée" in words(day.find_class("opening__facts")[0])
    assert "une par personne" not in page.text_content()


def test_each_venue_of_a_day_has_its_visits(client, sequence):
    slots(sequence)
    slots(sequence, room=RoomFactory(name="Atrium", venue__name="Musée"), times=[(9, 0)])
    publish(sequence.edition, note="Ouverture")

    [monday] = days(client)

    facts = [words(each).split(" · ")[1:3] for each in monday.find_class("opening__facts")]
    assert sorted(facts) == [["Atrium", "Musée"], ["Hall", "Centre"]]
    assert len(monday.find_class("visits")) == 2


def test_slots_that_wait_for_a_date_are_told_and_cannot_be_chosen(client, sequence):
    slots(sequence)
    Session.objects.update(status="postponed", published_since=at(8), starts_at=None, ends_at=None)
    publish(sequence.edition, note="Reportée")

    [day] = days(client)

    assert words(day.find(".//h2")) == "Date à venir 1 séance"
    assert visits(day) == []
