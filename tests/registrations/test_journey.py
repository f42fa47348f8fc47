"""From the form to the mail to the personal page, as a person goes through it."""

import pytest
from django.utils import timezone
from django.utils.html import escape

from registrations.holds import expire_holds
from registrations.models import Branch, Employer, Region, Registration
from sessions.models import Session
from tests.factories import EmployerFactory
from tests.registrations.conftest import form_data, link_in, sent
from tests.theme.markup import elements


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


@pytest.fixture
def prefecture(session) -> Employer:
    EmployerFactory(edition=session.edition, name="Mairie de l’Exemple", branch=Branch.LOCAL, region=Region.BRE)
    return Employer.objects.get(name="Préfecture de l’Exemple")


def choices(answer) -> list[str]:
    """What « Vouliez-vous dire » proposes; nothing when the page does not ask."""
    form = answer.context["form"]
    return [str(words) for _value, words in form.fields["meant"].widget.choices] if "meant" in form.fields else []


def checked(answer) -> list[str]:
    inputs = elements(answer.content.decode(), "input")
    return [it.attributes["value"] for it in inputs if "checked" in it.attributes]


@pytest.mark.parametrize("typed", ["prefec", "EXEMP préf", "Préf. de l'Ex"])
def test_an_employer_that_resembles_is_proposed_and_all_that_was_typed_is_kept(
    stranger, form_url, session, prefecture, typed
):
    EmployerFactory(name="Préfecture d’une autre édition, exemple de l’ex")
    answer = stranger.post(form_url, form_data(employer=typed))

    page = answer.content.decode()
    assert choices(answer) == ["Préfecture de l’Exemple", "Autre employeur"]
    assert answer.context["form"].errors == {"meant": ["Choisissez ici votre employeur, ou «\xa0Autre employeur\xa0»."]}
    assert 'href="#id_meant_0"' in page
    assert 'id="id_meant_0"' in page
    for kept in ["Alix", "Témoin", "alix@example.org", escape(typed)]:
        assert f'value="{kept}"' in page
    assert Registration.objects.count() == 0

    stranger.post(form_url, form_data(employer=typed, meant=str(prefecture.pk)))
    registration = Registration.objects.get()
    kept = (registration.employer, registration.employer_name, registration.branch, registration.region)
    assert kept == (prefecture, "Préfecture de l’Exemple", "local", "53")


def test_another_employer_takes_one_step_more(stranger, form_url, prefecture):
    answer = stranger.post(form_url, form_data(employer="Préfecture"))
    assert '<details class="form-part stack" open' in answer.content.decode()

    forgotten = stranger.post(form_url, form_data(employer="Préfecture", meant="other"))
    assert set(forgotten.context["form"].errors) == {"branch", "region"}
    assert checked(forgotten) == ["other"]

    stranger.post(form_url, form_data(employer="Préfecture", meant="other", branch="state", region="11"))
    registration = Registration.objects.get()
    assert (registration.employer, registration.employer_name, registration.region) == (None, "Préfecture", "11")


def test_a_branch_and_a_region_say_at_once_that_the_employer_is_another(stranger, form_url, prefecture):
    stranger.post(form_url, form_data(employer="Préfecture", branch="state", region="11"))

    assert Registration.objects.get().employer is None


def test_a_choice_that_does_not_go_with_the_name_does_not_count(stranger, form_url, session, prefecture):
    elsewhere = EmployerFactory(name="Préfecture d’une autre édition")
    for forged in [elsewhere.pk, Employer.objects.get(name="Mairie de l’Exemple").pk, "\0", "x"]:
        answer = stranger.post(form_url, form_data(employer="prefec", meant=forged))
        assert set(answer.context["form"].errors) == {"meant"}

    unknown = stranger.post(form_url, form_data(employer="Lycée inconnu", meant=prefecture.pk))
    assert choices(unknown) == []
    assert set(unknown.context["form"].errors) == {"branch", "region"}

    stranger.post(form_url, form_data(employer="mairie de l'exemple", meant=prefecture.pk))
    assert Registration.objects.get().employer_name == "Mairie de l’Exemple"


def test_a_choice_is_kept_with_the_errors_of_other_fields(stranger, form_url, prefecture):
    answer = stranger.post(form_url, form_data(email="alix@", employer="prefec", meant=prefecture.pk))

    assert set(answer.context["form"].errors) == {"email"}
    assert checked(answer) == [str(prefecture.pk)]


def test_many_employers_that_resemble_are_counted_and_the_nearest_come_first(stranger, form_url, session):
    for number in range(1, 10):
        EmployerFactory(edition=session.edition, name=f"Direction {number} du lycée")
    EmployerFactory(edition=session.edition, name="Lycée de l’Exemple")

    answer = stranger.post(form_url, form_data(employer="lycee"))

    proposed = ["Lycée de l’Exemple", *(f"Direction {number} du lycée" for number in range(1, 8))]
    assert choices(answer) == [*proposed, "Autre employeur"]
    assert "10 employeurs de la liste ressemblent à ce nom" in answer.content.decode()


@pytest.mark.parametrize("typed", ["…", "!!!"])
def test_signs_alone_resemble_nothing(stranger, form_url, typed):
    answer = stranger.post(form_url, form_data(employer=typed))

    assert set(answer.context["form"].errors) == {"branch", "region"}
