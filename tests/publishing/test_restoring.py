"""The draft of a session brought back to what the public sees."""

import pytest
from django.core.exceptions import ValidationError

from publishing.publish import publish
from publishing.restoring import restore
from publishing.this_session import beside
from sessions.models import Session
from speakers.models import Candidacy
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    FormatFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    at,
)

pytestmark = pytest.mark.django_db

MARKDOWN = "# Un titre\n\nDu *texte*, et une [adresse](https://example.org).\n"


@pytest.fixture
def session(db) -> Session:
    session = SessionFactory(title="Fail camp", text=MARKDOWN, captions=True, audiences=[AudienceFactory()])
    role = RoleFactory(format=session.format)
    for position, stage in enumerate(["confirmed", "prepared"]):
        CandidacyFactory(session=session, role=role, stage=stage, position=position)
    publish(session.edition, note="Ouverture")
    return session


def candidacies(session: Session) -> list[tuple[int, str]]:
    return list(session.candidacies.order_by("position", "pk").values_list("speaker", "stage"))


def upset(session: Session) -> None:
    """Change everything that a release holds of it, and what acts at once."""
    session.title, session.text, session.course, session.note = "Autre", "Autre", "Autre", "Autre"
    session.captions, session.sign_language, session.is_online, session.is_slot = False, True, True, True
    session.starts_at, session.ends_at, session.room = at(14), at(15), RoomFactory()
    session.sequence, session.status = SequenceFactory(edition=session.edition), Session.Status.REVIEW
    session.format = FormatFactory()
    session.seats, session.internal_note = 7, "Interne"
    session.save()
    session.audiences.set([AudienceFactory()])
    first, second = session.candidacies.order_by("position")
    first.stage = Candidacy.Stage.WITHDRAWN
    first.save()
    second.delete()
    CandidacyFactory(session=session, stage=Candidacy.Stage.CONFIRMED)


def test_everything_that_a_release_holds_comes_back_as_it_was_typed(session):
    before = Session.objects.values().get(pk=session.pk)
    audiences, cast = set(session.audiences.all()), [speaker for speaker, _stage in candidacies(session)]
    upset(session)

    found = restore(session)

    after = Session.objects.values().get(pk=session.pk)
    assert (after.pop("seats"), after.pop("internal_note")) == (7, "Interne")
    assert after == {name: value for name, value in before.items() if name not in ("seats", "internal_note")}
    assert after["text"] == MARKDOWN
    assert set(session.audiences.all()) == audiences
    assert [speaker for speaker, stage in candidacies(session) if stage in Candidacy.CONFIRMED] == cast
    assert [stage for speaker, stage in candidacies(session) if speaker not in cast] == [Candidacy.Stage.PROPOSED]
    assert not found.is_unpublished


def test_what_is_given_up_stays_in_the_history(session):
    upset(session)

    restore(session)

    assert [record.title for record in session.history.all()][:2] == ["Fail camp", "Autre"]


def test_it_goes_back_to_what_the_public_sees_now_and_not_to_the_first_release(session):
    session.text = "Deuxième *version*"
    session.save()
    publish(session.edition, note="Deuxième", only=[session.code])
    session.text = "Troisième"
    session.save()
    publish(session.edition, note="Une autre", only=[SessionFactory(edition=session.edition).code])

    restore(session)

    session.refresh_from_db()
    assert session.text == "Deuxième *version*"


def test_a_text_whose_source_is_lost_comes_back_as_what_the_public_reads(session):
    Session.history.all().delete()
    Session.objects.filter(pk=session.pk).update(text="Autre")
    item = beside(session).item

    restore(session)

    # The heading was shifted under those of the page: its HTML, typed, would be shifted again.
    session.refresh_from_db()
    assert (session.text, item.text[:4]) == ("Autre", "<h3>")
    assert "text" in beside(session).change.fields


def test_what_cannot_be_brought_back_is_told(session):
    room = session.room
    session.room = None
    session.save()
    room.slug, room.name = "autre-nom", "Autre nom"
    room.save()
    speaker = session.candidacies.first().speaker
    speaker.biography = "Autre biographie"
    speaker.save()

    found = restore(session)

    assert set(found.change.fields) == {"slot"}
    assert found.pages == (speaker.name,)


def test_without_the_right_on_candidacies_they_stay(session):
    upset(session)
    before = candidacies(session)

    found = restore(session, with_people=False)

    assert candidacies(session) == before
    assert set(found.change.fields) == {"parts"}


def test_a_session_that_is_not_public_has_nothing_to_go_back_to(session):
    with pytest.raises(ValidationError):
        restore(SessionFactory(edition=session.edition))
