"""Nothing of the back-office has to be pushed sideways to be read: at a desk, and on a phone."""

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Browser, Page

from sessions.models import Edition
from tests.conftest import client_of
from tests.factories import UserFactory

# Once is enough: what a page measures depends on no database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

# Boxes that scroll sideways, but those that a screen reader alone reads.
PUSHED = """() => [document.documentElement, ...document.querySelectorAll('main *')]
  .filter(box => box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 1)
  .filter(box => box === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(box).overflowX))
  .map(box => `${box.tagName}.${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""


def addresses(edition: Edition) -> list[str]:
    """Every list, and the forms with lines."""
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    ]
    session = edition.sessions.filter(candidacies__isnull=False).first()
    assert session is not None
    forms = [
        reverse("admin:programme_session_change", args=[session.pk]),
        reverse("admin:programme_format_change", args=[session.format_id]),
        reverse("admin:venues_venue_change", args=[session.room.venue_id]),
    ]
    return [*lists, reverse("admin:programme_session_changelist") + "?q=S", *forms]


@pytest.fixture
def page(browser: Browser, live_server, db) -> Page:
    context = browser.new_context(base_url=live_server.url, locale="fr-FR")
    cookie = client_of(UserFactory(is_superuser=True)).cookies["session"]
    context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
    return context.new_page()


def test_no_list_and_no_line_is_pushed_sideways(page, populate):
    asked, pushed = addresses(populate(3)), []

    for address in asked:
        page.goto(address)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            pushed += [(address, width, box) for box in page.evaluate(PUSHED)]

    assert "\n".join(map(str, pushed)) == ""


def test_the_tables_of_a_history_have_the_same_columns(page, populate):
    session = populate(3).sessions.filter(candidacies__isnull=False).first()

    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto(reverse("admin:programme_session_history", args=[session.pk]))

    heads = "tables => tables.map(table => [...table.rows[0].cells].map(head => Math.round(head.offsetLeft)))"
    columns = page.eval_on_selector_all("main table", heads)
    assert len(columns) > 1
    assert len(set(map(tuple, columns))) == 1
