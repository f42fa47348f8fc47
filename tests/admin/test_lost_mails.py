"""Mails that do not arrive, on the people they are about, and the form that corrects an address."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from outbox.models import Attachment, Message
from outbox.sending import send_due
from publishing.publish import publish
from registrations import participants
from registrations.links import opened_by, ticket_link
from registrations.mails import about
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.services import confirm, register
from registrations.undelivered import not_reached
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    MessageFactory,
    RegistrationFactory,
    SequenceFactory,
    SessionFactory,
)
from tests.registrations.conftest import applicant, link_in

LIST = "/admin/registrations/registration/"
WRONG, RIGHT = "alix@exemple.fr", "alix@example.org"


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(slug="semaine", is_current=True, contact_email="contact@example.org")
    session = SessionFactory(edition=edition, title="Fail camp", seats=5)
    publish(edition, note="Première version.")
    return session


@pytest.fixture
def published(session) -> PublishedSession:
    found = find("semaine", session.code)
    assert found
    return found


def refuse(message: Message, reason: str = "address") -> None:
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(state="bounced", reason=reason, sent_at=now, reported_at=now)


def registered(published: PublishedSession, email: str = WRONG, *, confirmed: bool = False) -> Registration:
    """Whose last mail, a hold or a confirmation, was refused."""
    registration = register(published, applicant(email), now=timezone.now())
    if confirmed:
        confirm(registration, published, now=timezone.now())
    refuse(Message.objects.filter(about=about(registration)).latest("pk"))
    registration.refresh_from_db()
    return registration


def page_of(registration: Registration, page: str = "address") -> str:
    return reverse(f"admin:registrations_registration_{page}", args=[registration.pk])


def correct(client, registration: Registration, email: str = RIGHT, **data: str):
    response = client.post(page_of(registration), {"email": email, **data})
    registration.refresh_from_db()
    return response


def test_the_list_marks_whom_mails_do_not_reach_and_the_filter_holds_them_alone(published, logistician):
    lost = registered(published)
    RegistrationFactory(session=lost.session, email="autre@example.org")
    gone = RegistrationFactory(session=lost.session, state="cancelled")
    MessageFactory(about=about(gone), state="bounced", reason="full")

    everybody, filtered = logistician.get(LIST), logistician.get(LIST, {"mail": "lost"})

    assert everybody.content.decode().count("Cette adresse n’existe pas.") == 1
    assert "La boîte aux lettres est pleine." not in everybody.content.decode()
    assert list(filtered.context["cl"].queryset) == [lost]
    assert list(not_reached()) == [lost]


def test_the_page_tells_each_mail_what_became_of_it_when_and_why(published, receptionist):
    lost = registered(published, confirmed=True)
    moment = dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC)
    Message.objects.filter(state="bounced").update(reported_at=moment)

    html = receptionist.get(page_of(lost, "change")).content.decode()

    for told in ("Inscription confirmée", "Adresse refusée", "mardi 24 novembre à 10", "Cette adresse n’existe pas."):
        assert told in html
    assert "En attente d’envoi" in html  # the mail of the hold has not left yet
    assert page_of(lost) not in html  # reception looks


def test_correcting_sends_what_did_not_arrive_to_the_right_address_with_a_new_link(published, logistician):
    lost = registered(published, confirmed=True)
    old_link, (refused,) = lost.link, Message.objects.filter(state="bounced")
    Message.objects.filter(state="queued").update(state="dropped")

    response = correct(logistician, lost)

    assert response["Location"] == page_of(lost, "change")
    assert (lost.email, lost.email_key, lost.link_version, lost.state) == (RIGHT, RIGHT, 2, "confirmed")
    transition = lost.transitions.latest("pk")
    assert (transition.from_state, transition.to_state) == ("confirmed", "confirmed")
    assert transition.reason == "The address was corrected."
    assert transition.actor not in ("person", "worker")
    assert opened_by(old_link.token) is None
    assert send_due() == {"sent": 1}
    (left,) = mail.outbox
    assert (left.to, left.subject) == ([RIGHT], refused.subject)
    assert [name for name, _content, _type in left.attachments] == [f"{published.item.code}.ics"]
    assert lost.link.token in left.body
    assert ticket_link(lost).token in left.body
    assert old_link.token not in left.body + left.alternatives[0].content
    new = Message.objects.get(state="sent")
    refused.refresh_from_db()
    assert (refused.replaced_by, new.message_id != refused.message_id) == (new, True)
    assert not Message.objects.failed().exists()
    assert not not_reached().exists()
    assert Attachment.objects.filter(message=new).count() == 1


def test_the_space_of_whoever_has_the_wrong_address_is_not_opened_to_the_right_one(published, logistician):
    lost = registered(published, confirmed=True)
    somebody = participants.of(lost)
    assert str(somebody.link) in Message.objects.get(state="bounced").links

    correct(logistician, lost)

    new = Message.objects.get(to=RIGHT, kind="registration_confirmed")
    assert str(somebody.link) not in new.text + new.html + str(new.links)
    assert str(participants.of(lost).link) in new.text
    assert participants.of(lost) != somebody


def test_a_hold_starts_anew_when_its_mail_leaves_for_the_right_address(published, logistician):
    lost = registered(published)
    Registration.objects.update(hold_started_at=timezone.now() - dt.timedelta(hours=5))

    correct(logistician, lost)
    assert lost.hold_started_at is None
    send_due()

    lost.refresh_from_db()
    assert lost.hold_started_at is not None
    assert logistician.get(link_in(mail.outbox[0])).status_code == 200


def test_of_several_that_were_lost_the_last_of_each_kind_that_still_holds_is_sent(published, logistician):
    lost = registered(published, confirmed=True)
    hold = Message.objects.get(kind="registration_hold")
    refuse(hold)
    for number in range(2):
        MessageFactory(
            kind="registration_changed", about=about(lost), to=WRONG, state="bounced", subject=f"Changée {number}"
        )

    correct(logistician, lost)

    written = Message.objects.filter(to=RIGHT).order_by("pk").values_list("kind", "subject")
    assert [(kind, subject[-1]) for kind, subject in written if kind == "registration_changed"] == [
        ("registration_changed", "1")
    ]
    assert {kind for kind, _subject in written} == {"registration_confirmed", "registration_changed"}
    assert not Message.objects.failed().exists()


def test_without_a_lost_mail_a_fresh_link_is_sent(published, logistician):
    registration = RegistrationFactory(session=Session.objects.get(), email=WRONG)

    correct(logistician, registration)

    (written,) = Message.objects.all()
    assert (written.kind, written.to) == ("registration_link", RIGHT)
    assert written.links[0] == str(registration.link)


def test_other_registrations_of_the_wrong_address_are_corrected_with_it_when_asked(published, logistician):
    lost = registered(published)
    others = [
        RegistrationFactory(session=SessionFactory(edition=lost.session.edition), email=WRONG) for _number in range(2)
    ]
    html = logistician.get(page_of(lost)).content.decode()

    correct(logistician, lost)
    assert set(Registration.objects.values_list("email", flat=True)) == {RIGHT, WRONG}
    correct(logistician, others[0], others="on")

    assert "les 2 autres inscriptions" in html
    assert set(Registration.objects.values_list("email", flat=True)) == {RIGHT}


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("pas une adresse", "Vérifiez"),
        (WRONG.upper(), "déjà celle de l’inscription"),
        ("prise@example.org", "déjà inscrite à cette séance"),
        ("root@localhost", "Vérifiez"),
    ],
)
def test_an_address_that_cannot_be_taken_is_refused_and_nothing_changes(email, words, published, logistician):
    lost = registered(published)
    RegistrationFactory(session=lost.session, email="prise@example.org")
    before = Registration.objects.values().order_by("pk"), Message.objects.count()

    response = correct(logistician, lost, email=email)

    assert words in " ".join(response.context["form"].errors["email"])
    assert (Registration.objects.values().order_by("pk")[0]["email"], Message.objects.count()) == (WRONG, before[1])
    assert lost.link_version == 1


def test_a_registration_that_is_over_is_not_written_to(published, logistician):
    lost = registered(published)
    Registration.objects.update(state="cancelled")

    assert correct(logistician, lost).status_code == 403
    assert page_of(lost) not in logistician.get(page_of(lost, "change")).content.decode()


def test_only_who_acts_on_registrations_corrects_an_address(published, receptionist, reader, editor):
    lost = registered(published)

    assert [correct(client, lost).status_code for client in (receptionist, reader, editor)] == [403, 403, 403]
    assert lost.email == WRONG


def test_a_limited_account_corrects_its_own_and_reaches_no_other(published, staff):
    lost, user = registered(published), staff("Logistique")
    elsewhere = RegistrationFactory(
        session=SessionFactory(edition=lost.session.edition, sequence=SequenceFactory(edition=lost.session.edition)),
        email=WRONG,
    )
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[lost.session.sequence])
    client = client_of(user)

    assert correct(client, elsewhere).status_code in (302, 403)
    assert elsewhere.email == WRONG
    correct(client, lost, others="on")
    elsewhere.refresh_from_db()

    assert (lost.email, elsewhere.email) == (RIGHT, WRONG)


@pytest.mark.parametrize("rows", [1, 30])
def test_marking_costs_no_query_per_row(rows, published, logistician, django_assert_max_num_queries):
    session = Session.objects.get()
    for registration in RegistrationFactory.create_batch(rows, session=session):
        MessageFactory(about=about(registration), state="bounced", reason="full")
    logistician.get(LIST)

    with django_assert_max_num_queries(14):
        logistician.get(LIST, {"mail": "lost"})


def test_an_address_that_may_not_register_is_corrected_with_a_note_only(published, logistician):
    registration = registered(published)
    assert 'name="pass_note"' not in logistician.get(page_of(registration)).content.decode()
    Session.objects.update(eligibility="domains", eligible_domains="gouv.fr")

    refused = correct(logistician, registration).content.decode()
    correct(logistician, registration, pass_note="En détachement.")
    registration.refresh_from_db()

    assert "réservée aux adresses électroniques de ce domaine" in refused
    assert (registration.email, registration.transitions.last().reason) == (RIGHT, "En détachement.")
