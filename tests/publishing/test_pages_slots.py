"""Slots on the public pages: one line a day in lists, whose state and keeping follow from the slots."""

import re

import pytest
from django.test import Client
from lxml import html

from publishing.page_cache import pages
from publishing.publish import publish
from sessions.models import Session
from tests.factories import CandidacyFactory, EditionFactory, SessionFactory, SpeakerFactory, at
from tests.publishing.exhibitions import exhibition, fill, slots


@pytest.fixture(autouse=True)
def _no_ready_page():
    pages.clear()


@pytest.fixture
def edition(db):
    return EditionFactory(slug="demo", is_current=True)


@pytest.fixture
def sequence(edition):
    return exhibition(edition, is_highlight=True)


@pytest.fixture
def open_two_days(sequence):
    """Two days of three visits and, at the same time on the first, a debate."""
    found = [*slots(sequence), *slots(sequence, day=1)]
    SessionFactory(edition=sequence.edition, title="Débat", code="DEBATE", starts_at=at(9), ends_at=at(12))
    publish(sequence.edition, note="Ouverture")
    return found


def get(client: Client, path: str = "programme/") -> html.HtmlElement:
    return html.fromstring(client.get(f"/demo/{path}").content)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def monday() -> str:
    return at(9).date().isoformat()


def test_the_programme_shows_one_line_for_each_opening_day(client, open_two_days):
    page = get(client)

    links = page.xpath("//h3/a")
    assert [words(link) for link in links] == ["Bureau du futur", "Débat", "Bureau du futur"]
    assert links[0].get("href") == f"/demo/sequences/bureau-du-futur/#jour-{monday()}"
    [item, *_others] = page.find_class("rail__item")
    assert words(item.find_class("rail__time")[0]) == "9 h jusqu’à 10 h 30"
    assert words(item.find_class("rail__where")[0]) == "Hall · Centre · visites toutes les 30 min"
    assert words(item.find_class("rail__state")[0]) == "Places disponibles"
    assert "Programme : 3 séances" in words(page.find(".//h1"))


def test_the_line_leads_to_its_day_on_the_page_of_the_sequence(client, open_two_days):
    anchor = get(client).xpath("//h3/a")[0].get("href").partition("#")[2]

    assert get(client, "sequences/bureau-du-futur/").get_element_by_id(anchor) is not None


def test_the_grid_has_one_cell_for_each_opening_day(client, open_two_days):
    page = get(client, "programme/?vue=grille")

    cells = [words(cell) for cell in page.find_class("slot")]
    assert len(cells) == 3
    assert "9 h – 10 h 30 Bureau du futur Visites toutes les 30 min Places disponibles" in cells


def test_home_venues_and_people_show_lines_too(client, open_two_days, sequence):
    guide = SpeakerFactory(code="GUIDES")
    for slot in open_two_days[:2]:
        CandidacyFactory(session=slot, speaker=guide)
    publish(sequence.edition, note="Le guide")

    assert len(get(client, "").find_class("week__item")) == 3
    assert "2 séances" in words(get(client, "").find_class("card")[0])
    assert "Hall" in words(get(client, "lieux/centre/"))
    assert len(get(client, "lieux/centre/").find_class("rail__item")) == 2
    assert len(get(client, "intervenants/GUIDES/").find_class("rail__item")) == 1


@pytest.mark.parametrize("wanted", ["visite 9 h 30 jour 1", "bureau futur", "SLOTAB"])
def test_the_search_finds_the_line_by_what_is_said_of_a_slot(client, sequence, wanted):
    _first, second, _third = slots(sequence)
    Session.objects.filter(pk=second.pk).update(code="SLOTAB")
    SessionFactory(edition=sequence.edition, title="Débat")
    publish(sequence.edition, note="Ouverture")

    assert [words(link) for link in get(client, f"programme/?q={wanted}").xpath("//h3/a")] == ["Bureau du futur"]


def test_filters_find_the_line_by_its_day_and_by_what_one_of_its_slots_answers(client, sequence):
    [only] = slots(sequence, times=[(9, 0)])
    slots(sequence, day=1)
    SessionFactory(edition=sequence.edition, title="Débat", format__slug="debat")
    publish(sequence.edition, note="Ouverture")

    assert len(get(client, f"programme/?jour={monday()}&format=exposition").find_class("rail__item")) == 1
    assert len(get(client, "programme/?lieu=centre").find_class("rail__item")) == 2
    fill(only)
    assert len(get(client, "programme/?lieu=centre&ouvertes=1").find_class("rail__item")) == 1


