"""A colleague is registered with their own address; their mail says by whom, and only they confirm."""

import pytest
from django.utils import timezone

from outbox.outside import WORD_JOINER
from registrations.models import Registration
from registrations.services import register
from tests.conftest import client_of
from tests.factories import UserFactory
from tests.registrations.conftest import applicant, form_data, link_in, sent


@pytest.fixture
def form_url(session):
    return f"/demo/seances/{session.code}/inscription/"


def by(name: str = "Camille Collègue", email: str = "Camille@Example.org") -> dict[str, str]:
    return {"registrar_name": name, "registrar_email": email}


def test_the_mail_goes_to_the_colleague_alone_and_says_by_whom(stranger, form_url):
    page = stranger.post(form_url, form_data("alix@example.org", **by()), follow=True).content.decode()

    registration = Registration.objects.get()
    assert (registration.email, registration.registered_by_name, registration.registered_by_email) == (
        "alix@example.org",
        "Camille Collègue",
        "camille@example.org",
    )
    assert "alix@example.org" in page
    (mail,) = sent()
    assert mail.to == ["alix@example.org"]
    for sent_words in (mail.body, mail.alternatives[0].content):
        words = sent_words.replace(WORD_JOINER, "")
        assert "camille@example.org" not in sent_words  # typed outside: text, never a link
        assert "Camille Collègue (camille@example.org) a rempli cette inscription pour vous." in words
        assert "Personne d’autre que vous ne peut la confirmer." in words
    assert registration.state == "held"
    own_page = stranger.get(link_in(mail)).content.decode()
    assert "Inscription faite par Camille Collègue" in own_page


def test_who_registers_themselves_is_told_of_nobody(stranger, form_url):
    stranger.post(form_url, form_data())

    (mail,) = sent()
    assert "pour vous" not in mail.body
    assert Registration.objects.get().registered_by_name == ""


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"registrar_name": "Camille"}, "Indiquez aussi votre propre adresse"),
        ({"registrar_email": "camille@example.org"}, "Indiquez aussi votre propre nom"),
        (by(email="ALIX@example.org"), "C’est votre propre adresse"),
        (by(name="Gagnez sur www.exemple.fr"), "Écrivez seulement un nom"),
        (by(name="https://exemple.fr"), "Écrivez seulement un nom"),
        (by(name="42"), "au moins une lettre"),
        (by(email="camille@"), "Il manque quelque chose"),
    ],
)
def test_what_is_missing_or_no_name_comes_back_with_the_part_open(stranger, form_url, values, error):
    page = stranger.post(form_url, form_data("alix@example.org", **values)).content.decode()

    assert error in page
    assert "J’inscris un collègue" in page
    assert Registration.objects.count() == 0
    assert page.count('<details class="form-part stack" open>') == 1


def test_correcting_the_address_keeps_who_registered_them(stranger, form_url):
    stranger.post(form_url, form_data("alix@gmial.com", **by()))
    stranger.post(f"{form_url}courriel/", {"email": "alix@gmail.com"})

    assert Registration.objects.get().registered_by_name == "Camille Collègue"
    assert "Camille Collègue" in sent()[-1].body


def test_the_mail_of_the_waiting_list_says_it_too(published, session):
    register(published, applicant("a@example.org"), now=timezone.now())
    register(published, applicant("b@example.org"), now=timezone.now())
    person = applicant(registered_by_name="Camille Collègue", registered_by_email="camille@example.org")
    register(published, person, now=timezone.now(), wait=True)

    mail = next(mail for mail in sent() if mail.to == ["alix@example.org"])
    assert "Camille Collègue (camille@example.org) a rempli" in mail.body.replace(WORD_JOINER, "")


def test_the_staff_sees_who_registered_whom(published):
    person = applicant(registered_by_name="Camille Collègue", registered_by_email="camille@example.org")
    registration = register(published, person, now=timezone.now())
    client = client_of(UserFactory(is_superuser=True))

    page = client.get(f"/admin/registrations/registration/{registration.pk}/change/").content.decode()

    assert "Camille Collègue (camille@example.org)" in page
