"""A column copied from a spreadsheet becomes sessions, in a real browser; a fault is shown beside its cell first."""

import pytest
from playwright.sync_api import Browser, Page, expect

from sessions.models import Edition, Session
from tests.conftest import client_of
from tests.factories import EditionFactory, FormatFactory, SequenceFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

TITLES = [f"Atelier n° {number} (exemple)" for number in range(1, 13)]


@pytest.fixture
def edition(db) -> Edition:
    edition = EditionFactory(is_current=True)
    SequenceFactory(edition=edition, title="Ateliers", format=FormatFactory(name="Atelier"))
    return edition


@pytest.fixture
def page(browser: Browser, live_server) -> Page:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 860}, locale="fr-FR")
    cookie = client_of(UserFactory(is_superuser=True)).cookies["session"]
    context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
    return context.new_page()


def test_a_column_pasted_from_a_spreadsheet_becomes_twelve_sessions(page, edition):
    page.goto("/admin/programme/session/")
    page.get_by_role("link", name="Coller depuis un tableur").click()
    page.get_by_label("Séquence").select_option(label="Ateliers")
    page.get_by_label("Cellules").fill("\n".join([*TITLES[:-1], "x" * 300]))
    page.get_by_role("button", name="Lire les cellules").click()
    expect(page.get_by_role("main")).to_contain_text("Atelier n° 1 (exemple)")
    expect(page.get_by_role("button", name="Créer")).to_have_count(0)  # one title is too long
    assert Session.objects.count() == 0

    page.get_by_label("Cellules").fill("\n".join(TITLES))
    page.get_by_role("button", name="Lire les cellules").click()
    assert Session.objects.count() == 0
    page.get_by_role("button", name="Créer 12 séances").click()

    expect(page.get_by_role("main")).to_contain_text("Atelier n° 12 (exemple)")
    assert list(Session.objects.order_by("pk").values_list("title", flat=True)) == TITLES
    assert set(edition.sessions.values_list("sequence__title", "status")) == {("Ateliers", "design")}
