"""The space of a person: all that they asked for in an edition, behind a link of its own."""

import logging
import re

import pytest
from django.db import IntegrityError
from django.utils import timezone

from innovation_week.log_filters import MaskPersonalLinks
from publishing.publish import publish
from registrations import participants
from registrations.links import ticket_link
from registrations.models import Participant, Registration
from registrations.services import cancel, confirm, register
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory, at
from tests.registrations.conftest import applicant, link_in, sent


@pytest.fixture
def confirmed(published) -> Registration:
    held = register(published, applicant(), now=timezone.now())
    confirm(held, published, now=timezone.now())
    return held


@pytest.fixture
def participant(confirmed) -> Participant:
    return Participant.objects.get()


@pytest.fixture
def address(participant) -> str:
    return f"/espace/{participant.link.token}/"


def space_in(message) -> str:
    """The path of the space in a mail that left."""
    found = re.search(r"https?://[^/]+(/(?:en/)?espace/[^/]+/)", message.body)
    assert found
    return found.group(1)


def test_registering_makes_no_row_and_confirming_makes_one(published):
    held = register(published, applicant(), now=timezone.now())
    assert Participant.objects.count() == 0

    confirm(held, published, now=timezone.now())

    assert [str(each) for each in Participant.objects.all()] == ["alix@example.org"]


def test_the_mail_that_confirms_leads_to_the_space(stranger, confirmed):
    page = stranger.get(space_in(sent()[-1])).content.decode()

    assert "Mes inscriptions" in page
    assert "Fail camp" in page
    assert "alix@example.org" in page


def test_all_registrations_of_the_edition_stand_with_their_state_and_links(stranger, confirmed, session, address):
    other = SessionFactory(edition=session.edition, title="Procès", starts_at=at(14), seats=1)
    RegistrationFactory(session=other, email="alix@example.org", state="waiting", queued_at=timezone.now())
    RegistrationFactory(session=other, email="autre@example.org", last_name="Secret")
    RegistrationFactory(session=SessionFactory(title="Autre édition"), email="alix@example.org")
    publish(session.edition, note="Suite")

    page = stranger.get(address).content.decode()

    assert f'href="/inscriptions/{confirmed.link.token}/"' in page
    assert f'href="/billets/{ticket_link(confirmed).token}/"' in page
    assert page.count("/billets/") == 1  # nobody waits with a ticket
    assert "Procès" in page
    assert "En liste d’attente" in page
    assert "Secret" not in page
    assert "Autre édition" not in page


def test_who_came_finds_the_certificate_and_no_ticket(stranger, confirmed, session, address, monkeypatch):
    Registration.objects.update(state="present")
    late = session.ends_at + timezone.timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    page = stranger.get(address).content.decode()

    assert f'href="/inscriptions/{confirmed.link.token}/attestation.pdf"' in page
    assert "/billets/" not in page
    assert "Rien à venir." in page


def test_the_links_of_a_person_do_not_open_each_other(stranger, confirmed, participant):
    tokens = [confirmed.link.token, ticket_link(confirmed).token]

    assert [stranger.get(f"/espace/{token}/").status_code for token in tokens] == [404, 404]
    assert stranger.get(f"/inscriptions/{participant.link.token}/").status_code == 404
    assert stranger.get(f"/billets/{participant.link.token}/").status_code == 404


def test_a_forged_or_revoked_link_opens_a_page_that_helps(stranger, participant, address):
    forged = stranger.get(f"{address[:-4]}AAA/")
    Participant.objects.update(link_version=2)
    revoked = stranger.get(address)

    assert (forged.status_code, revoked.status_code) == (404, 410)
    assert "Recevoir à nouveau mon lien" in forged.content.decode()
    assert stranger.post(address, {"first_name": "A", "last_name": "B"}).status_code == 410


def test_the_space_is_neither_kept_nor_indexed_nor_told_to_other_sites(stranger, address):
    answer = stranger.get(address)

    assert (answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]) == (
        "strict-origin",
        "private, no-store",
        "noindex, nofollow",
    )


def test_the_links_of_spaces_are_masked_in_the_logs():
    mask = MaskPersonalLinks()
    lines = []
    for path in ("/espace/SECRET/", "/en/espace/SECRET/?x=1", "/espace/agenda/SECRET", "/espace/donnees/SECRET/"):
        record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", (path,), None)
        mask.filter(record)
        lines.append(record.getMessage())

    assert lines == [
        "GET /espace/[personal-link]/",
        "GET /en/espace/[personal-link]/?x=1",
        "GET /espace/agenda/[personal-link]",
        "GET /espace/donnees/[personal-link]/",
    ]


