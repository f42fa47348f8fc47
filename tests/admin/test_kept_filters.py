"""The list that somebody came from stays with them: over the pages of a session, and back to the list."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.urls import reverse
from lxml import html

from publishing.publish import publish
from sessions.models import Session
from tests.admin.change_forms import fields_of
from tests.factories import EditionFactory, SessionFactory

LIST = reverse("admin:programme_session_changelist")
FILTERS = "status__exact=approved&o=-1"
KEPT = f"_changelist_filters={quote(FILTERS, safe='')}"


@pytest.fixture
def session(db) -> Session:
    session = SessionFactory(edition=EditionFactory(is_current=True), title="Fail camp", seats=10)
    publish(session.edition, note="Première version.")
    session.title = "Fail camp, le soir"
    session.save()
    return session


def page(session: Session, word: str) -> str:
    return f"{LIST}{session.pk}/{word}/?{KEPT}"


def filters_of(address: str) -> str:
    """Those that the address carries along, or, when it is that of the list, that it shows."""
    parts = urlsplit(address)
    return parts.query if parts.path == LIST else "".join(parse_qs(parts.query).get("_changelist_filters", []))


def links(content: str) -> list[str]:
    """To the pages of sessions, save what the menu and the saved lists offer."""
    found = html.fromstring(content).xpath(
        "//*[@class='breadcrumbs']//a/@href | //*[@id='content-main']//a[not(ancestor::nav)]/@href"
        " | //ul[@class='object-tools']//a/@href"
    )
    return [address for address in found if urlsplit(address).path.startswith(LIST)]


@pytest.mark.parametrize(
    "word", ["change", "history", "publier", "reporter", "annuler", "revenir", "archiver", "delete"]
)
def test_every_link_of_a_session_keeps_the_list_that_one_came_from(project_lead, session, word):
    found = links(project_lead.get(page(session, word)).content.decode())

    assert found
    assert {address: filters_of(address) for address in found} == dict.fromkeys(found, FILTERS)


@pytest.mark.parametrize("word", ["publier", "annuler", "reporter", "revenir", "archiver"])
def test_what_is_done_on_a_session_leads_back_with_the_list(project_lead, session, word):
    address = page(session, word)
    sent = fields_of(project_lead.get(address)) | {"note": "Une note"}

    response = project_lead.post(address, sent)

    assert (response.status_code, filters_of(response["Location"])) == (302, FILTERS)


def test_so_do_restoring_and_duplicating(project_lead, session):
    restore = page(session, f"history/{session.history.last().pk}/retablir")
    restored = project_lead.post(restore, fields_of(project_lead.get(restore)))
    duplicate = f"{LIST}dupliquer/?ids={session.pk}&{KEPT}"
    sent = fields_of(project_lead.get(duplicate))
    copied = project_lead.post(html.fromstring(project_lead.get(duplicate).content).xpath("//form/@action")[-1], sent)

    assert [filters_of(response["Location"]) for response in (restored, copied)] == [FILTERS, FILTERS]


def test_an_action_of_the_list_leads_back_to_its_filters(project_lead, session):
    other = SessionFactory(edition=session.edition)
    chosen = project_lead.post(
        f"{LIST}?{FILTERS}", {"action": "duplicate_several", "_selected_action": [session.pk, other.pk]}
    )
    content = chosen.content.decode()

    done = project_lead.post(html.fromstring(content).xpath("//form/@action")[-1], fields_of(chosen))

    assert set(map(filters_of, links(content))) == {FILTERS}
    assert filters_of(done["Location"]) == FILTERS
