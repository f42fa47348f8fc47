"""The staff changes the link of a session online: the form says who will be told, and they are."""

import pytest
from django.urls import reverse

from publishing.publish import publish
from sessions.models import Session
from tests.admin.change_forms import fields_of, opened
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory
from tests.registrations.conftest import sent

LINK = "https://visio.example.org/fail-camp"


@pytest.fixture
def session(db) -> Session:
    """Online and in a room; two people come online."""
    edition = EditionFactory(slug="demo", is_current=True)
    session = SessionFactory(edition=edition, title="Fail camp", is_online=True, connection_link=LINK)
    publish(edition, note="Ouverture.")
    RegistrationFactory.create_batch(2, session=session, is_online=True)
    RegistrationFactory(session=session)
    RegistrationFactory(session=session, is_online=True, held=True)
    return session


def address(session: Session) -> str:
    return reverse("admin:programme_session_change", args=[session.pk])


def test_the_form_says_how_many_will_be_told_and_saving_tells_them(editor, session):
    page = editor.get(address(session))

    answer = editor.post(
        address(session), fields_of(page) | {"connection_link": "visio.example.org/autre"}, follow=True
    )

    assert "Un changement part par courriel aux 2 personnes qui viennent en ligne." in page.content.decode()
    assert "2 personnes qui viennent en ligne sont prévenues par courriel" in answer.content.decode()
    assert ["https://visio.example.org/autre" in mail.body for mail in sent()] == [True, True]


def test_saving_anything_else_tells_nobody(editor, session):
    editor.post(address(session), opened(editor, address(session)) | {"lead": "Autre chose"}, follow=True)

    assert sent() == []
    assert Session.objects.get().lead == "Autre chose"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://visio.example.org/"])
def test_a_link_is_one_that_a_browser_opens(editor, session, link):
    answer = editor.post(address(session), opened(editor, address(session)) | {"connection_link": link})

    assert Session.objects.get().connection_link == LINK
    assert "connection_link" in answer.context["adminform"].form.errors


def test_an_earlier_link_brought_back_from_the_history_is_told_too(editor, session):
    before = session.history.first()
    session.connection_link = "https://visio.example.org/perdu"
    session.save()
    url = reverse("admin:programme_session_restore", args=[session.pk, before.pk])

    editor.post(url, fields_of(editor.get(url)))

    assert Session.objects.get().connection_link == LINK
    assert [LINK in mail.body for mail in sent()] == [True, True]
