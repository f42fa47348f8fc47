"""Publishing in a real browser, without JavaScript and in a corridor: a typo alone, a session cancelled."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from publishing.publish import publish
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(db) -> Session:
    """It begins in an hour; thirty drafts wait."""
    start = timezone.now().replace(second=0, microsecond=0) + dt.timedelta(hours=1)
    edition = EditionFactory(is_current=True, slug="semaine", starts_on=timezone.localdate(start))
    others = SessionFactory.create_batch(30, edition=edition)
    session = SessionFactory(edition=edition, title="Fial camp", starts_at=start)
    publish(edition, note="Le programme ouvre.")
    for other in others:
        other.title = f"Brouillon {other.code}"
        other.save()
    return session


@pytest.fixture
def page(browser: Browser, live_server) -> Page:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="fr-FR", java_script_enabled=False
    )
    cookie = client_of(UserFactory(is_superuser=True)).cookies["session"]
    context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
    return context.new_page()


def test_a_typo_is_published_alone_while_thirty_drafts_wait(page, session):
    page.goto(f"/admin/programme/session/{session.pk}/change/")
    page.fill("#id_title", "Fail camp")
    page.get_by_role("button", name="Enregistrer et continuer").first.click()
    page.get_by_role("link", name="Publier cette séance").click()
    expect(page.get_by_role("main")).to_contain_text("Fail camp")
    expect(page.get_by_role("main")).not_to_contain_text("Brouillon")
    page.get_by_label("Note").fill("Une faute corrigée.")
    page.get_by_role("button", name="Publier cette séance").click()

    page.goto("/semaine/programme/")
    expect(page.get_by_role("main")).to_contain_text("Fail camp")
    expect(page.get_by_role("main")).not_to_contain_text("Brouillon")
    page.goto("/admin/publishing/release/publier/")
    expect(page.get_by_role("heading", name="30 modifications à publier")).to_be_visible()


def test_a_session_is_cancelled_an_hour_before(page, session):
    RegistrationFactory.create_batch(2, session=session)

    page.goto(f"/admin/programme/session/{session.pk}/change/")
    page.get_by_role("link", name="Annuler la séance et publier").click()
    expect(page.get_by_role("main")).to_contain_text("2 personnes sont inscrites à cette séance")
    page.get_by_role("button", name="Annuler la séance et publier").click()

    page.goto(f"/semaine/seances/{session.code}/")
    expect(page.get_by_role("main")).to_contain_text("Cette séance est annulée.")
    expect(page.get_by_role("link", name="S’inscrire")).to_have_count(0)


def test_ticked_sessions_go_and_the_others_wait(page, session):
    page.goto("/admin/publishing/release/publier/")
    boxes = page.get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Voir les séances cochées seules").click()
    expect(page.get_by_role("heading", name="28 modifications resteront non publiées")).to_be_visible()
    page.get_by_label("Note").fill("Deux séances revues.")
    page.get_by_role("button", name="Publier ces séances").click()

    page.goto("/admin/publishing/release/publier/")
    expect(page.get_by_role("heading", name="28 modifications à publier")).to_be_visible()
