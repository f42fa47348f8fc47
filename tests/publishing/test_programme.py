"""The document: what it holds, what it never holds, and that it opens for ever."""

import datetime as dt
import json
from pathlib import Path

import pytest

from publishing.build import build
from publishing.programme import SCHEMA, AccessList, from_json, sha256, to_json
from sessions.models import Session
from speakers.models import Candidacy
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
    at,
)

pytestmark = pytest.mark.django_db

NOW = at(8)
OLD_RELEASES = Path(__file__).parent / "releases"


def programme_of(edition):
    return build(edition, at=NOW)


def test_document_survives_json_unchanged():
    session = SessionFactory(audiences=[AudienceFactory()], text="**Gras**", course="1. Ouvrir\n2. Clore")
    CandidacyFactory(session=session)
    SessionFactory(edition=session.edition, starts_at=None, room=None)
    programme = programme_of(session.edition)

    read = from_json(to_json(programme))

    assert read == programme
    assert read.schema == SCHEMA


def test_equal_documents_have_equal_bytes_whatever_the_order_of_rows():
    edition = EditionFactory()
    for title in ["B", "A", "C"]:
        SessionFactory(edition=edition, title=title)
    first = to_json(programme_of(edition))

    for session in Session.objects.order_by("-title"):
        session.save()

    assert sha256(to_json(programme_of(edition))) == sha256(first)


def test_draft_sessions_and_unconfirmed_people_are_not_in_the_document():
    public = SessionFactory(title="Publique")
    edition = public.edition
    SessionFactory(edition=edition, title="Brouillon secret", status=Session.Status.DESIGN)
    SessionFactory(edition=edition, title="En validation", status=Session.Status.REVIEW)
    SessionFactory(edition=edition, title="Annulée avant d’être connue", status=Session.Status.CANCELLED)
    SessionFactory(title="D’une autre édition")
    CandidacyFactory(session=public, speaker__name="Camille Certaine")
    CandidacyFactory(session=public, speaker__name="Dominique Hésitante", stage=Candidacy.Stage.INTERESTED)

    programme = programme_of(edition)

    assert [item.title for item in programme.items] == ["Publique"]
    assert [person.name for person in programme.people] == ["Camille Certaine"]


def test_what_is_private_is_not_in_the_document():
    session = SessionFactory(internal_note="À ne pas dire", seats=12)
    CandidacyFactory(session=session, note="Note privée", speaker__email="camille@prive.example")

    document = to_json(programme_of(session.edition))

    assert "À ne pas dire" not in document
    assert "Note privée" not in document
    assert "camille@prive.example" not in document
    assert '"seats"' not in document  # live: not a fact of the release


def test_texts_are_sanitised_once():
    session = SessionFactory(
        text='# Titre\n\n<script>alert(1)</script>\n\n<p onclick="x()">Texte</p>\n\n[lien](javascript:x)'
    )

    [item] = programme_of(session.edition).items

    assert item.text.startswith("<h3>Titre</h3>")
    assert "Texte" in item.text
    for danger in ["<script", "alert", "onclick", 'href="javascript']:
        assert danger not in item.text


def test_build_takes_the_same_number_of_queries_for_one_session_and_for_many(django_assert_num_queries):
    edition = EditionFactory()
    for _n in range(2):
        CandidacyFactory(session=SessionFactory(edition=edition, audiences=[AudienceFactory()]))
    with django_assert_num_queries(5):
        programme_of(edition)
    for _n in range(3):
        CandidacyFactory(session=SessionFactory(edition=edition, audiences=[AudienceFactory()]))

    with django_assert_num_queries(5):
        programme_of(edition)


def test_a_session_over_midnight_belongs_to_the_day_it_begins():
    night = SessionFactory(starts_at=at(23, day=1), ends_at=at(2, day=2))

    [day] = programme_of(night.edition).days

    assert day.date == night.edition.starts_on.replace(day=at(23, day=1).day)


