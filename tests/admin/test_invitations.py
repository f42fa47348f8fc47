"""The staff invites people to a session, sees what became of each invitation, sends it again and revokes it."""

import datetime as dt
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from outbox.models import Message
from publishing.publish import publish
from registrations.models import Invitation, Registration
from registrations.published import find
from registrations.services import register
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import AccountLimitFactory, EditionFactory, InvitationFactory, SessionFactory
from tests.registrations.conftest import applicant, begins, sent, this_week

LIST = "/admin/registrations/invitation/"
ADD = f"{LIST}add/"


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True, slug="demo", **this_week())
    session = SessionFactory(
        edition=edition, title="Petit-déjeuner", seats=9, eligibility="invitation", **begins(days=9)
    )
    publish(edition, note="Première version.")
    return session


def invite(client, session: Session, addresses: str, **values):
    last_day = timezone.localdate() + dt.timedelta(days=5)
    data = {"session": session.pk, "addresses": addresses, "last_day": f"{last_day:%Y-%m-%d}", "language": "fr"}
    return client.post(ADD, data | values)


def act(client, action: str, *invitations: Invitation):
    return client.post(LIST, {"action": action, "_selected_action": [row.pk for row in invitations]}, follow=True)


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_pasted_addresses_are_invited_once_each(logistician, session):
    done = invite(
        logistician, session, "Claude Exemple <claude@example.org>; dominique@example.org\r\nCLAUDE@example.org"
    )
    again = invite(logistician, session, "claude@example.org")

    assert done["Location"] == f"{LIST}?session={session.code}"
    assert told(done) == ["2 personnes invitées."]
    assert told(again)[-1:] == ["0 personne invitée."]
    assert sorted(mail.to[0].casefold() for mail in sent()) == ["claude@example.org", "dominique@example.org"]
    assert set(Invitation.objects.values_list("invited_by", flat=True)) == {str(done.wsgi_request.user.get_username())}


def test_what_is_no_address_is_named_and_nobody_is_invited(logistician, session):
    page = invite(logistician, session, "claude@example.org\nClaude Exemple").content.decode()

    assert "«\N{NO-BREAK SPACE}Claude Exemple\N{NO-BREAK SPACE}» n’est pas une adresse électronique" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "address", ["root@localhost", "agent@[10.0.0.1]", f"agent@{'a' * 60}.{'b' * 63}.{'c' * 63}.{'d' * 63}.example"]
)
def test_an_address_that_the_public_form_refuses_is_not_invited(logistician, session, address):
    page = invite(logistician, session, f"claude@example.org\n{address}").content.decode()

    assert "n’est pas une adresse électronique" in page
    assert not Invitation.objects.exists()


def test_only_sessions_for_invited_people_are_offered_and_the_page_of_one_proposes_it(logistician, session):
    SessionFactory(edition=session.edition, title="Ouverte à qui veut", **begins(days=9))

    page = logistician.get(f"{ADD}?session={session.pk}").content.decode()

    assert "Petit-déjeuner" in page
    assert "Ouverte à qui veut" not in page
    assert f'<option value="{session.pk}" selected' in page
    assert f'value="{timezone.localtime(session.starts_at):%d/%m/%Y}"' in page


def test_the_list_tells_what_became_of_each_and_filters_by_it(logistician, session):
    used, spent, ended, revoked, opening = InvitationFactory.create_batch(5, session=session)
    Invitation.objects.filter(pk=ended.pk).update(last_day=dt.date(2020, 1, 1))
    Invitation.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now(), revoked_by="chef")
    person = applicant(email="en-personne@example.org", invitation=used.link.token)
    register(find("demo", session.code), person, now=timezone.now())
    again = applicant(email="en-personne@example.org", invitation=spent.link.token)
    register(find("demo", session.code), again, now=timezone.now())  # known: it takes nothing

    page = logistician.get(LIST).content.decode()
    found = {
        state: [row.pk for row in logistician.get(f"{LIST}?state={state}").context["cl"].result_list]
        for state in Invitation.State.values
    }

    assert found == {
        "opening": [opening.pk],
        "spent": [spent.pk],
        "used": [used.pk],
        "ended": [ended.pk],
        "revoked": [revoked.pk],
    }
    for word in ("À utiliser", "Adresse déjà inscrite", "Utilisée", "Périmée", "Révoquée", "en-personne@example.org"):
        assert word in page


