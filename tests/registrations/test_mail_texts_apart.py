"""The words of mails about no registration: links, data, invitations, and what stands around a mail of the staff."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from outbox.models import Message
from outbox.outside import WORD_JOINER
from registrations import invitations, mailings, participants, resending, services
from registrations.delivered_mails import MAILS
from registrations.mail_kinds import Wording
from registrations.models import Registration
from sessions.models import Edition, Session
from tests.factories import EditionFactory, MailTextFactory, RegistrationFactory
from tests.registrations.conftest import sent

GREETING = "Bonjour {prenom} {nom},\n\n"


@pytest.fixture
def person(session) -> Registration:
    return RegistrationFactory(
        session=session, first_name="http://evil.example", last_name="<b>{bouton}", language="fr"
    )


def rewritten(edition: Edition, kind: str, subject: str, body: str, **values: str) -> None:
    """As the staff may: what the mail must hold stands in it."""
    text = MailTextFactory(edition=edition, kind=kind, subject=subject, body=body, **values)
    text.full_clean()


def both(mail) -> tuple[str, str]:
    return mail.body, str(mail.alternatives[0].content)


def as_text(mail) -> None:
    """What somebody typed as their name, in both forms."""
    body, page = both(mail)
    assert "Bonjour http://evil.example <b>{bouton}," in body.replace(WORD_JOINER, "")
    assert "evil.example" not in body + page
    assert "<b>" not in page


def test_links_leave_with_the_words_and_the_contact_of_the_current_edition(person, session):
    rewritten(session.edition, "links", "Vos liens, {edition}", f"{GREETING}{{inscriptions}}\n\n{{si_pas_demande}}")
    rewritten(EditionFactory(), "links", "Une autre année", "{inscriptions}\n\n{si_pas_demande}")

    services.send_links(person.email, language="fr")
    (mail,) = sent()
    body, page = both(mail)

    assert mail.subject == f"Vos liens, {session.edition.name}"
    assert mail.reply_to == ["contact@example.org"]
    as_text(mail)
    for form in (body, page):
        assert person.link.token in form
        assert "contact@example.org" in form
        assert "Si vous n’avez rien demandé" in form


def test_links_leave_with_the_delivered_words_when_no_edition_is_current(person, session):
    rewritten(session.edition, "links", "Vos liens", "{inscriptions}\n\n{si_pas_demande}")
    Edition.objects.update(is_current=False)

    services.send_links(person.email, language="en")
    (mail,) = sent()

    assert mail.subject == "Your registrations"
    assert mail.reply_to == []
    assert person.link.token in mail.body


def test_whether_an_address_is_known_changes_nothing_until_its_mail_would_leave(
    person, session, django_assert_num_queries
):
    rewritten(session.edition, "links", "Vos liens, {prenom}", "{inscriptions}\n\n{si_pas_demande}")
    for address in (person.email, "inconnue@example.org"):
        with django_assert_num_queries(1):
            services.send_links(address, language="fr")

    queued = Message.objects.order_by("pk").values_list("subject", "text", "html", "links", "reply_to")
    assert list(queued) == [("Vos inscriptions", "", "", [], "")] * 2
    assert [mail.to for mail in sent()] == [[person.email]]


def test_a_link_to_data_leaves_with_the_words_of_its_edition(person, session):
    body = f"{GREETING}{{validite}}\n\n{{bouton}}\n\n{{si_pas_demande}}"
    rewritten(session.edition, "data", "Vos données, {minutes} minutes", body)

    participant = participants.of(person)
    resending.send_data_link(participant, person)
    (mail,) = sent()

    assert mail.subject == "Vos données, 30 minutes"
    as_text(mail)
    for form in both(mail):
        assert "valable 30 minutes à partir de l’envoi" in form
        assert "Ne le transférez à personne." in form
        assert form.count("/espace/donnees/") == 1


def test_an_invitation_leaves_with_the_words_of_its_edition(session):
    body = "Venez, avant le {dernier_jour}.\n\n{rendez_vous}\n\n{bouton}\n\n{usage}\n\n{origine_adresse}"
    rewritten(session.edition, "invitation", "Avec nous{seance}", body)
    Session.objects.filter(pk=session.pk).update(eligibility=Session.Eligibility.INVITATION)
    last_day = timezone.localdate() + dt.timedelta(days=2)
    row = Session.objects.get(pk=session.pk)

    values = {"last_day": last_day, "language": "fr", "now": timezone.now(), "actor": "chef"}
    (invitation,) = invitations.invite(row, ["claude@example.org"], **values)
    (mail,) = sent()
    body, page = both(mail)

    assert mail.subject == "Avec nousFail camp"
    assert f"<strong>{mail.body.split('avant le ')[1].split('.')[0]}</strong>" in page
    for form in (body, page):
        assert invitation.link.token in form
        assert "Ce lien sert une fois, jusqu’au" in form
        assert "Les organisateurs ont fourni votre adresse" in form


def test_a_mail_of_the_staff_leaves_between_the_greeting_and_the_signature_of_its_edition(person, session):
    body = f"{GREETING}{{message}}\n\n{{bouton}}\n\nL’équipe de {{edition}}"
    rewritten(session.edition, "mailing", "[Semaine] {objet}", body)
    words = {"subject": "Pour {seance}", "text": "Venez {prenom}.\n\n<i>Tôt</i> {bouton}", "narrowed": ""}
    now = timezone.now() - mailings.CALL_BACK
    with pytest.raises(ValidationError):
        mailings.send([person], edition=session.edition, user=None, now=now, **words)
    words["text"] = words["text"].removesuffix(" {bouton}")

    mailings.send([person], edition=session.edition, user=None, now=now, **words)
    (mail,) = sent()
    body, page = both(mail)

    assert mail.subject == "[Semaine] Pour Fail camp"
    as_text(mail)
    assert body.index("Bonjour") < body.index("<i>Tôt</i>") < body.index("L’équipe de")
    assert "&lt;i&gt;Tôt" in page
    assert person.link.token in page


def test_a_mail_of_the_staff_names_the_session_as_the_public_reads_it(person, session):
    Session.objects.filter(pk=session.pk).update(title="Titre encore secret")
    now = timezone.now() - mailings.CALL_BACK
    words = {"subject": "Pour {seance}", "text": "Venez à {seance}.", "narrowed": ""}
    found = Registration.objects.select_related("session__edition").all()

    mailings.send(found, edition=session.edition, user=None, now=now, **words)
    queued = Message.objects.get().subject
    (mail,) = sent()

    assert {queued, mail.subject} == {"Pour Fail camp"}
    assert "Venez à Fail camp." in mail.body
    assert "secret" not in mail.body + str(mail.alternatives[0].content)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("links", "inscriptions"),
        ("links", "si_pas_demande"),
        ("link", "si_pas_demande"),
        ("has_slot", "si_pas_demande"),
        ("data", "bouton"),
        ("data", "validite"),
        ("data", "si_pas_demande"),
        ("invitation", "bouton"),
        ("invitation", "usage"),
        ("invitation", "origine_adresse"),
        ("invitation", "rendez_vous"),
        ("mailing", "message"),
        ("mailing", "bouton"),
    ],
)
def test_links_how_long_they_serve_and_who_asked_cannot_be_taken_out(kind, name):
    words = MAILS[kind].wording

    with pytest.raises(ValidationError) as caught:
        MAILS[kind].check(Wording(words.subject, words.heading, words.body.replace(f"{{{name}}}", "")))

    assert caught.value.message_dict["body"][0].startswith(f"Il manque {{{name}}}")
