"""The door, on a telephone: what a ticket is told, one button, and its undoing."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from innovation_week.dates import clock
from publishing.publish import publish
from registrations.models import Registration
from registrations.tickets import code_of, grouped
from sessions.models import Session
from tests.admin.test_every_page import inline_code
from tests.conftest import client_of
from tests.factories import AccountLimitFactory, EditionFactory, RegistrationFactory, SequenceFactory, SessionFactory

LIST = "/admin/registrations/registration/"


@pytest.fixture
def registration(db) -> Registration:
    """Confirmed, of a session that begins in half an hour."""
    edition = EditionFactory(slug="demo", is_current=True, starts_on=timezone.localdate() - dt.timedelta(days=1))
    session = SessionFactory(edition=edition, title="Fail camp", starts_at=timezone.now() + dt.timedelta(minutes=30))
    publish(edition, note="Première version.")
    Session.objects.filter(pk=session.pk).update(seats_taken=1)
    return RegistrationFactory(session=session, first_name="Alix", last_name="Témoin", email="alix@example.org")


@pytest.fixture
def address(registration) -> str:
    return f"{LIST}pointage/{code_of(registration)}/"


def told(client: Client, address: str) -> str:
    """The verdict."""
    return client.get(address).content.decode().split("<h1>")[-1].split("</h1>")[0]


def test_a_valid_ticket_is_let_in_with_one_button_then_greeted(receptionist, registration, address):
    page = receptionist.get(address).content.decode()
    welcome = receptionist.post(address, follow=True)

    for words in ["Billet valable", "Alix Témoin", "1 personne", "Fail camp", "Faire entrer"]:
        assert words in page
    assert "Bienvenue" in welcome.content.decode()
    registration.refresh_from_db()
    assert registration.state == "present"
    assert registration.transitions.get().actor.startswith("user")


def test_the_second_time_the_door_says_when(receptionist, registration, address):
    receptionist.post(address)
    second = receptionist.post(address)
    registration.refresh_from_db()
    arrived_at = registration.arrived_at.astimezone(registration.session.time_zone)

    assert second["Location"] == address
    assert told(receptionist, address) == f"Déjà entré à {clock(arrived_at)}"
    assert registration.transitions.count() == 1


def test_a_greeting_that_is_loaded_again_later_says_when(receptionist, registration, address):
    receptionist.post(address)
    Registration.objects.update(arrived_at=timezone.now() - dt.timedelta(minutes=2))

    assert told(receptionist, f"{address}?bienvenue=1").startswith("Déjà entré à")


def test_an_entry_is_undone_from_the_page_that_made_it(receptionist, registration, address):
    receptionist.post(address)
    page = receptionist.post(address, {"action": "undo"}, follow=True).content.decode()

    assert "L’entrée est annulée." in page
    assert told(receptionist, address) == "Billet valable"


def test_another_session_is_said_and_may_be_let_in_all_the_same(receptionist, registration, address):
    Session.objects.update(
        starts_at=timezone.now() + dt.timedelta(hours=5), ends_at=timezone.now() + dt.timedelta(hours=6)
    )
    publish(registration.session.edition, note="Déplacée")

    page = receptionist.get(address).content.decode()

    assert told(receptionist, address) == "Autre séance"
    assert "Faire entrer quand même" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("cancelled", "Billet plus valable"), ("expired", "Billet plus valable"), ("no_show", "Noté absent")],
)
def test_what_ended_is_said_by_its_name(receptionist, registration, address, state, words):
    Registration.objects.update(state=state)

    page = receptionist.get(address).content.decode()

    assert told(receptionist, address) == words
    assert ("Faire entrer" in page) == (state == "no_show")


def test_who_waits_is_told_their_place(receptionist, registration, address):
    Registration.objects.update(state="waiting", queued_at=timezone.now())

    page = receptionist.get(address).content.decode()

    assert told(receptionist, address) == "En liste d’attente"
    assert "Rang sur la liste\xa0: 1" in page
    assert "Faire entrer" not in page


@pytest.mark.parametrize("code", ["K7PM3QXA9RTB", "n-importe-quoi"])
def test_an_unknown_ticket_is_said_to_be_so(receptionist, registration, code):
    answer = receptionist.get(f"{LIST}pointage/{code}/")

    assert answer.status_code == 404
    assert "Billet inconnu" in answer.content.decode()
    assert receptionist.post(f"{LIST}pointage/{code}/").status_code == 404


def test_a_code_that_is_typed_opens_the_ticket(receptionist, registration, address):
    typed = grouped(code_of(registration)).lower()

    assert receptionist.get(f"{LIST}pointage/", {"code": typed})["Location"] == address
    assert "Code du billet" in receptionist.get(f"{LIST}pointage/").content.decode()


def test_a_ticket_of_an_account_s_other_sequence_is_unknown_to_it(staff, registration, address):
    user = staff("Accueil")
    sequence = SequenceFactory(edition=registration.session.edition)
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[sequence])
    client = client_of(user)

    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_who_sees_no_registration_sees_no_door(editor, address):
    assert editor.get(address).status_code == 403
    assert editor.get(f"{LIST}pointage/").status_code == 403
    assert editor.post(address).status_code == 403


def test_only_a_form_of_the_site_lets_in(staff, registration, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff("Accueil"), backend="innovation_week.accounts.AccountBackend")

    assert strict.post(address).status_code == 403
    assert told(strict, address) == "Billet valable"
    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_the_door_obeys_the_strict_policy_and_asks_few_questions(receptionist, address, django_assert_max_num_queries):
    receptionist.get(address)
    with django_assert_max_num_queries(12):
        page = receptionist.get(address)

    assert inline_code(page.content.decode()) == []


def test_the_list_and_the_registration_lead_to_the_door(receptionist, registration, address):
    assert f'href="{LIST}pointage/"' in receptionist.get(LIST).content.decode()
    assert f'href="{address}"' in receptionist.get(f"{LIST}{registration.pk}/change/").content.decode()