def test_a_session_overseas_is_told_in_the_time_of_its_venue():
    reunion = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))
    session = SessionFactory(room=reunion, starts_at=at(22, day=1), ends_at=at(23, day=1))

    programme = programme_of(session.edition)

    [item] = programme.items
    assert programme.date_of(item) == at(0, day=2).date()  # 22:00 in Paris is 01:00 the day after


def test_roles_take_the_form_the_person_chose():
    session = SessionFactory()
    for form in ["masculine", "feminine"]:
        CandidacyFactory(
            session=session, role__name="président", role__name_feminine="présidente", speaker__role_form=form
        )

    [item] = programme_of(session.edition).items

    assert sorted(part.label for part in item.parts) == ["président", "présidente"]


def test_index_is_in_order_of_family_names():
    session = SessionFactory()
    for name in ["Sacha Modèle", "Alix Témoin", "Camille Exemple", "Noa Ébauche"]:
        CandidacyFactory(session=session, speaker=SpeakerFactory(name=name, sort_name=""))

    people = programme_of(session.edition).people

    assert [person.index_name for person in people] == [
        "Ébauche, Noa",
        "Exemple, Camille",
        "Modèle, Sacha",
        "Témoin, Alix",
    ]


def test_sequences_come_in_the_order_staff_chose():
    edition = EditionFactory()
    SequenceFactory(edition=edition, title="Seconde", position=2)
    SequenceFactory(edition=edition, title="Première", position=1)

    assert [thread.title for thread in programme_of(edition).threads] == ["Première", "Seconde"]


def test_a_document_of_a_newer_software_is_refused_by_its_version():
    data = json.loads(to_json(programme_of(EditionFactory())))
    data["schema"] = SCHEMA + 1

    with pytest.raises(ValueError, match=f"schema {SCHEMA + 1}, newer than {SCHEMA}"):
        from_json(json.dumps(data))


@pytest.mark.parametrize("schema", range(1, SCHEMA))
def test_a_release_of_each_older_schema_opens_and_is_kept_again_in_the_newest(schema):
    programme = from_json((OLD_RELEASES / f"schema_{schema}.json").read_text())

    assert programme.schema == SCHEMA
    assert [item.title for item in programme.items] == ["Trois échecs, trois rebonds", "Bureau du futur"]
    assert from_json(to_json(programme)) == programme


def test_in_releases_made_before_there_were_slots_no_session_is_one():
    programme = from_json((OLD_RELEASES / "schema_1.json").read_text())

    assert {item.is_slot for item in programme.items} == {False}
    assert {thread.one_slot_per_person for thread in programme.threads} == {True}
    assert programme.openings == ()


def test_the_document_tells_slots_and_whether_a_person_takes_one_of_them():
    sequence = SequenceFactory(one_slot_per_person=False)
    SessionFactory(edition=sequence.edition, sequence=sequence, is_slot=True)

    programme = programme_of(sequence.edition)

    [item], [thread] = programme.items, programme.threads
    assert (item.is_slot, thread.one_slot_per_person) == (True, False)


def test_in_releases_made_before_there_were_access_lists_no_venue_wants_one():
    programme = from_json((OLD_RELEASES / "schema_2.json").read_text())

    assert programme.places
    assert {(place.access_list, place.identity_notice) for place in programme.places} == {(None, "")}


def test_the_document_tells_what_the_venue_wants_to_know_and_to_see():
    session = SessionFactory(
        room__venue__has_access_list=True,
        room__venue__access_list_hours=24,
        room__venue__access_list_email=True,
        room__venue__access_list_recipient="Poste de garde",
        room__venue__identity_notice="Une carte d’identité.",
    )

    programme = programme_of(session.edition)

    [place], [item] = programme.places, programme.items
    assert (place.access_list, place.identity_notice) == (
        AccessList(24, ("employer", "email")),
        "Une carte d’identité.",
    )
    assert programme.access_list_closes_at(item.slot) == session.starts_at - dt.timedelta(hours=24)
    assert "Poste de garde" not in to_json(programme)
