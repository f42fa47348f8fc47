"""What the page of a session says of its publication."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from publishing.admin.this_session import fields_beside, publishing_state
from publishing.publish import publish
from sessions.models import Session
from tests.factories import CandidacyFactory, EditionFactory, RoomFactory, SessionFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return EditionFactory(is_current=True)


def asked() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    return request


def fields(session: Session) -> dict[str, tuple[str, str]]:
    found = fields_beside(asked(), Session.objects.get(pk=session.pk))
    return {name: (words.public, words.draft) for name, words in found.items()}


def test_each_field_of_the_form_that_differs_is_told_with_what_is_public(edition):
    session = SessionFactory(edition=edition, title="Fail camp", room=RoomFactory(name="Une", venue__name="Musée"))
    publish(edition, note="Ouverture")
    session.title, session.text, session.captions = "Le fail camp", "Un *texte*.", True
    session.starts_at, session.ends_at = at(14), at(15)
    session.room = RoomFactory(name="Deux", venue=session.room.venue)
    session.save()
    person = CandidacyFactory(session=session, role__name="pionnier", speaker__name="Camille Exemple")

    found = fields(session)

    assert set(found) == {"title", "text", "captions", "starts_at", "ends_at", "room", "candidacies"}
    assert found["title"] == ("Fail camp", "Le fail camp")
    assert found["text"] == ("–", "Un texte.")
    assert found["captions"] == ("Non", "Oui")
    assert found["room"] == ("Une, Musée", "Deux, Musée")
    assert found["candidacies"] == ("–", f"{person.speaker.name} (pionnier)")
    assert "14\xa0h" in found["starts_at"][1]


def test_nothing_stands_beside_a_session_that_is_not_public(edition):
    assert fields(SessionFactory(edition=edition)) == {}


def test_a_field_that_acts_at_once_is_never_unpublished(edition):
    session = SessionFactory(edition=edition)
    publish(edition, note="Ouverture")
    session.seats, session.registration_opens_at, session.internal_note = 12, at(8), "Interne"
    session.save()

    state = publishing_state(asked(), session)

    assert (state["is_public"], state["is_unpublished"]) == (True, False)


def test_a_changed_page_of_a_person_is_an_unpublished_change_of_their_session(edition):
    session = SessionFactory(edition=edition)
    speaker = CandidacyFactory(session=session).speaker
    publish(edition, note="Ouverture")
    speaker.biography = "Une biographie."
    speaker.save()

    state = publishing_state(asked(), session)

    assert (state["is_unpublished"], state["beside"].pages) == (True, (speaker.name,))


def test_the_state_of_a_session_asks_as_much_in_a_large_edition(edition):
    session = SessionFactory(edition=edition)
    for number in (1, 6):
        SessionFactory.create_batch(number, edition=edition)
        publish(edition, note="Séances")
        with CaptureQueriesContext(connection) as queries:
            rows = Session.objects.select_related("edition", "sequence__format", "format", "room__venue")
            publishing_state(asked(), rows.get(pk=session.pk))
        assert len(queries) == 5  # two read the session and, once for each release, its document
