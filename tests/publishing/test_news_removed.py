"""“Nouveautés” tells of what left the programme, with all that left with it."""

import pytest

from publishing.publish import publish
from sessions.models import Session
from tests.factories import CandidacyFactory, EditionFactory, SessionFactory, SpeakerFactory


@pytest.mark.django_db
def test_a_session_that_leaves_with_its_only_speaker_is_told_as_removed(stranger):
    edition = EditionFactory(slug="demo", is_current=True)
    removed = SessionFactory(edition=edition, title="Fail camp")
    CandidacyFactory(session=removed, speaker=SpeakerFactory(name="Camille Pionnière"))
    SessionFactory(edition=edition, title="Procès")
    publish(edition, note="Ouverture.")
    Session.objects.filter(pk=removed.pk).update(status="design")
    publish(edition, note="Une séance de moins.")

    page = stranger.get("/demo/nouveautes/").content.decode()

    assert "Une séance de moins." in page
    assert page.count("Fail camp") == 1
