"""Papers of a person, printed by the staff."""

import pytest

from publishing.publish import publish
from registrations.models import Registration
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory

LIST = "/admin/registrations/registration/"


@pytest.fixture
def registration(db) -> Registration:
    session = SessionFactory(edition=EditionFactory(slug="demo", is_current=True))
    publish(session.edition, note="Première version.")
    return RegistrationFactory(session=session)


@pytest.mark.parametrize("name", ["billet", "convocation"])
def test_reception_prints_the_papers_of_who_is_expected(receptionist, registration, name):
    page = receptionist.get(f"{LIST}{registration.pk}/change/").content.decode()
    paper = receptionist.get(f"{LIST}{registration.pk}/{name}.pdf")

    assert f'href="{LIST}{registration.pk}/{name}.pdf"' in page
    assert paper.content.startswith(b"%PDF-")
    assert "no-store" in paper["Cache-Control"]


def test_what_one_has_no_right_to_is_said_and_not_printed(receptionist, registration):
    Registration.objects.update(state="cancelled")
    page = receptionist.get(f"{LIST}{registration.pk}/change/").content.decode()
    answer = receptionist.get(f"{LIST}{registration.pk}/convocation.pdf", follow=True)

    assert ".pdf" not in page
    assert answer.redirect_chain == [(f"{LIST}{registration.pk}/change/", 302)]
    assert "ne donne pas droit à ce document" in answer.content.decode()


def test_who_sees_no_registration_prints_none(editor, registration):
    assert editor.get(f"{LIST}{registration.pk}/convocation.pdf").status_code == 403
