"""Mails leave with the words of their edition, and never fail to leave because of them."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Message
from outbox.outside import WORD_JOINER
from registrations import mail_texts, mails
from registrations.models import MailText, Registration
from tests.factories import EditionFactory, MailTextFactory, RegistrationFactory, UserFactory
from tests.registrations.conftest import form_data, sent

BODY = "Bonjour {prenom} {nom},\n\n# À {lieu}\n\n{inscrit_par}\n\nAvant {echeance}.\n\n{rendez_vous}\n\n{bouton}"
HOSTILE = [
    "https://evil.example/x",
    "<b>evil.example",
    "mail@evil.example",
    "x\u202ey\r\nBcc: z@evil.example",
    "{bouton}",
]


@pytest.fixture
def text(session) -> MailText:
    return MailTextFactory(
        edition=session.edition,
        kind="hold",
        subject="[Action requise] {prenom}, avant le {echeance}\u00a0: {seance}",
        heading="Encore un pas, {prenom}",
        body=BODY,
    )


def held(session, **values) -> Registration:
    return RegistrationFactory(session=session, held=True, hold_hours=24, **values)


def test_a_mail_leaves_with_the_words_of_its_edition_in_both_forms(text, published, session):
    mails.hold(held(session, first_name="Alix", last_name="Témoin"), published)

    (mail,) = sent()
    page = str(mail.alternatives[0].content)

    assert mail.subject.startswith("[Action requise] Alix, avant le ")
    assert mail.subject.endswith("\u00a0: Fail camp")
    assert mail.body.startswith("Encore un pas, Alix\n\nBonjour Alix Témoin,\n\nÀ ")
    for words in ("Encore un pas, Alix</h1>", "Bonjour Alix Témoin,</p>", "<h2 ", "Avant <strong>"):
        assert words in page
    assert "Confirmer mon inscription" in mail.body
    assert "Ce que deviennent vos données" in mail.body
    assert "~" not in mail.subject + mail.body + page


def test_another_language_and_another_edition_keep_the_delivered_words(text, published, session):
    MailTextFactory(edition=EditionFactory(), kind="waiting", heading="Ailleurs")
    mails.hold(held(session, language="en"), published)
    mails.waiting(RegistrationFactory(session=session, state="waiting"), published)

    english, waiting = sent()

    assert english.body.startswith("Confirm your registration\n")
    assert waiting.body.startswith("Vous êtes en liste d’attente\n")


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_typed_is_text_in_subject_text_and_html(text, published, session, words):
    by = {"registered_by_name": words, "registered_by_email": "collegue@evil.example"}
    mails.hold(held(session, first_name=words, last_name=words, **by), published)

    (mail,) = sent()
    page = str(mail.alternatives[0].content)

    for form in (mail.subject, mail.body, page):
        assert "evil.example" not in form
        assert "\u202e" not in form
        assert "<b>" not in form or form is not page
    assert "\n" not in mail.subject
    assert set(mail.message().keys()) >= {"Subject", "To"}
    assert mail.message()["Bcc"] is None
    assert page.count("<a ") == 3  # the button, the contact, the personal data notice
    if words == "{bouton}":
        assert "Bonjour {bouton} {bouton}," in mail.body.replace(WORD_JOINER, "")


@pytest.mark.parametrize(
    "values",
    [
        {"body": BODY + "\n{disparu}"},
        {"body": "Plus de bouton {echeance} {inscrit_par}"},
        {"subject": "Sans le temps"},
        {"heading": "{"},
    ],
)
def test_a_text_that_fits_no_longer_costs_nobody_their_mail(text, published, session, values, caplog):
    MailText.objects.filter(pk=text.pk).update(**values)
    mails.hold(held(session), published)

    with caplog.at_level(logging.WARNING):
        (mail,) = sent()

    assert mail.body.startswith("Confirmez votre inscription\n")
    assert "Delivered words sent instead of" in caplog.text
    text.refresh_from_db()
    assert text.outdated_since is not None


def test_it_is_noted_once_since_when_it_is_not_sent(text, published, session):
    MailText.objects.filter(pk=text.pk).update(heading="{")
    mails.hold(held(session), published)
    sent()
    first = MailText.objects.get().outdated_since
    mails.hold(held(session), published)
    sent()

    assert MailText.objects.get().outdated_since == first


def test_somebody_who_registers_asks_the_database_nothing_more(stranger, session):
    form = f"/demo/seances/{session.code}/inscription/"
    stranger.get(form)

    with CaptureQueriesContext(connection) as queries:
        stranger.post(form, form_data())

    assert [query["sql"] for query in queries if "mailtext" in query["sql"]] == []
    assert Message.objects.get().subject.startswith("[Action requise] Confirmez")


def test_a_mail_that_is_written_at_once_asks_one_question(text, published, session):
    registration = RegistrationFactory(session=session, state="waiting", queued_at=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        mails.waiting(registration, published)

    assert len([query for query in queries if "mailtext" in query["sql"]]) == 1


def test_the_texts_follow_into_the_next_edition_with_their_history(text):
    target, user = EditionFactory(), UserFactory()
    MailText.objects.update(outdated_since=timezone.now())

    mail_texts.clone_mail_texts(text.edition, target, user)

    cloned = target.mail_texts.get()
    assert (cloned.kind, cloned.language, cloned.wording) == (text.kind, text.language, text.wording)
    assert (cloned.outdated_since, cloned.history.get().history_user) == (None, user)
