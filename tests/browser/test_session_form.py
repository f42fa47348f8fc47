"""What JavaScript adds to the form of a session."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from sessions.models import Session
from tests.conftest import client_of
from tests.factories import RoleFactory, SessionFactory, at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> Session:
    session = SessionFactory(edition__is_current=True, title="Fail camp", text="Un *texte*.", starts_at=at(23))
    RoleFactory(format=session.format, name="pionnier", required=2)
    return session


@pytest.fixture
def complaints(page: Page, live_server, session, superuser) -> list[str]:
    """The form is open; what the console says against it."""
    name = settings.SESSION_COOKIE_NAME
    cookie = client_of(superuser).cookies[name].value
    page.context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.goto(f"{live_server.url}/admin/programme/session/{session.pk}/change/")
    return found


def test_characters_are_counted_and_a_text_is_read_as_the_public_will(page, complaints):
    row = page.locator("#row-text")
    row.locator("textarea").fill("Un **mot**.<img src=x onerror=alert(1)>")
    row.get_by_role("button", name="Prévisualiser").click()

    expect(row.locator(".count")).to_have_text("39 caractères")
    expect(row.locator(".preview-text strong")).to_have_text("mot")
    assert row.locator(".preview-text img").count() == 0
    assert complaints == []


def test_the_end_follows_what_is_typed(page, complaints):
    page.locator("#id_length").fill("90")

    expect(page.locator(".field-end .readonly")).to_have_text(re.compile(r"^mardi .*, 0 h 30$"))
    assert complaints == []


def test_adding_somebody_leads_to_the_empty_line_of_the_role(page, complaints, session):
    page.locator("#roles").get_by_role("link", name="Ajouter").click()

    line = page.locator("#candidacies-0")
    expect(line.locator(".select2-selection")).to_be_focused()
    expect(line.locator("select[name$=role] option:checked")).to_have_text("pionnier")
    assert complaints == []


def test_the_head_does_not_cover_what_has_the_focus(page, complaints):
    """Going backwards through the form, each field is scrolled into sight under the head."""
    page.locator("#id_internal_note").focus()
    for _field in range(25):
        page.keyboard.press("Shift+Tab")
        covered = page.evaluate(
            """() => {
              const head = document.getElementById("session-head");
              const field = document.activeElement;
              const top = field.getBoundingClientRect().top;
              return !head.contains(field) && top < head.getBoundingClientRect().bottom - 1;
            }"""
        )
        assert not covered
