"""From the form to the mail to the personal page, as a person goes through it."""

import pytest
from django.utils import timezone

from registrations.holds import expire_holds
from registrations.models import Registration
from sessions.models import Session
from tests.registrations.conftest import form_data, link_in, sent


@pytest.fixture
def form_url(session):
    return f"/demo/seances/{session.code}/inscription/"


def taken(session) -> int:
    return Session.objects.get(pk=session.pk).seats_taken


def test_a_person_registers_confirms_and_cancels(stranger, session, form_url):
    answer = stranger.post(form_url, form_data(), follow=True)

    assert "alix@example.org" in answer.content.decode()
    registration = Registration.objects.get()
    assert (registration.state, registration.employer_name, registration.branch, taken(session)) == (
        "held",
        "Préfecture de l’Exemple",
        "local",
        1,
    )

    (hold,) = sent()
    assert hold.to == ["alix@example.org"]
    assert hold.subject.startswith("[Action requise]")
    assert "~" not in hold.subject + hold.body + hold.alternatives[0].content
    link = link_in(hold)

    assert "Confirmer mon inscription" in stranger.get(link).content.decode()
    assert Registration.objects.get().state == "held"  # opening the link changes nothing
    confirmed = stranger.post(link, {"action": "confirm"}, follow=True)
    assert "Votre inscription est confirmée." in confirmed.content.decode()
    (confirmation,) = sent()
    assert [name for name, _content, _type in confirmation.attachments] == [f"{session.code}.ics"]

    cancelled = stranger.post(link, {"action": "cancel"}, follow=True)
    assert "Votre désinscription est enregistrée." in cancelled.content.decode()
    assert taken(session) == 0
    assert len(sent()) == 1
    states = Registration.objects.get().transitions.values_list("from_state", "to_state", "actor")
    assert list(states) == [
        ("", "held", "person"),
        ("held", "confirmed", "person"),
        ("confirmed", "cancelled", "person"),
    ]


def test_an_expired_link_offers_the_seat_again(stranger, session, form_url):
    stranger.post(form_url, form_data())
    link = link_in(sent()[0])
    Registration.objects.update(expires_at=timezone.now())
    expire_holds()
    assert taken(session) == 0

    page = stranger.get(link)
    again = stranger.post(link, {"action": "again"}, follow=True)

    assert "S’inscrire à nouveau" in page.content.decode()
    assert "Votre inscription est confirmée." in again.content.decode()
    assert taken(session) == 1


def test_what_was_typed_comes_back_with_the_errors(stranger, form_url):
    answer = stranger.post(form_url, form_data(email="alix@", first_name="Alix\x07")).content.decode()

    assert "<title>Erreur" in answer
    assert 'value="alix@"' in answer
    assert Registration.objects.count() == 0


def test_an_employer_out_of_the_list_needs_its_branch_and_region(stranger, form_url):
    answer = stranger.post(form_url, form_data(employer="Mairie inconnue"))

    assert set(answer.context["form"].errors) == {"branch", "region"}
    assert '<details class="form-part stack" open' in answer.content.decode()

    stranger.post(form_url, form_data(employer="Mairie inconnue", branch="local", region="53"))
    registration = Registration.objects.get()
    assert (registration.employer, registration.employer_name, registration.region) == (None, "Mairie inconnue", "53")


def test_the_employer_is_found_whatever_the_accents(stranger, form_url):
    stranger.post(form_url, form_data(employer="prefecture de l'exemple"))

    assert Registration.objects.get().employer_name == "Préfecture de l’Exemple"
