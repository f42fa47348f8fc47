"""The referent's list of accessibility needs, which nobody else opens, finds, counts or takes away."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registrations import access_needs
from registrations.models import AccessNeed
from tests.admin.test_every_page import REFERENT, ROLES
from tests.conftest import client_of
from tests.factories import AccessNeedFactory, EditionFactory, RegistrationFactory, SessionFactory

LIST = reverse("admin:registrations_accessneed_changelist")
NEED = "Une boucle magnétique"


@pytest.fixture
def referent(staff) -> Client:
    return client_of(staff(REFERENT))


@pytest.fixture
def need(db) -> AccessNeed:
    edition = EditionFactory(is_current=True)
    return AccessNeedFactory(registration__session=SessionFactory(edition=edition), need=NEED)


def page_of(need: AccessNeed) -> str:
    return reverse("admin:registrations_accessneed_change", args=[need.pk])


def handling(need: AccessNeed) -> str:
    return reverse("admin:registrations_accessneed_handle", args=[need.pk])


def read(client: Client, need: AccessNeed) -> dict[str, str]:
    return {"read": client.get(page_of(need)).context["stamp"]}


def test_the_dashboard_counts_for_the_referent_what_the_list_holds(referent, need):
    edition = need.registration.session.edition
    handled = RegistrationFactory(session__edition=edition)
    AccessNeedFactory(registration=handled, state="handled", handled_at=timezone.now())
    AccessNeedFactory(registration=RegistrationFactory(session__edition=edition, state="cancelled"))
    AccessNeedFactory()  # of another edition

    lines = referent.get(reverse("admin:index")).context["lines"]

    (line,) = [line for line in lines if line.label == "besoins d’accessibilité à traiter"]
    assert (line.count, line.waits_for) == (1, REFERENT)
    assert list(referent.get(line.url).context["cl"].result_list) == [need]


@pytest.mark.parametrize("role", ROLES)
def test_no_other_role_is_told_of_needs_or_guesses_them_by_filtering(staff, need, role):
    client = client_of(staff(role))

    dashboard = client.get(reverse("admin:index"))
    assert "besoins d’accessibilité" not in dashboard.content.decode()
    assert client.get(LIST).status_code == client.get(page_of(need)).status_code == 403
    assert client.post(handling(need)).status_code == 403
    registrations = reverse("admin:registrations_registration_changelist")
    guess = client.get(f"{registrations}?access_need__need__startswith=Une")
    assert guess.status_code in (400, 403)


def test_an_export_of_registrations_holds_no_need(project_lead, need):
    answer = project_lead.post(reverse("admin:registrations_registration_export"))

    lines = b"".join(answer.streaming_content).decode()
    assert need.registration.email in lines
    assert NEED not in lines


def test_no_search_finds_a_need_not_even_for_the_referent(referent, need):
    found = referent.get(reverse("admin:search"), {"q": "magnétique"}).content.decode()
    listed = referent.get(LIST, {"q": "magnétique"})

    assert need.registration.last_name not in found
    assert listed.status_code == 200


def test_the_referent_notes_it_as_handled_and_takes_it_up_again(referent, need):
    referent.post(handling(need), read(referent, need))
    need.refresh_from_db()
    handled = (need.state, need.handled_by, need.handled_at is not None)
    told = referent.get(LIST).content.decode()

    referent.post(handling(need), {"again": "1"})
    need.refresh_from_db()

    assert handled == ("handled", referent.get(LIST).wsgi_request.user.get_username(), True)
    assert "Traité par" in told
    assert (need.state, need.handled_by) == ("asked", "")


def test_what_the_person_changed_since_it_was_read_is_not_noted_as_handled(referent, need):
    stamp = read(referent, need)
    AccessNeed.objects.update(need="Des sous-titres", consented_at=timezone.now())

    answer = referent.post(handling(need), stamp, follow=True).content.decode()

    assert "Des sous-titres" in answer
    assert "relisez-le" in answer
    assert AccessNeed.objects.get().state == "asked"


def test_a_need_that_was_taken_back_meanwhile_is_not_found(referent, need):
    access_needs.withdraw(need.registration)

    assert referent.post(handling(need)).status_code == 404


def test_no_history_nor_log_of_the_administration_keeps_the_words(superuser_client, need):
    superuser_client.post(handling(need), read(superuser_client, need))

    history = reverse("admin:registrations_accessneed_history", args=[need.pk])
    assert NEED not in superuser_client.get(history).content.decode()
    assert str(need) == str(need.registration)
