"""One search box: what each role may see, found by code, title, person, address and ticket; nothing more."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from innovation_week.back_office.search import MOST
from registrations.tickets import code_of, grouped
from sessions.models import Session
from tests.admin.test_every_page import inline_code
from tests.factories import (
    DeliverableFactory,
    EditionFactory,
    MessageFactory,
    RegistrationFactory,
    RoomFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    SpeakerFactory,
    TaskFactory,
    UserFactory,
)

SEARCH = "/admin/recherche/"


def names(client, words: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What is found, by kind: in the chosen edition, in the others."""
    context = client.get(SEARCH, {"q": words}).context
    here, elsewhere = (
        {kind.name: [row.name for row in kind.rows] for kind in context[part]} for part in ("here", "elsewhere")
    )
    return here, elsewhere


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, name="Semaine à venir")


@pytest.fixture
def session(edition):
    return SessionFactory(edition=edition, title="L’École des ratés", sequence__title="Fail camp")


def test_every_kind_is_found_without_accents_nor_capitals(project_lead, session):
    SequenceFactory(edition=session.edition, title="Écoles ouvertes")
    SpeakerFactory(name="Zoé Écolier")
    RegistrationFactory(session=session, first_name="Nicole", last_name="Ecolini")
    RoomFactory(name="Salle de l’école", venue__name="Maison")

    here, elsewhere = names(project_lead, "ÉCOL")

    assert here == {
        "Séances": ["L’École des ratés"],
        "Séquences": ["Écoles ouvertes"],
        "Intervenants": ["Zoé Écolier"],
        "Salles": ["Salle de l’école (Maison)"],
        "Inscriptions": ["Nicole Ecolini"],
    }
    assert elsewhere == {}


def test_what_is_prepared_and_who_is_written_to_is_found_too(project_lead, session):
    """A title, a person or an address, wherever it stands."""
    TaskFactory(edition=session.edition, title="Réserver l’hôtel de l’école")
    DeliverableFactory(edition=session.edition, title="Bilan de l’école")
    ServiceFactory(session=session, contact_name="Zoé Écolier", contact_email="zoe@ecole.example")
    MessageFactory(to="ada@ecole.example", subject="Votre inscription")
    UserFactory(first_name="Noé", last_name="Colegra", email="noe@ecole.example", username="noe")

    found = names(project_lead, "ecole")[0]

    assert {kind: found.get(kind) for kind in ("Tâches", "Livrables", "Prestations", "Messages", "Utilisateurs")} == {
        "Tâches": ["Réserver l’hôtel de l’école"],
        "Livrables": ["Bilan de l’école"],
        "Prestations": ["Traiteur"],
        "Messages": ["Votre inscription"],
        "Utilisateurs": ["noe"],
    }


def test_a_message_or_a_colleague_is_for_those_who_may_read_them(editor, session):
    MessageFactory(to="ada@ecole.example", subject="Votre inscription")
    UserFactory(email="noe@ecole.example")

    assert names(editor, "@ecole.example") == ({}, {})


def test_each_word_is_sought_in_every_field(project_lead, session):
    RegistrationFactory(session=session, first_name="Nicole", last_name="Durand")
    RegistrationFactory(session=session, first_name="Nicole", last_name="Martin")

    assert names(project_lead, "durand nicole")[0] == {"Inscriptions": ["Nicole Durand"]}


def test_the_chosen_edition_comes_first_and_the_others_below_with_their_name(reader, session):
    old = EditionFactory(name="Semaine passée")
    SessionFactory(edition=old, title="École de 2018")

    here, elsewhere = names(reader, "ecole")
    html = reader.get(SEARCH, {"q": "ecole"}).content.decode()

    assert here == {"Séances": ["L’École des ratés"]}
    assert elsewhere == {"Séances": ["École de 2018"]}
    assert html.index("L’École des ratés") < html.index("Autres éditions") < html.index("École de 2018")
    assert "Semaine passée" in html


@pytest.mark.parametrize("change", [str, str.lower, lambda code: f"  {code} "])
def test_a_whole_code_opens_its_page(reader, session, change):
    response = reader.get(SEARCH, {"q": change(session.code)})

    assert response["Location"] == reverse("admin:programme_session_change", args=[session.pk])


