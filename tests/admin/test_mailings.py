"""Writing to the registrants of a filtered list: read, tested, counted, and called back within ten minutes."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from lxml import html

from outbox.models import Message
from publishing.publish import publish
from registrations import mailings, participants, retention
from registrations.models import Mailing, Registration
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import AccountLimitFactory, EditionFactory, RegistrationFactory, SessionFactory
from tests.registrations.conftest import sent

WRITE = "/admin/registrations/mailing/ecrire/"
WORDS = {"subject": "Pour {seance}", "text": "Bonjour {prenom} {nom},\n\nVenez <tôt>."}


@pytest.fixture
def session(db) -> Session:
    """Four people are registered, one of them twice; somebody else for another session."""
    edition = EditionFactory(slug="demo", is_current=True, name="Semaine 2026")
    session, other = SessionFactory(edition=edition, title="Fail camp"), SessionFactory(edition=edition, title="Procès")
    RegistrationFactory.create_batch(3, session=session)
    for place in (session, other):
        RegistrationFactory(
            session=place, first_name="http://evil.example", last_name="{nom} <b>", email="e@example.org"
        )
    RegistrationFactory(session=other)
    return session


def words(response) -> str:
    return " ".join(html.fromstring(response.content.decode()).text_content().split()).replace("\u00a0", " ")


def of(session: Session) -> str:
    return f"{WRITE}?session={session.code}"


def send(client, session: Session, number: int = 4):
    return client.post(of(session), WORDS | {"number": number, "send": "1"}, follow=True)


def leaves_now() -> None:
    Message.objects.filter(state="queued").update(next_attempt_at=timezone.now())


def test_the_page_shows_what_three_of_them_receive_and_mails_nobody(project_lead, session):
    answer = project_lead.post(of(session), WORDS | {"preview": "1"})

    told = words(answer)
    assert "À 4 personnes" in told
    assert "session : Fail camp" in told or "Séance : Fail camp" in told
    assert len(html.fromstring(answer.content.decode()).xpath("//pre[@class='mail']")) == 3
    assert told.count("Pour Fail camp") == 3
    assert "Bonjour Dominique Inscrit" in told
    assert sent() == []


def test_one_mail_leaves_to_each_person_ten_minutes_later(project_lead, session):
    send(project_lead, session)

    assert sent() == []
    mailing = Mailing.objects.get()
    assert (mailing.mails, mailing.leaves_at - mailing.created_at) == (4, dt.timedelta(minutes=10))
    leaves_now()
    mails = sent()

    assert len({mail.to[0] for mail in mails}) == 4
    assert {mail.subject for mail in mails} == {"Pour Fail camp"}
    assert all("Venez <tôt>." in mail.body for mail in mails)
    assert all("Venez &lt;tôt&gt;." in str(mail.alternatives[0].content) for mail in mails)
    assert {message.priority for message in Message.objects.all()} == {Message.Priority.MASS}


def test_what_people_typed_becomes_neither_a_link_nor_markup_nor_a_placeholder(project_lead, session):
    send(project_lead, session)
    leaves_now()
    (mail,) = [mail for mail in sent() if mail.to == ["e@example.org"]]
    page = str(mail.alternatives[0].content)

    line = mail.body.splitlines()[0]
    assert line.replace("\u2060", "") == "Bonjour http://evil.example {nom} <b>,"
    assert not re.search(r"https?://e|evil\.example", mail.body)
    assert not re.search(r"https?://e|evil\.example|<b>", page)


def test_the_number_of_people_is_typed_to_send(project_lead, session):
    for number in ("", "3", "5", "x"):
        answer = project_lead.post(of(session), WORDS | {"number": number, "send": "1"})
        assert answer.context["form"].errors["number"]

    assert Mailing.objects.count() == 0


@pytest.mark.parametrize("field", ["subject", "text"])
def test_an_unknown_placeholder_is_named_and_nothing_leaves(project_lead, session, field):
    answer = project_lead.post(of(session), WORDS | {field: "Bonjour {prénom}", "number": 4, "send": "1"})

    assert "Repère inconnu : {prénom}. Vous pouvez écrire {prenom}, {nom}, {seance}, {edition}." in words(answer)
    assert Mailing.objects.count() == 0


def test_a_test_is_sent_to_who_writes_with_the_links_masked(staff, session):
    user = staff("Chef de projet")

    client_of(user).post(of(session), WORDS | {"test": "1"})
    (mail,) = sent()

    assert mail.to == [user.email]
    assert mail.subject == "[Test] Pour Fail camp"
    assert "lien personnel masqué" in mail.body
    assert Mailing.objects.count() == 0


def test_one_button_calls_it_back(project_lead, session):
    page = send(project_lead, session)
    (form,) = html.fromstring(page.content.decode()).xpath("//form[contains(@action, '/rappeler/')]")

    answer = project_lead.post(form.get("action"), follow=True)
    leaves_now()

    assert "4 courriels ne partiront pas." in words(answer)
    assert sent() == []
    assert "/rappeler/" not in answer.content.decode()
    assert Mailing.objects.get().called_back_at is not None


def test_one_that_a_sender_holds_as_it_is_called_back_does_not_leave(project_lead, session):
    send(project_lead, session)
    leaves_now()
    Message.objects.update(leased_until=timezone.now() + dt.timedelta(minutes=5))
    mailings.call_back(Mailing.objects.get(), now=timezone.now())
    message = Message.objects.first()

    assert mailings.write(message, timezone.now()) is None


def test_who_is_erased_before_it_leaves_is_not_written_to(project_lead, session):
    send(project_lead, session)
    Registration.objects.update(email="x@erased.invalid")
    leaves_now()

    assert sent() == []


def test_what_was_written_is_kept_with_whom_it_was_for(project_lead, session):
    send(project_lead, session)

    told = words(project_lead.get("/admin/registrations/mailing/"))
    assert "Pour {seance}" in told
    assert "Semaine 2026" in Mailing.objects.get().narrowed
    assert "Fail camp" in Mailing.objects.get().narrowed


def test_the_list_of_registrations_leads_there_with_its_filters(project_lead, session):
    page = project_lead.get(f"/admin/registrations/registration/?session={session.code}")

    assert f'href="{of(session)}"' in page.content.decode()


@pytest.mark.parametrize("role", ["Éditorial", "Intervenants", "Accueil", "Lecture"])
def test_other_roles_do_not_write(staff, session, role):
    assert send(client_of(staff(role)), session).status_code == 403
    assert Mailing.objects.count() == 0


@pytest.fixture
def limited(staff, session):
    """A logistician of the sequence of the session only."""
    user = staff("Logistique")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence])
    return client_of(user)


def test_an_account_limited_to_a_sequence_writes_to_its_registrants_only(limited, session):
    page = limited.get(WRITE)
    done = limited.post(WRITE, WORDS | {"number": 4, "send": "1"})

    assert "À 4 personnes" in words(page)
    assert done.status_code == 302
    mailing = Mailing.objects.get()
    assert mailing.mails == 4
    assert session.sequence.title in mailing.narrowed  # not the whole edition
    leaves_now()
    assert {mail.subject for mail in sent()} == {"Pour Fail camp"}


def test_it_writes_to_nobody_of_another_sequence(limited, session):
    elsewhere = Session.objects.get(title="Procès")

    answer = limited.post(of(elsewhere), WORDS | {"number": 2, "send": "1"})

    assert "Personne de cette liste ne peut recevoir de courriel." in words(answer)
    assert Mailing.objects.count() == 0


def test_it_reads_and_calls_back_its_own_mails_only(limited, project_lead, session):
    send(project_lead, Session.objects.get(title="Procès"), number=2)
    send(limited, session)
    theirs, own = Mailing.objects.order_by("pk")

    listed = limited.get("/admin/registrations/mailing/").context["cl"].result_list
    refused = limited.post(f"/admin/registrations/mailing/{theirs.pk}/rappeler/")
    limited.post(f"/admin/registrations/mailing/{own.pk}/rappeler/")

    assert [mailing.pk for mailing in listed] == [own.pk]
    assert refused.status_code == 403
    assert dict(Mailing.objects.values_list("pk", "called_back_at")).keys() == {theirs.pk, own.pk}
    theirs.refresh_from_db()
    own.refresh_from_db()
    assert (theirs.called_back_at, own.called_back_at is not None) == (None, True)


def test_a_limited_account_whose_role_does_not_write_does_not(staff, session):
    user = staff("Éditorial")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence])

    assert client_of(user).get(WRITE).status_code == 403


def test_the_list_of_registrations_of_a_limited_account_leads_there(limited, session):
    assert (
        f'href="{of(session)}"'
        in limited.get(f"/admin/registrations/registration/?session={session.code}").content.decode()
    )


def test_a_list_of_hundreds_is_queued_in_a_few_statements(project_lead, session, django_assert_max_num_queries):
    RegistrationFactory.create_batch(30, session=session)
    found = mailings.addressed(Registration.objects.filter(session=session))
    values = {"subject": "Bonjour", "text": "Bonjour", "narrowed": ""}

    with django_assert_max_num_queries(8):
        mailings.send(found, edition=session.edition, user=None, now=timezone.now(), **values)


def test_the_words_of_the_search_go_with_the_person_whom_they_name(project_lead, session):
    address = f"{WRITE}?q=e%40example.org"
    project_lead.post(address, WORDS | {"number": 1, "send": "1"})
    assert "e@example.org" in Mailing.objects.get().narrowed

    retention.forget(participants.of(Registration.objects.filter(email="e@example.org").first()))

    assert Mailing.objects.get().narrowed == ""


@pytest.mark.parametrize("was_published", [True, False])
def test_a_session_that_left_the_programme_is_named_as_the_public_last_read_it(project_lead, session, was_published):
    if was_published:
        publish(session.edition, note="Première version.")
    Session.objects.filter(pk=session.pk).update(title="Titre de travail", status="design")
    publish(session.edition, note="Sans elle.")

    send(project_lead, session)
    leaves_now()

    assert {mail.subject for mail in sent()} == {"Pour Fail camp" if was_published else "Pour Titre de travail"}
