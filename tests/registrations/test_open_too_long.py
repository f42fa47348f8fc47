"""A page open for too long, or a browser that refuses cookies: nothing is done, and what was typed comes back."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from innovation_week import errors
from registrations import participants
from registrations.models import AccessNeed, Registration, Unclaimed
from registrations.services import register
from sessions.models import Session
from tests.factories import InvitationFactory
from tests.registrations.conftest import applicant, form_data

NEED = {"access_need": "Une place près de la scène", "access_consent": "on"}
TOO_LONG = "ouverte depuis trop longtemps"


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def registration(published) -> Registration:
    return register(published, applicant(), now=timezone.now())


def sent_again(client: Client, address: str, data: dict[str, str], answer) -> int:
    """With the token of the page that came back."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())
    assert token
    return int(client.post(address, data | {"csrfmiddlewaretoken": token.group(1)}).status_code)


def assert_given_back(client: Client, address: str, data: dict[str, str], words: str) -> None:
    before = list(Registration.objects.values()), AccessNeed.objects.count()

    answer = client.post(address, data)
    page = answer.content.decode()

    assert (answer.status_code, TOO_LONG in page, words in page) == (403, True, True)
    assert "no-store" in answer["Cache-Control"]
    assert NEED["access_need"] not in str(answer.cookies)
    assert (list(Registration.objects.values()), AccessNeed.objects.count()) == before
    assert not Unclaimed.objects.exists()
    assert sent_again(client, address, data, answer) == 302


def test_the_public_form_with_its_need(strict, session):
    address = f"/demo/seances/{session.code}/inscription/"

    assert_given_back(strict, address, form_data(first_name="Zoé") | NEED, NEED["access_need"])


@pytest.mark.parametrize("words", ['value="Zoé"', NEED["access_need"], "invite@example.org"])
def test_the_form_of_an_invitation_with_its_need(strict, session, words):
    Session.objects.update(eligibility="invitation")
    invitation = InvitationFactory(session=session)

    address = f"/invitations/{invitation.link.token}/"

    assert_given_back(strict, address, form_data("invite@example.org", first_name="Zoé") | NEED, words)
    assert Registration.objects.get().invitation == invitation


def test_an_invitation_that_is_over_gives_nothing_back(strict, session):
    Session.objects.update(eligibility="invitation")
    revoked = InvitationFactory(session=session, revoked_at=timezone.now())
    for token, status in ((revoked.link.token, 410), ("x" * 43, 404)):
        answer = strict.post(f"/invitations/{token}/", form_data(first_name="Zoé"))

        assert (answer.status_code, "Zoé" in answer.content.decode()) == (status, False)


def test_declining_an_invitation_says_that_nothing_was_sent(strict, session):
    Session.objects.update(eligibility="invitation")
    invitation = InvitationFactory(session=session)

    answer = strict.post(f"/invitations/{invitation.link.token}/", {"decline": "1"})

    invitation.refresh_from_db()
    assert (answer.status_code, "n’a pas été envoyé" in answer.content.decode()) == (403, True)


def test_the_correction_of_an_address(strict, session):
    address = f"/demo/seances/{session.code}/inscription/"
    page = strict.get(address)
    sent_again(strict, address, form_data("alix@example.org"), page)

    assert_given_back(strict, f"{address}courriel/", {"email": "sacha@example.org"}, 'value="sacha@example.org"')
    assert Registration.objects.get().email == "sacha@example.org"


def test_a_correction_without_anything_to_correct_leads_to_the_form(strict, session):
    address = f"/demo/seances/{session.code}/inscription/"

    assert strict.post(f"{address}courriel/", {"email": "sacha@example.org"})["Location"] == address


def test_the_request_for_links(strict, session):
    assert_given_back(strict, "/inscriptions/", {"email": "sacha@example.org"}, 'value="sacha@example.org"')


def test_the_need_on_the_page_of_a_registration(strict, registration):
    address = f"/inscriptions/{registration.link.token}/"

    assert_given_back(strict, address, NEED | {"need": "1"}, NEED["access_need"])
    assert AccessNeed.objects.get().need == NEED["access_need"]


def test_a_button_on_the_page_of_a_registration(strict, registration):
    address = f"/inscriptions/{registration.link.token}/"

    assert_given_back(strict, address, {"action": "confirm"}, "Confirmer mon inscription")


def test_a_link_that_opens_nothing_gives_nothing_back(strict, registration):
    answer = strict.post("/inscriptions/inconnu/", NEED | {"need": "1"})

    assert (answer.status_code, NEED["access_need"] in answer.content.decode()) == (404, False)


def test_a_name_in_the_space_of_a_person(strict, registration):
    address = f"/espace/{participants.of(registration).link.token}/"

    assert_given_back(strict, address, {"first_name": "Zoé", "last_name": "Corrigée"}, 'value="Corrigée"')


def test_each_page_that_takes_words_gives_them_back():
    """Those of buttons only say that nothing was sent."""
    names = {
        f"registrations:{name}" for name in get_resolver("registrations.urls").reverse_dict if isinstance(name, str)
    }
    buttons = {"registrations:slot", "registrations:data"}
    read_only = {
        "registrations:calendar",
        "registrations:employers",
        "registrations:scanned",
        "registrations:session_file",
        "registrations:ticket",
    }

    assert names - buttons - read_only == errors.GIVE_BACK.keys()