@pytest.mark.parametrize("form", [str, str.lower, grouped, lambda code: grouped(code).lower().replace(" ", "-")])
def test_a_ticket_opens_its_registration_for_those_who_see_registrations(receptionist, editor, session, form):
    registration = RegistrationFactory(session=session)
    typed = form(code_of(registration))

    allowed = receptionist.get(SEARCH, {"q": typed})
    refused = editor.get(SEARCH, {"q": typed})

    assert allowed["Location"] == reverse("admin:registrations_registration_change", args=[registration.pk])
    assert (refused.status_code, refused.context["here"], refused.context["elsewhere"]) == (200, [], [])


def test_the_address_of_a_registrant_is_for_those_who_see_registrations(receptionist, reader, session):
    RegistrationFactory(session=session, first_name="Ada", last_name="Agent", email="ada@ville.example")

    assert names(receptionist, "ada@ville.example")[0] == {"Inscriptions": ["Ada Agent"]}
    assert names(reader, "ada@ville.example") == ({}, {})
    assert names(reader, "Agent") == ({}, {})


def test_the_address_of_a_speaker_finds_nobody_for_those_who_only_look(recruiter, reader, receptionist, edition):
    SpeakerFactory(name="Zoé Écolier", email="zoe@laboratoire.example")

    assert names(recruiter, "zoe@laboratoire")[0] == {"Intervenants": ["Zoé Écolier"]}
    assert names(reader, "zoe@laboratoire") == ({}, {})
    assert names(reader, "ecolier")[0] == {"Intervenants": ["Zoé Écolier"]}
    assert names(receptionist, "ecolier") == ({}, {})
    assert b"zoe@laboratoire.example" not in reader.get(SEARCH, {"q": "ecolier"}).content


def test_rows_are_bounded_and_say_that_there_are_more(reader, session):
    same = {"edition": session.edition, "sequence": session.sequence, "format": session.format}
    SessionFactory.create_batch(MOST + 5, title="Répétition", **same)

    (kind,) = reader.get(SEARCH, {"q": "repetition"}).context["here"]

    assert (len(kind.rows), kind.count) == (MOST, f"{MOST}+")


def test_the_chosen_edition_is_not_pushed_out_by_the_others(reader, session):
    old = SessionFactory(title="École", starts_at=session.starts_at - dt.timedelta(days=400))
    same = {"edition": old.edition, "sequence": old.sequence, "format": old.format, "starts_at": old.starts_at}
    SessionFactory.create_batch(MOST, title="École", **same)

    here, elsewhere = names(reader, "ecole")

    assert here == {"Séances": [session.title]}
    assert len(elsewhere["Séances"]) == MOST - 1


def test_queries_are_few_whatever_is_found(superuser_client, session):
    def count(words: str) -> int:
        superuser_client.get(SEARCH, {"q": words})
        with CaptureQueriesContext(connection) as queries:
            superuser_client.get(SEARCH, {"q": words})
        return len(queries)

    nothing = count("introuvable")
    same = {"edition": session.edition, "sequence": session.sequence, "format": session.format}
    for other in SessionFactory.create_batch(5, title="École", **same):
        RegistrationFactory(session=other, last_name="École")
        SpeakerFactory(name="École")
        SessionFactory(title="École")

    assert count("ecole") == nothing
    assert nothing < 20


@pytest.mark.parametrize("words", ["", "e", "(", "((((", "\x00école", ".*", "%", "a " * 90, "\\", "é" * 300])
def test_any_words_get_a_page(reader, session, words):
    assert reader.get(SEARCH, {"q": words}).status_code == 200


def test_the_box_stands_on_every_page_and_its_page_obeys_the_policy(reader, session):
    listed = reader.get("/admin/programme/session/").content.decode()
    found = reader.get(SEARCH, {"q": "<script>alert(1)</script> ecole"}).content.decode()

    assert 'role="search"' in listed
    assert 'for="search-words"' in listed
    assert inline_code(found) == []


def test_a_stranger_finds_nothing(stranger, session):
    assert stranger.get(SEARCH, {"q": session.code})["Location"] == f"/admin/login/?next={SEARCH}%3Fq%3D{session.code}"


def test_searching_changes_nothing(reader, session):
    assert reader.post(SEARCH, {"q": session.code}).status_code == 405
    assert Session.objects.get() == session
