"""The ticket: shown at the door, forwarded to a colleague, read by a camera or spelt."""

import logging
import re
from uuid import UUID

import pytest
from django.utils import timezone

from innovation_week.log_filters import MaskPersonalLinks
from outbox.links import PersonalLink
from publishing.publish import publish
from registrations import tickets
from registrations.links import opened_by, opened_by_ticket, ticket_link
from registrations.models import Registration
from registrations.services import cancel, confirm, register
from sessions.codes import ALPHABET
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import RegistrationFactory, SessionFactory, UserFactory
from tests.registrations.conftest import applicant, sent


@pytest.fixture
def registration(published) -> Registration:
    """Confirmed."""
    held = register(published, applicant(), now=timezone.now())
    confirm(held, published, now=timezone.now())
    return held


@pytest.fixture
def address(registration) -> str:
    return f"/billets/{ticket_link(registration).token}/"


# --- The code ---------------------------------------------------------------------------------------------------


def test_a_code_is_twelve_characters_that_nobody_misreads():
    registration = Registration(public_id=UUID("00000000-0000-4000-8000-000000000000"))
    other = Registration(public_id=UUID("ffffffff-ffff-4fff-bfff-ffffffffffff"))

    # 4, the version of the identifier, stands in the tenth and eleventh characters.
    assert tickets.code_of(registration) == "222222222322"
    assert tickets.code_of(other) == "ZZZZZZZZZX9Z"
    assert set("01IO") & set(ALPHABET) == set()
    assert tickets.grouped("K7PM3QXA9RTB") == "K7PM 3QXA 9RTB"


def test_codes_differ_where_identifiers_do():
    codes = {tickets.code_of(Registration()) for _each in range(2000)}

    assert len(codes) == 2000


@pytest.mark.parametrize(
    "typed", ["{0}", "{0} ", "{1}", "{2}", "{3}"], ids=["whole", "with a space", "in groups", "in small", "with dashes"]
)
def test_a_code_is_found_however_it_is_typed(session, typed):
    wanted, _other = RegistrationFactory.create_batch(2, session=session)
    code = tickets.code_of(wanted)
    forms = (code, tickets.grouped(code), code.lower(), "-".join([code[:2], code[2:7], code[7:]]))

    assert list(tickets.with_code(Registration.objects.all(), typed.format(*forms))) == [wanted]


@pytest.mark.parametrize("typed", ["", "K7PM", "K7PM 3QXA 9RT0", "K7PM 3QXA 9RTB X", "témoin témoin", "K7PM3QXA9RT\0"])
def test_what_is_no_code_finds_nobody(session, typed, django_assert_num_queries):
    RegistrationFactory(session=session)

    with django_assert_num_queries(0):
        assert list(tickets.with_code(Registration.objects.all(), typed)) == []


def test_the_picture_holds_an_address_of_this_site_in_capitals(settings):
    settings.SITE_URL = "https://semaine.example.org"

    assert tickets.address("K7PM3QXA9RTB") == "HTTPS://SEMAINE.EXAMPLE.ORG/B/K7PM3QXA9RTB"
    assert tickets.picture("K7PM3QXA9RTB").startswith("data:image/svg+xml")


# --- The page ---------------------------------------------------------------------------------------------------


def test_the_ticket_tells_who_what_when_where_and_its_code(stranger, registration, address, session):
    session.room.venue.access = "Métro Exemple"
    session.room.venue.accessibility = "Ascenseur à gauche"
    session.room.venue.save()
    Session.objects.filter(pk=session.pk).update(note="Apportez un carnet.")
    publish(session.edition, note="Précisions")

    html = stranger.get(address).content.decode()

    for told in ["Alix Témoin", "Pour 1 personne", "Fail camp", session.room.name, session.room.venue.name]:
        assert told in html
    for told in ["Métro Exemple", "Ascenseur à gauche", "Apportez un carnet.", "contact@example.org"]:
        assert told in html
    assert tickets.grouped(tickets.code_of(registration)) in html
    assert 'src="data:image/svg+xml' in html


def test_the_ticket_is_safe_to_forward(stranger, registration, address):
    answer = stranger.get(address)

    html = answer.content.decode()
    for secret in ["alix@example.org", "Mairie de l’Exemple", registration.link.token, "<form", "csrf"]:
        assert secret not in html
    assert stranger.post(address, {"action": "cancel"}).status_code == 405
    token = ticket_link(registration).token
    assert stranger.get(f"/inscriptions/{token}/").status_code == 404
    assert opened_by(token) is None
    assert opened_by_ticket(registration.link.token) is None
    assert opened_by_ticket(PersonalLink("ticket", registration.public_id, 2).token) is None
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex, nofollow")
    assert "no-store" in answer["Cache-Control"]


