"""The staff registers somebody: as anybody is, and by whom is kept."""

import pytest
from django.urls import reverse
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations.models import Answer, Registration
from registrations.published import PublishedSession, find
from registrations.services import register
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    EmployerFactory,
    QuestionFactory,
    SequenceFactory,
    SessionFactory,
)
from tests.registrations.conftest import applicant, begins, form_data, sent, this_week


@pytest.fixture
def published(db) -> PublishedSession:
    edition = EditionFactory(is_current=True, slug="demo", **this_week())
    EmployerFactory(edition=edition, name="Préfecture de l’Exemple")
    session = SessionFactory(edition=edition, title="Fail camp", seats=2, **begins(days=9))
    publish(edition, note="Première version.")
    found = find("demo", session.code)
    assert found
    return found


@pytest.fixture
def address(published) -> str:
    return f"{reverse('admin:registrations_registration_add')}?session={published.row().pk}"


def by_hand(**values: str) -> dict[str, str]:
    return form_data(**({"language": "fr", "outcome": "held"} | values))


def test_the_session_is_chosen_first(logistician, published, address):
    choice = logistician.get(reverse("admin:registrations_registration_add")).content.decode()
    form = logistician.get(address).content.decode()

    assert 'name="session"' in choice
    assert 'name="first_name"' not in choice
    for word in ["Fail camp", 'name="first_name"', "Préfecture de l’Exemple", 'name="outcome"']:
        assert word in form


def test_a_seat_is_held_as_for_anybody(logistician, address, published):
    done = logistician.post(address, by_hand(language="en"))

    registration = Registration.objects.get()
    assert done["Location"] == reverse("admin:registrations_registration_change", args=[registration.pk])
    assert (registration.state, registration.language) == ("held", "en")
    assert registration.employer.name == "Préfecture de l’Exemple"
    assert registration.transitions.get().actor.startswith("user")
    assert [mail.subject.startswith("[Action required]") for mail in sent()] == [True]


def test_a_seat_is_confirmed_at_once_when_the_staff_vouches_for_the_address(logistician, address):
    logistician.post(address, by_hand(outcome="confirmed"))

    assert Registration.objects.get().state == "confirmed"
    assert [message.kind for message in Message.objects.all()] == ["registration_confirmed"]
    assert Session.objects.get().seats_taken == 1


def test_questions_may_be_answered_and_none_stands_in_the_way(logistician, address, published):
    question = QuestionFactory(format=published.row().format, text="Votre repas", is_required=True)
    assert "Votre repas" in logistician.get(address).content.decode()

    logistician.post(address, by_hand())
    logistician.post(address, by_hand(email="b@example.org") | {f"question_{question.pk}": "Végétarien"})

    answers = list(Answer.objects.values_list("registration__email", "text"))
    assert (Registration.objects.count(), answers) == (2, [("b@example.org", "Végétarien")])


def test_a_full_session_refuses_or_lets_wait_as_for_anybody(logistician, address, published):
    for name in "ab":
        register(published, applicant(f"{name}@example.org"), now=timezone.now(), is_vouched_for=True)

    refused = logistician.post(address, by_hand(outcome="confirmed"))
    logistician.post(address, by_hand(outcome="confirmed", wait="on"))

    assert refused.context["form"].non_field_errors() == ["Cette séance est complète."]
    assert Registration.objects.get(email="alix@example.org").state == "waiting"


def test_a_session_whose_registration_is_closed_refuses_the_staff_too(logistician, address):
    Session.objects.update(registration_closes_at=timezone.now())

    page = logistician.post(address, by_hand())

    assert page.context["form"].non_field_errors() == ["Les inscriptions à cette séance sont closes."]


def test_who_is_registered_already_is_shown_and_nothing_changes(logistician, address, published):
    known = register(published, applicant(), now=timezone.now(), is_vouched_for=True)

    page = logistician.post(address, by_hand(last_name="Autre"), follow=True)

    assert "Cette personne était déjà inscrite" in page.content.decode()
    assert page.redirect_chain[-1][0] == reverse("admin:registrations_registration_change", args=[known.pk])
    assert Registration.objects.get().last_name == "Témoin"


def test_an_employer_that_resembles_others_is_chosen_among_them(logistician, address):
    page = logistician.post(address, by_hand(employer="prefecture"))

    assert "meant" in page.context["form"].errors
    assert 'name="meant"' in page.content.decode()


def test_somebody_at_the_door_is_registered_as_present(receptionist, address):
    before = receptionist.get(address).content.decode()
    Session.objects.update(**begins(hours=1))
    publish(Session.objects.get().edition, note="Aujourd’hui")

    receptionist.post(address, by_hand(outcome="present"))

    registration = Registration.objects.get()
    assert 'value="present"' not in before
    assert registration.state == "present"
    assert Message.objects.count() == 0


def test_an_unpublished_session_is_to_be_published_first(logistician, published):
    draft = SessionFactory(edition=published.edition, title="Brouillon")

    page = logistician.get(
        reverse("admin:registrations_registration_add"), {"session": draft.pk}, follow=True
    ).content.decode()

    assert "«\u00a0Brouillon\u00a0» n’est pas publiée" in page


@pytest.mark.parametrize("role", ["Éditorial", "Intervenants", "Lecture"])
def test_other_roles_register_nobody(staff, role, address):
    client = client_of(staff(role))

    assert client.get(address).status_code == 403
    assert client.post(address, by_hand()).status_code == 403
    assert Registration.objects.count() == 0


def test_an_account_limited_to_other_sequences_registers_nobody_here(staff, address, published):
    user = staff("Logistique")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[SequenceFactory(edition=published.edition)])

    page = client_of(user).post(address, by_hand())

    assert 'name="first_name"' not in page.content.decode()
    assert Registration.objects.count() == 0


def test_somebody_who_may_not_register_is_registered_with_a_note_only(logistician, address):
    without_rule = logistician.get(address).content.decode()
    Session.objects.update(eligibility="domains", eligible_domains="gouv.fr")

    refused = logistician.post(address, by_hand()).content.decode()
    assert not Registration.objects.exists()
    logistician.post(address, by_hand(pass_note="Oratrice de la séance."))

    assert 'name="pass_note"' not in without_rule
    assert "réservée aux adresses électroniques de ce domaine" in refused
    transition = Registration.objects.get().transitions.get()
    assert (transition.to_state, transition.reason) == ("held", "Oratrice de la séance.")
