"""Favourites live in the browser: nothing is asked of the server, and without JavaScript nothing shows."""

import pytest
from playwright.sync_api import Page, expect

from publishing.publish import publish
from registrations import participants
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory, at

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def edition():
    edition = EditionFactory(slug="demo", is_current=True)
    SessionFactory(edition=edition, title="Fail camp", starts_at=at(10))
    SessionFactory(edition=edition, title="Procès", starts_at=at(10, 30))
    SessionFactory(edition=edition, title="Atelier", starts_at=at(14, day=1))
    publish(edition, note="Le programme ouvre.")
    return edition


def star(page: Page, title: str):
    return page.get_by_role("button", name=f"Favori {title}", exact=True)


def test_favourites_are_marked_listed_by_day_and_proposed_to_who_registers(browser, live_server, edition):
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/demo/programme/")
    star(page, "Fail camp").click()
    star(page, "Procès").click()
    expect(star(page, "Fail camp")).to_have_attribute("aria-pressed", "true")

    page.get_by_role("link", name="Atelier").click()
    star(page, "Atelier").click()
    page.goto(f"{live_server.url}/demo/programme/")
    expect(star(page, "Atelier")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Mes favoris (3)").click()

    expect(page.get_by_role("heading", level=3)).to_have_text(
        [f"lundi {date(0)}", "Fail camp", "Procès", f"mardi {date(1)}", "Atelier"], ignore_case=True
    )
    expect(page.get_by_text("En même temps que « Procès ».")).to_be_visible()
    page.get_by_role("button", name="Retirer des favoris Procès").click()
    expect(page.get_by_role("button", name="Mes favoris (2)")).to_be_visible()
    page.get_by_role("button", name="Mes favoris (2)").click()
    expect(star(page, "Procès")).to_have_attribute("aria-pressed", "false")

    assert context.cookies() == []
    registration = RegistrationFactory(session=edition.sessions.get(title="Fail camp"))
    page.goto(f"{live_server.url}/espace/{participants.of(registration).link.token}/")
    proposed = page.locator("[data-favourites=proposed]")
    expect(proposed.get_by_role("link")).to_have_text(["Atelier"])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert complaints == []


def date(day: int) -> str:
    names = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    return f"{at(0, day=day).day} {names.split()[at(0, day=day).month - 1]}"


def test_without_javascript_nothing_of_it_shows(browser, live_server, edition):
    page = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()

    page.goto(f"{live_server.url}/demo/programme/")

    assert page.get_by_role("button", name="Favori").count() == 0
    assert "favori" not in page.inner_text("main").lower()
