"""Two colleagues in a real browser: the same session at the same time, and a mistake taken back from the history."""

import re

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from sessions.models import Session
from tests.conftest import client_of
from tests.factories import EditionFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(db) -> Session:
    return SessionFactory(
        edition=EditionFactory(is_current=True), title="Fail camp", lead="Rater, rire.", note="", seats=30
    )


@pytest.fixture
def page_of(browser: Browser, live_server):
    def make(name: str, width: int) -> Page:
        user = UserFactory(first_name=name, last_name="Exemple", is_superuser=True)
        context = browser.new_context(viewport={"width": width, "height": 844}, locale="fr-FR")
        cookie = client_of(user).cookies["session"]
        context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    return make


def save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer", exact=True).first.click()


@pytest.mark.parametrize("width", [1280, 390])
def test_two_colleagues_edit_the_same_session(live_server, page_of, session, width):
    camille, alix = page_of("Camille", width), page_of("Alix", width)
    address = f"{live_server.url}/admin/programme/session/{session.pk}/change/"
    camille.goto(address)
    alix.goto(address)

    alix.fill("#id_title", "Fail camp d’Alix")
    alix.fill("#id_lead", "Rater mieux.")
    save(alix)
    expect(alix).to_have_url(re.compile(r"/session/(\?|$)"))
    camille.fill("#id_title", "Fail camp de Camille")
    camille.fill("#id_note", "Apportez un carnet.")
    save(camille)

    panel = camille.get_by_role("region", name=re.compile("Une autre personne a modifié cette fiche à"))
    expect(panel).to_contain_text("Alix Exemple")
    expect(panel.get_by_role("group", name="Titre")).to_contain_text("Fail camp d’Alix")
    assert camille.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    panel.get_by_label("Garder la mienne").check()
    save(camille)
    expect(camille).to_have_url(re.compile(r"/session/(\?|$)"))

    session.refresh_from_db()
    assert (session.title, session.lead) == ("Fail camp de Camille", "Rater mieux.")
    assert session.note == "Apportez un carnet."


def test_leaving_with_something_typed_warns_and_saving_does_not(live_server, page_of, session):
    page, asked = page_of("Camille", 1280), []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{live_server.url}/admin/programme/session/{session.pk}/change/")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Accueil").first.click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
    assert asked == []

    page.go_back()
    page.wait_for_load_state("networkidle")
    page.fill("#id_title", "À moitié")
    page.get_by_role("link", name="Accueil").first.click()
    page.wait_for_timeout(300)
    assert (asked, page.input_value("#id_title")) == (["beforeunload"], "À moitié")

    save(page)
    expect(page).to_have_url(re.compile(r"/session/(\?|$)"))
    assert asked == ["beforeunload"]


def test_a_mistake_is_taken_back_from_the_history(live_server, page_of, session):
    session.title, session.lead = "Oups", ""
    session.save()
    page = page_of("Camille", 1280)
    page.goto(f"{live_server.url}/admin/programme/session/{session.pk}/change/")
    page.get_by_role("link", name="Historique").first.click()

    page.get_by_role("link", name=re.compile("^Rétablir")).first.click()
    expect(page.get_by_role("row", name=re.compile("Titre"))).to_contain_text("Fail camp")
    page.get_by_role("button", name="Rétablir").click()

    expect(page.get_by_text("la version choisie est rétablie")).to_be_visible()
    session.refresh_from_db()
    assert (session.title, session.lead) == ("Fail camp", "Rater, rire.")
