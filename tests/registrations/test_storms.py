"""Limits that an office behind one address does not hit, and a field that only machines fill in."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from outbox.models import Message
from registrations import seats
from registrations.models import Registration, Unclaimed
from registrations.services import register
from tests.registrations.conftest import applicant, form_data, sent

OFFICE = "192.0.2.7"
TRAP = {"further_notice": "https://machine.example"}


@pytest.fixture
def form_url(session) -> str:
    seats.set_capacity(session, 2000)
    return f"/demo/seances/{session.code}/inscription/"


def from_office(path: str, data: dict[str, str]):
    """A browser of its own, behind the address that all of the office shares."""
    return Client(REMOTE_ADDR=OFFICE).post(path, data)


def outcome(page) -> tuple[int, str]:
    return page.status_code, re.sub(r"[a-z]+\d*@example\.org", "X", page.content.decode() + page.get("Location", ""))


def test_two_hundred_colleagues_of_one_network_register_within_an_hour_and_ask_for_their_links(form_url):
    codes = {from_office(form_url, form_data(f"agent{number}@example.org")).status_code for number in range(200)}
    sent()
    links = [from_office("/inscriptions/", {"email": f"agent{number}@example.org"}) for number in range(200)]

    assert codes == {302}
    assert Registration.objects.count() == 200
    assert {answer["Location"] for answer in links} == {"/inscriptions/?envoi=1"}
    assert Message.objects.filter(kind="registration_links").count() == 200


def test_one_address_typed_again_and_again_is_refused_and_its_neighbours_are_not(form_url):
    answers = [from_office(form_url, form_data("tambour@example.org")) for _time in range(31)]
    neighbour = from_office(form_url, form_data("voisine@example.org"))

    assert {answer.status_code for answer in answers[:30]} == {302}
    assert answers[30].status_code == 429
    assert "Trop de demandes en peu de temps" in answers[30].content.decode()
    assert neighbour.status_code == 302


@pytest.mark.parametrize("path", ["form", "links"])
def test_a_network_that_hammers_is_refused_in_words_and_another_is_not(form_url, path, monkeypatch):
    address = {"form": form_url, "links": "/inscriptions/"}[path]
    typed = [form_data(f"p{number}@example.org") for number in range(4)]
    monkeypatch.setattr("registrations.views.form.MAILS_PER_NETWORK", 3)
    monkeypatch.setattr("registrations.views.personal.REQUESTS_PER_NETWORK", 3)

    answers = [from_office(address, each) for each in typed]
    elsewhere = Client(REMOTE_ADDR="198.51.100.1").post(address, typed[3])

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Trop de demandes en peu de temps" in answers[3].content.decode()
    assert elsewhere.status_code == 302


def test_the_field_that_only_machines_fill_in_stands_on_each_public_form_that_writes(client, form_url):
    client.post(form_url, form_data("alix@example.org"))
    pages = [client.get(path).content.decode() for path in (form_url, f"{form_url}courriel/", "/inscriptions/")]
    pages.append(client.get("/inscriptions/inconnu/").content.decode())

    for page in pages:
        (field,) = re.findall(r'<input[^>]*name="further_notice"[^>]*>', page)
        assert 'tabindex="-1"' in field
        assert 'autocomplete="off"' in field
        assert "required" not in field


def test_a_machine_that_fills_it_in_is_answered_like_a_person_and_nothing_is_written(client, stranger, form_url):
    key = re.search(r'name="key" value="([^"]+)"', client.get(form_url).content.decode())[1]
    person = client.post(form_url, form_data("alix@example.org", key=key), follow=True)
    before = Registration.objects.count(), Message.objects.count()

    machine = stranger.post(form_url, form_data("sacha@example.org") | TRAP, follow=True)
    corrected = stranger.post(f"{form_url}courriel/", {"email": "autre@example.org"} | TRAP)
    links = stranger.post("/inscriptions/", {"email": "alix@example.org"} | TRAP)

    assert machine.redirect_chain == person.redirect_chain
    bare = [
        re.sub(r'(name="csrfmiddlewaretoken"[^>]*value=")[^"]*', r"\1", outcome(page)[1]) for page in (machine, person)
    ]
    assert bare[0] == bare[1]
    assert (corrected.status_code, corrected["Location"]) == (302, f"{form_url}courriel/")
    assert (links.status_code, links["Location"]) == (302, "/inscriptions/?envoi=1")
    assert (Registration.objects.count(), Message.objects.count(), Unclaimed.objects.count()) == (*before, 0)


def test_a_machine_leaves_one_line_in_the_log_each_time_without_anything_of_a_person(client, form_url, caplog):
    client.post(form_url, form_data("alix@example.org"))
    before = list(caplog.records)
    client.post(form_url, form_data("sacha@example.org", first_name="Zoé") | TRAP)
    client.post(f"{form_url}courriel/", {"email": "autre@example.org"} | TRAP)
    client.post("/inscriptions/", {"email": "alix@example.org"} | TRAP)

    assert before == []
    assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "registrations.trap",
            "WARNING",
            f"A machine filled in the hidden field of a form: nothing is written ({form}).",
        )
        for form in ("RegistrationForm", "CorrectionForm", "EmailForm")
    ]


def test_a_machine_corrects_no_registration_of_its_browser(client, form_url):
    client.post(form_url, form_data("alix@example.org"))

    client.post(f"{form_url}courriel/", {"email": "autre@example.org"} | TRAP)

    assert Registration.objects.get().email == "alix@example.org"


def test_a_machine_is_shown_its_mistakes_as_anybody(stranger, form_url):
    page = stranger.post(form_url, form_data("pas une adresse") | TRAP)

    assert page.status_code == 200
    assert Registration.objects.count() == 0


def test_the_staff_has_no_such_field(superuser_client, published):
    registration = register(published, applicant(), now=timezone.now())

    page = superuser_client.get(f"/admin/registrations/registration/add/?session={registration.session_id}")

    assert 'name="further_notice"' not in page.content.decode()