def test_a_revoked_ticket_no_longer_opens(stranger, registration, address):
    Registration.objects.update(link_version=2)

    assert stranger.get(address).status_code == 404


def test_a_ticket_of_what_was_cancelled_has_no_code(stranger, registration, published, address):
    cancel(registration, published, now=timezone.now())

    html = stranger.get(address).content.decode()

    assert "Ce billet n’est plus valable." in html
    assert "Alix" not in html
    assert "data:image" not in html


def test_a_ticket_of_a_held_seat_says_to_confirm_first(stranger, published):
    held = register(published, applicant(), now=timezone.now())

    html = stranger.get(f"/billets/{ticket_link(held).token}/").content.decode()

    assert "Ce billet devient valable quand l’inscription est confirmée" in html
    assert "data:image" not in html


@pytest.mark.parametrize(
    ("status", "told"), [("cancelled", "Cette séance est annulée."), ("postponed", "Cette séance est reportée")]
)
def test_a_ticket_of_a_session_that_is_called_off_says_so(stranger, registration, address, session, status, told):
    Session.objects.filter(pk=session.pk).update(status=status)
    publish(session.edition, note="Changement")

    html = stranger.get(address).content.decode()

    assert told in html
    assert "data:image" not in html


def test_a_ticket_of_a_session_that_left_the_programme_says_so(stranger, registration, address, session):
    SessionFactory(edition=session.edition)
    Session.objects.filter(pk=session.pk).update(status="design")
    publish(session.edition, note="Retrait")

    answer = stranger.get(address)

    assert answer.status_code == 200
    assert "Cette séance a été retirée du programme" in answer.content.decode()


def test_the_ticket_asks_the_database_a_fixed_number_of_questions(stranger, address, django_assert_max_num_queries):
    stranger.get(address)

    with django_assert_max_num_queries(3):
        stranger.get(address)


# --- Mails and the personal page ----------------------------------------------------------------------------------


def ticket_in(message) -> str:
    return re.search(r"/billets/[^/\s]+/", message.body)[0]


def test_the_mail_that_confirms_carries_the_ticket_beside_the_personal_link(stranger, registration):
    (confirmed,) = sent()  # the mail that asks to confirm came too late to leave

    assert registration.link.token in confirmed.body
    assert "Alix Témoin" in stranger.get(ticket_in(confirmed)).content.decode()
    html = confirmed.alternatives[0].content
    assert html.count(ticket_link(registration).token) == 1
    assert html.count(registration.link.token) == 1
    assert ">Mon billet</a>" in html


def test_who_registers_again_receives_the_ticket_again(registration, published):
    sent()
    register(published, applicant(), now=timezone.now())

    (again,) = sent()
    assert ticket_in(again) == f"/billets/{ticket_link(registration).token}/"
    assert "Mon billet" in again.alternatives[0].content


def test_the_personal_page_leads_to_the_ticket(stranger, registration, address):
    assert f'href="{address}"' in stranger.get(f"/inscriptions/{registration.link.token}/").content.decode()


# --- The address in the picture -----------------------------------------------------------------------------------


def test_a_scan_tells_a_stranger_the_same_of_every_code(stranger, registration):
    code = tickets.code_of(registration)
    known = stranger.get(f"/B/{code}").content.decode()
    unknown = stranger.get("/B/K7PM3QXA9RTB").content.decode()

    assert known.replace(code, "K7PM3QXA9RTB") == unknown
    for secret in ["Alix", "Fail camp", "alix@example.org"]:
        assert secret not in known


def test_a_scan_leads_reception_to_the_check_in(receptionist, registration):
    code = tickets.code_of(registration)

    assert receptionist.get(f"/B/{code}")["Location"] == f"/admin/registrations/registration/pointage/{code}/"


def test_a_scan_by_somebody_who_sees_no_registration_tells_what_it_tells_a_stranger(editor, registration):
    answer = editor.get(f"/B/{tickets.code_of(registration)}")

    assert answer.status_code == 200
    assert "Alix" not in answer.content.decode()


def test_a_scan_by_an_account_that_is_no_staff_leads_nowhere(registration):
    outsider = client_of(UserFactory(is_staff=False, is_superuser=True))

    assert outsider.get(f"/B/{tickets.code_of(registration)}").status_code == 200


@pytest.mark.parametrize("path", ["/billets/secret/", "/en/billets/secret/", "/B/secret", "/billets/secret/billet.pdf"])
def test_the_log_does_not_keep_what_opens_a_ticket(path):
    record = logging.LogRecord("django.server", logging.INFO, "", 0, "GET %s 200", (path,), None)
    MaskPersonalLinks().filter(record)

    assert "secret" not in record.getMessage()
    assert path.split("secret", 1)[0] in record.getMessage()
