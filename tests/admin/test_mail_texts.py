"""The words of mails: written by the staff for an edition, checked, previewed, kept in the history."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml.html import document_fromstring

from outbox.outside import WORD_JOINER
from publishing.publish import publish
from registrations.delivered_mails import MAILS
from registrations.models import MailText
from registrations.tickets import code_of
from sessions.models import Edition, Session
from tests.admin.test_every_page import inline_code
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    MailTextFactory,
    PrivacyNoticeFactory,
    RegistrationFactory,
    SessionFactory,
)

LIST = reverse("admin:registrations_mailtext_changelist")
ADD = reverse("admin:registrations_mailtext_add")
PREVIEW = reverse("admin:registrations_mailtext_preview")
LAYOUT = reverse("admin:registrations_mailtext_layout")
WORDS = {
    "subject": "Plus que deux jours\u00a0: {seance}",
    "heading": "On vous attend",
    "body": "Bonjour {prenom},\n\nÀ {date}.\n\n{rendez_vous}\n\n{bouton}",
}


@pytest.fixture
def edition(db) -> Edition:
    edition = EditionFactory(slug="demo", name="Semaine 2026", is_current=True, contact_email="contact@example.org")
    PrivacyNoticeFactory(edition=edition)
    return edition


@pytest.fixture
def session(edition) -> Session:
    session = SessionFactory(edition=edition, title="Fail camp")
    publish(edition, note="Première version")
    return session


def of(kind: str = "coming", language: str = "fr") -> str:
    return urlencode({"kind": kind, "language": language})


def save(client: Client, edition: Edition, kind: str = "coming", language: str = "fr", **words: str):
    """From the form as it opens for a mail that has no text yet."""
    sent = {"edition": edition.pk, "kind": kind, "language": language} | WORDS | words
    return client.post(f"{ADD}?{of(kind, language)}", sent)


def page(response) -> str:
    return response.content.decode()


def told(response) -> str:
    return " ".join(message for errors in response.context["adminform"].form.errors.values() for message in errors)


def test_the_list_shows_every_mail_in_every_language_and_whether_it_was_rewritten(editor, edition):
    MailTextFactory(edition=edition, kind="coming", language="en")
    MailTextFactory(kind="hold")  # of another edition

    html = page(editor.get(LIST))

    assert html.count("Texte fourni") == 2 * len(MAILS) - 1
    assert html.count("Texte de l’édition") == 1
    assert all(str(mail.name).replace("'", "&#x27;") in html for mail in MAILS.values())


def test_the_form_opens_with_the_delivered_words_and_tells_what_may_be_written(editor, edition):
    html = page(editor.get(f"{ADD}?{of('hold')}"))

    assert "Confirmez votre inscription avant le {echeance}" in html
    assert "{inscrit_par}" in html
    assert "<code>{echeance}</code>" in html
    assert "<code>{position}</code>" not in html
    assert "Place à confirmer – français" in html.replace("Français", "français")


def test_the_form_says_what_is_particular_to_its_mail(editor, edition):
    assert "le texte et le contact de l’édition courante" in page(editor.get(f"{ADD}?{of('links')}"))
    assert "<code>{rendez_vous}</code>" not in page(editor.get(f"{ADD}?{of('links')}"))
    assert "Ce qui entoure chaque courriel" in page(editor.get(f"{ADD}?{of('mailing')}"))


def test_the_english_form_opens_with_english_words(editor, edition):
    assert "Confirm your registration before {echeance}" in page(editor.get(f"{ADD}?{of('hold', 'en')}"))


def test_what_is_saved_is_the_text_of_the_edition_and_opens_again(editor, edition):
    assert save(editor, edition).status_code == 302

    text = MailText.objects.get()
    assert (text.edition, text.kind, text.language, text.body) == (edition, "coming", "fr", WORDS["body"])
    assert text.history.get().history_user is not None
    again = editor.get(f"{ADD}?{of()}")
    assert again.url == reverse("admin:registrations_mailtext_change", args=[text.pk])
    assert "On vous attend" in page(editor.get(again.url))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"body": "Bonjour {prénom}\n\n{rendez_vous}\n\n{bouton}"}, "{prénom} n’est pas connu ici. Vouliez-vous"),
        ({"subject": "{echeance}"}, "{echeance} n’est pas connu ici"),
        ({"subject": "{bouton}"}, "{bouton} n’est pas connu ici"),
        ({"heading": "{prenom.__class__}"}, "{prenom.__class__} n’est pas connu ici"),
        ({"body": "Bonjour"}, "Il manque {bouton}"),
        ({"body": "{rendez_vous}\n\nVoici {bouton}"}, "{bouton} se place seul sur sa ligne"),
        ({"body": "{{ settings.SECRET_KEY }}\n{rendez_vous}\n{bouton}"}, "Une accolade est seule"),
        ({"body": "{% load i18n %}\n{rendez_vous}\n{bouton}"}, "{% load i18n %} n’est pas connu ici"),
        ({"subject": "Deux\nlignes"}, "retour à la ligne"),
        ({"subject": "\u202eelpmaxe"}, "caractère invisible"),
    ],
)
def test_what_would_lose_something_or_not_be_understood_is_not_saved(editor, edition, words, error):
    response = save(editor, edition, **words)

    assert error in told(response)
    assert MailText.objects.count() == 0


def test_who_answers_before_a_time_is_told_it_in_the_subject_and_in_the_text(editor, edition):
    whole = {"subject": "{echeance}", "body": "{inscrit_par}\n{echeance}\n{rendez_vous}\n{bouton}"}

    assert "Il manque {echeance}" in told(save(editor, edition, "hold", **(whole | {"subject": "Confirmez"})))
    lost = whole | {"body": "{inscrit_par}\n{rendez_vous}\n{bouton}"}
    assert "Il manque {echeance}" in told(save(editor, edition, "hold", **lost))
    assert save(editor, edition, "hold", **whole).status_code == 302


def test_a_mail_has_one_text_in_a_language(editor, edition):
    MailTextFactory(edition=edition, kind="coming")

    response = save(editor, edition)

    assert "Ce courriel a déjà son texte dans cette langue" in page(response)
    assert MailText.objects.count() == 1


def test_an_unknown_mail_is_refused(editor, edition):
    response = save(editor, edition, "unknown")

    assert "Le logiciel ne connaît pas de courriel" in page(response)
    assert MailText.objects.count() == 0


def test_the_delivered_text_comes_back_and_the_history_brings_the_other_back_again(editor, edition):
    save(editor, edition)
    text = MailText.objects.get()
    change = page(editor.get(reverse("admin:registrations_mailtext_change", args=[text.pk])))
    delete = reverse("admin:registrations_mailtext_delete", args=[text.pk])
    assert f'<a href="{delete}" class="closelink">Revenir au texte fourni</a>' in change
    assert "Revenir au texte fourni" in page(editor.get(delete))

    editor.post(delete, {"post": "yes"})
    assert MailText.objects.count() == 0
    record = MailText.history.first()
    editor.post(reverse("admin:registrations_mailtext_undelete", args=[record.pk]), {"newest": record.pk})

    assert MailText.objects.get().body == WORDS["body"]


def test_the_history_tells_both_texts_and_restores_the_first(editor, edition):
    save(editor, edition)
    text = MailText.objects.get()
    change = reverse("admin:registrations_mailtext_change", args=[text.pk])
    editor.post(change, WORDS | {"heading": "Ne tardez pas"})

    html = page(editor.get(reverse("admin:registrations_mailtext_history", args=[text.pk])))
    assert "On vous attend" in html
    assert "Ne tardez pas" in html
    first = text.history.last()
    restore = reverse("admin:registrations_mailtext_restore", args=[text.pk, first.pk])
    editor.post(restore, {"newest": text.history.first().pk, "field": "heading"})

    text.refresh_from_db()
    assert text.heading == "On vous attend"


def test_what_is_typed_is_previewed_for_the_last_three_and_nothing_is_saved(project_lead, session):
    for number in range(4):
        RegistrationFactory(session=session, first_name=f"Prénom{number}", email=f"a{number}@example.org")
    RegistrationFactory(session__edition=EditionFactory(), first_name="D’ailleurs")

    response = project_lead.post(f"{PREVIEW}?{of()}", WORDS)
    html = page(response)

    assert [f"Bonjour Prénom{number}," in html for number in range(4)] == [False, True, True, True]
    assert "D’ailleurs" not in html
    assert html.count("Plus que deux jours\u00a0: Fail camp") == 3
    assert "lien personnel masqué" in html
    assert inline_code(html) == []
    assert "unsafe" not in response["Content-Security-Policy"]
    assert MailText.objects.count() == 0


@pytest.mark.parametrize("asked", ["élodie", "ELODIE martin", "e.martin@", "ticket"])
def test_a_preview_is_for_whom_the_staff_looks_for(project_lead, session, asked):
    values = {"first_name": "Élodie", "last_name": "Martin", "email": "e.martin@example.org", "state": "cancelled"}
    wanted = RegistrationFactory(session=session, **values)
    RegistrationFactory.create_batch(4, session=session, first_name="Autre")
    query = of() + "&" + urlencode({"qui": code_of(wanted) if asked == "ticket" else asked})

    saved = page(project_lead.get(f"{PREVIEW}?{query}"))

    assert re.findall(r"<h2>([^<]*@[^<]*)</h2>", saved) == ["e.martin@example.org"]
    assert "Fail camp – Annulée" in saved
    assert "Bonjour Autre" not in saved


def test_the_mail_of_links_is_previewed_once_with_all_of_the_person_that_one_sees(staff, session):
    mine, other = SessionFactory.create_batch(2, edition=session.edition)
    publish(session.edition, note="Deuxième version")
    for each in (session, mine, other):
        RegistrationFactory(session=each, email="alix@example.org")
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence, mine.sequence])

    html = page(client_of(user).get(f"{PREVIEW}?{of('links')}&qui=alix"))

    assert html.count('<pre class="mail"') == 1
    assert [html.count(f"\n{each.title}\n") for each in (session, mine, other)] == [1, 1, 0]
    assert "~" not in html.partition("<pre")[2].partition("</pre>")[0]
    assert 'value="alix"' in html.partition('id="content-main"')[2]
    assert 'value="alix"' not in html.partition('id="content-main"')[0]


def test_what_was_typed_stays_while_somebody_is_looked_for(project_lead, session):
    wanted = RegistrationFactory(session=session, first_name="Élodie")
    RegistrationFactory.create_batch(4, session=session, first_name="Autre")
    first = document_fromstring(page(project_lead.post(f"{PREVIEW}?{of()}", WORDS)))
    (form,) = first.xpath("//main//form[.//input[@type='search']]")
    form.fields["qui"] = "elodie"

    found = page(project_lead.post(form.action, dict(form.form_values())))

    assert re.findall(r"Bonjour (\w+),", found) == ["Élodie"] * found.count("Bonjour Élodie,")
    assert "Plus que deux jours" in found
    assert wanted.email in found
    assert MailText.objects.count() == 0


@pytest.mark.parametrize("words", ["personne", "a\x00b", "x" * 101, "D’ailleurs", "secrete@"])
def test_nobody_is_found_out_of_sight_nor_by_what_is_no_word(staff, session, words):
    RegistrationFactory(session=session, email="secrete@example.org")
    RegistrationFactory(session__edition=EditionFactory(), first_name="D’ailleurs")
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[SessionFactory().sequence])

    html = page(client_of(user).get(f"{PREVIEW}?{of()}&{urlencode({'qui': words})}"))

    assert "<pre" not in html
    is_no_word = len(words) > 100 or "\x00" in words
    assert ("Aucune personne que vous puissiez voir" in html) != is_no_word
    assert ("errorlist" in html) == is_no_word


def test_who_does_not_see_registrations_looks_for_nobody(editor, session):
    RegistrationFactory(session=session, first_name="Secrète", email="secrete@example.org")

    html = page(editor.get(f"{PREVIEW}?{of()}&qui=secrete"))

    assert "secrete@example.org" not in html
    assert 'type="search"' not in html.partition('id="content-main"')[2]
    assert "Camille" in html


def test_a_text_that_cannot_be_saved_says_why_instead(project_lead, session):
    html = page(project_lead.post(f"{PREVIEW}?{of()}", WORDS | {"body": "Bonjour {prénom}"}))

    assert "Texte – {prénom} n’est pas connu ici" in html
    assert "<pre" not in html


def test_the_layout_is_a_page_of_its_own_that_can_do_nothing(project_lead, session):
    person = RegistrationFactory(session=session, first_name="<b>Anne</b> evil.example")

    response = project_lead.post(f"{LAYOUT}?{of()}", WORDS | {"person": person.pk})
    html = page(response)

    policy = set(response["Content-Security-Policy"].split("; "))
    assert policy == {"default-src 'none'", "sandbox", "style-src 'unsafe-inline'"}
    assert "<h1" in html
    assert "On vous attend" in html
    assert f"Bonjour &lt;b&gt;Anne&lt;/{WORD_JOINER}b&gt; evil.{WORD_JOINER}example," in html
    assert person.link.token not in html
    assert str(person.link) not in html


@pytest.mark.parametrize("kind", MAILS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_mail_is_previewed_for_somebody_real_and_for_somebody_invented(project_lead, session, kind, language):
    invented = page(project_lead.get(f"{PREVIEW}?{of(kind, language)}"))
    RegistrationFactory(session=session, first_name="Alix", state="waiting")
    real = page(project_lead.get(f"{PREVIEW}?{of(kind, language)}"))

    assert "camille.martin@example.org" in invented
    assert "camille.martin@example.org" not in real
    for html in (invented, real):
        (mail,) = re.findall(r'<pre class="mail"[^>]*>(.*?)</pre>', html, re.DOTALL)
        assert "Fail camp" in mail or kind == "data"  # about a person, not about a session
        assert not re.search(r"~|\{|None|\[…\]", mail)


def test_a_week_that_is_not_published_yet_is_previewed_too(project_lead, edition):
    html = page(project_lead.get(f"{PREVIEW}?{of()}"))

    assert "Titre de la séance" in html
    assert "Pour une personne inventée" in html


def test_who_does_not_see_registrations_previews_for_somebody_invented(editor, session):
    person = RegistrationFactory(session=session, first_name="Secrète", email="secrete@example.org")

    html = page(editor.post(f"{PREVIEW}?{of()}", WORDS))
    layout = editor.post(f"{LAYOUT}?{of()}", WORDS | {"person": person.pk})

    assert "Bonjour Camille," in html
    assert "secrete@example.org" not in html
    assert layout.status_code == 404


def test_an_account_limited_to_some_sequences_previews_for_its_own_people(staff, session):
    mine = SessionFactory(edition=session.edition, title="La mienne")
    publish(session.edition, note="Deuxième version")
    RegistrationFactory(session=session, email="autre@example.org")
    RegistrationFactory(session=mine, email="mienne@example.org")
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[mine.sequence])
    client = client_of(user)

    html = page(client.get(f"{PREVIEW}?{of()}"))

    assert "mienne@example.org" in html
    assert "autre@example.org" not in html
    assert save(client, session.edition).status_code == 403


def test_the_list_says_which_text_no_longer_fits_and_the_dashboard_counts_those_that_were_not_sent(
    project_lead, edition
):
    text = MailTextFactory(edition=edition, kind="coming")
    MailText.objects.filter(pk=text.pk).update(body="{disparu}")

    assert "Ne convient plus" in page(project_lead.get(LIST))
    MailText.objects.filter(pk=text.pk).update(outdated_since=timezone.now())

    dashboard = re.sub(r"<[^>]+>|\s+", " ", page(project_lead.get(reverse("admin:index"))))
    assert re.search(r"1\s+textes de courriels qui ne conviennent plus", dashboard)
    project_lead.post(reverse("admin:registrations_mailtext_change", args=[text.pk]), WORDS)
    assert MailText.objects.get().outdated_since is None