def test_one_that_met_a_registered_address_tells_the_staff_until_when_it_opens_nothing(logistician, session):
    invitation = InvitationFactory(session=session)
    until = timezone.now() + dt.timedelta(hours=5)
    Invitation.objects.update(spent_on=uuid4(), spent_until=until)

    page = logistician.get(f"{LIST}{invitation.pk}/change/").content.decode()
    Invitation.objects.update(spent_until=timezone.now())
    later = logistician.get(f"{LIST}{invitation.pk}/change/").content.decode()

    told = date_format(timezone.localtime(until), "DATETIME_FORMAT")
    assert ("Adresse déjà inscrite" in page, f"{told}, ou dès que le lien est renvoyé" in page) == (True, True)
    assert ("Adresse déjà inscrite" in later, "À utiliser" in later) == (False, True)


def test_invitations_are_sent_again_and_revoked_with_a_word_on_those_that_cannot(logistician, session):
    invite(logistician, session, "claude@example.org\ndominique@example.org")
    logistician.get(LIST)  # shows its message
    sent()
    Message.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
    claude, dominique = Invitation.objects.order_by("email")
    person = applicant(invitation=claude.link.token)
    register(find("demo", session.code), person, now=timezone.now())

    again = act(logistician, "send_again", claude, dominique)
    revoked = act(logistician, "revoke", claude, dominique)

    assert told(again) == [
        "claude@example.org – Cette invitation n’ouvre plus rien\N{NO-BREAK SPACE}: rien n’est envoyé.",
        "1 courriel va partir.",
    ]
    assert told(revoked) == [
        "claude@example.org – Une personne est inscrite avec cette invitation\N{NO-BREAK SPACE}: "
        "annulez cette inscription.",
        "1 invitation révoquée.",
    ]
    assert sent()[0].to == [Registration.objects.get().email]
    dominique.refresh_from_db()
    assert dominique.revoked_by


def test_the_page_of_an_invitation_shows_its_mails_and_no_link(logistician, session):
    invite(logistician, session, "claude@example.org")
    invitation = Invitation.objects.get()

    page = logistician.get(f"{LIST}{invitation.pk}/change/").content.decode()

    assert "En attente d’envoi" in page
    assert invitation.link.token not in page
    assert invitation.public_id.hex not in page.replace("-", "")


def test_an_account_limited_to_some_sequences_invites_to_its_own(staff, session):
    other = SessionFactory(edition=session.edition, title="D’ailleurs", eligibility="invitation", **begins(days=9))
    InvitationFactory(session=other, email="ailleurs@example.org")
    AccountLimitFactory(user=(user := staff("Logistique")), only_some_sequences=True, sequences=[session.sequence])
    client = client_of(user)

    assert "ailleurs@example.org" not in client.get(LIST).content.decode()
    assert "D’ailleurs" not in client.get(ADD).content.decode()
    invite(client, other, "claude@example.org")
    invite(client, session, "claude@example.org")
    assert [row.session for row in Invitation.objects.filter(email="claude@example.org")] == [session]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_no_query_per_row(rows, logistician, session, django_assert_max_num_queries):
    InvitationFactory.create_batch(rows, session=session)
    logistician.get(LIST)

    with django_assert_max_num_queries(20):
        logistician.get(LIST)


def test_who_only_reads_neither_invites_nor_sees(reader, receptionist, session):
    for client in (reader, receptionist):
        assert client.get(LIST).status_code == 403
        assert client.get(ADD).status_code == 403
        assert reverse("admin:registrations_invitation_add") not in client.get("/admin/").content.decode()