def test_opening_the_space_changes_nothing(stranger, address):
    before = [list(Registration.objects.values()), list(Participant.objects.values())]

    stranger.get(address)
    stranger.head(address)

    assert [list(Registration.objects.values()), list(Participant.objects.values())] == before


def test_the_space_asks_the_database_a_fixed_number_of_questions(
    stranger, session, address, django_assert_max_num_queries
):
    for number in range(4):
        other = SessionFactory(edition=session.edition, title=f"Séance {number}", starts_at=at(10, day=number))
        RegistrationFactory(session=other, email="alix@example.org")
    publish(session.edition, note="Suite")
    stranger.get(address)

    with django_assert_max_num_queries(3):
        stranger.get(address)


def test_a_name_is_corrected_everywhere_in_the_edition_and_history_tells(stranger, confirmed, session, address):
    other = RegistrationFactory(session=SessionFactory(edition=session.edition), email="alix@example.org")
    elsewhere = RegistrationFactory(email="alix@example.org")
    somebody = RegistrationFactory(session=session)

    page = stranger.post(address, {"first_name": "Alex", "last_name": "Témoin"}, follow=True).content.decode()

    assert "Alex Témoin" in page
    for registration in (confirmed, other, elsewhere, somebody):
        registration.refresh_from_db()
    assert [str(each)[:4] for each in (confirmed, other, elsewhere, somebody)] == ["Alex", "Alex", "Domi", "Domi"]
    last = confirmed.transitions.last()
    assert (last.from_state, last.to_state, last.actor, last.reason_text) == (
        "confirmed",
        "confirmed",
        "person",
        "Nom corrigé.",
    )
    assert stranger.post(address, {"first_name": "Alex", "last_name": "Témoin"}).status_code == 302
    assert confirmed.transitions.count() == 3  # the same name again is no change


def test_a_name_that_is_none_comes_back_with_its_error(stranger, confirmed, address):
    page = stranger.post(address, {"first_name": "", "last_name": "123"}).content.decode()

    assert "Indiquez votre prénom." in page
    assert "au moins une lettre" in page
    confirmed.refresh_from_db()
    assert str(confirmed) == "Alix Témoin"


def test_the_page_of_a_registration_leads_to_the_space_once_there_is_one(stranger, published):
    held = register(published, applicant(), now=timezone.now())
    before = stranger.get(f"/inscriptions/{held.link.token}/").content.decode()
    confirm(held, published, now=timezone.now())
    after = stranger.get(f"/inscriptions/{held.link.token}/").content.decode()

    assert "/espace/" not in before
    assert f'href="/espace/{Participant.objects.get().link.token}/"' in after


def test_my_link_again_mails_the_space_and_what_is_to_come(stranger, confirmed, session):
    Participant.objects.all().delete()
    sent()

    stranger.post("/inscriptions/", {"email": "ALIX@example.org"})

    (mail,) = sent()
    assert link_in(mail) == f"/inscriptions/{confirmed.link.token}/"
    assert space_in(mail) == f"/espace/{Participant.objects.get().link.token}/"
    assert "~" not in mail.body + mail.alternatives[0].content
    assert stranger.get(space_in(mail)).status_code == 200


def test_somebody_who_gave_everything_up_still_gets_their_space(stranger, confirmed, published):
    """What is held about them is theirs to read and to erase."""
    cancel(confirmed, published, now=timezone.now())
    sent()

    stranger.post("/inscriptions/", {"email": "alix@example.org"})

    (mail,) = sent()
    assert "/inscriptions/" not in mail.body
    assert "Fail camp" in stranger.get(space_in(mail)).content.decode()


def test_each_edition_has_its_space_in_the_mail(stranger, confirmed):
    RegistrationFactory(session__edition=EditionFactory(name="Semaine passée"), email="alix@example.org")
    sent()

    stranger.post("/inscriptions/", {"email": "alix@example.org"})

    (mail,) = sent()
    assert mail.body.count("/espace/") == 2
    assert "Semaine passée" in mail.body


def test_somebody_has_one_row_in_an_edition(participant, confirmed):
    assert participants.of(confirmed) == participant
    with pytest.raises(IntegrityError):
        Participant.objects.create(edition=participant.edition, email_key=participant.email_key)