def test_a_list_is_made_again_when_the_day_fills_and_not_for_each_slot(client, open_two_days):
    first, second, third = open_two_days[:3]
    etag = client.get("/demo/programme/")["ETag"]

    fill(first, second)
    assert client.get("/demo/programme/")["ETag"] == etag
    fill(third, left=1)
    few = client.get("/demo/programme/")
    fill(third)
    full = client.get("/demo/programme/")

    assert len({etag, few["ETag"], full["ETag"]}) == 3
    assert ("Dernières places" in few.content.decode(), "Complet" in few.content.decode()) == (True, False)
    assert "Complet" in full.content.decode()


def test_a_list_says_when_registration_opens_as_soon_as_that_changes(client, open_two_days):
    slot = Session.objects.filter(title="Débat")
    slot.update(registration_opens_at=at(9, day=-10))
    before = get(client).find_class("rail__item")[1]
    slot.update(registration_opens_at=at(9, day=-8))

    after = get(client).find_class("rail__item")[1]

    assert words(before) != words(after)


@pytest.mark.parametrize("number", [1, 40])
@pytest.mark.parametrize("path", ["programme/", "", "sequences/bureau-du-futur/"])
def test_a_warm_page_asks_two_queries_whatever_the_number_of_slots(
    client, sequence, django_assert_num_queries, number, path
):
    for day in range(5 if number > 1 else 1):
        fill(*slots(sequence, day=day, times=[(hour, 0) for hour in range(9, 9 + min(number, 8))]))
    publish(sequence.edition, note="Ouverture")
    client.get(f"/demo/{path}")

    with django_assert_num_queries(2):
        client.get(f"/demo/{path}")


def test_a_slot_has_a_page_of_its_own_between_those_of_its_day(client, open_two_days):
    _first, second, third = open_two_days[:3]

    page = get(client, f"seances/{second.code}/")
    last = get(client, f"seances/{third.code}/")

    around = [words(link) for link in page.find_class("pages")[0].findall("a")]
    assert around == ["Avant, 9 h Visite de 9 h 00, jour 1", "Après, 10 h Visite de 10 h 00, jour 1"]
    assert [words(link) for link in last.find_class("pages")[0].findall("a")] == [
        "Avant, 9 h 30 Visite de 9 h 30, jour 1"
    ]
    assert "Débat" in words(page.find_class("sheet__text")[0])
    assert "Bureau du futur" not in words(page.find_class("sheet__text")[0])


def test_a_session_says_that_an_exhibition_is_open_meanwhile(client, open_two_days):
    [link] = get(client, "seances/DEBATE/").xpath("//div[@class='sheet__text']//li/a")

    assert words(link) == "Bureau du futur"
    assert link.get("href").startswith("/demo/sequences/bureau-du-futur/#jour-")


def test_the_code_of_a_day_leads_to_it(client, open_two_days, sequence):
    programme = sequence.edition.releases.get().programme()
    line = programme.line_by_slot[open_two_days[0].code]

    response = client.get(f"/demo/seances/{line.code.lower()}/")

    assert (response.status_code, response["Location"]) == (302, f"/demo/sequences/bureau-du-futur/#jour-{monday()}")


def test_news_tell_days_rather_than_slots(client, open_two_days, sequence):
    slots(sequence, day=2)
    slots(sequence, day=1, times=[(15, 0)])
    publish(sequence.edition, note="Un jour de plus")
    Session.objects.filter(pk=open_two_days[0].pk).update(status="cancelled")
    publish(sequence.edition, note="Une visite de moins")

    newest, second, first = get(client, "nouveautes/").find_class("changes__item")

    assert "Première version : 3 séances" in words(first)
    assert [words(title) for title in second.findall(".//h3")] == ["Déplacées", "Ajoutées"]
    assert len(second.xpath(".//h3/following-sibling::ul/li")) == 2
    assert "9 h – 15 h 30" in words(second)
    assert [words(title) for title in newest.findall(".//h3")] == ["Déplacées"]
    assert all(re.match("/demo/sequences/", link.get("href")) for link in newest.findall(".//li/a"))


def test_the_preview_shows_lines_that_lead_to_the_preview(editor, sequence):
    slots(sequence)

    page = html.fromstring(editor.get("/admin/apercu/demo/programme/").content)

    [link] = page.xpath("//h3/a")
    assert link.get("href").startswith("/admin/apercu/demo/sequences/bureau-du-futur/#jour-")
