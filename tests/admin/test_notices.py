"""The staff reads what a release drafted, adds a word, sends or discards; the page that publishes says so before."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from innovation_week.publication import publish
from outbox.models import Message
from outbox.outside import WORD_JOINER
from registrations.models import Notice, Registration
from sessions.models import Session
from tests.admin.change_forms import fields_of, opened
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    MailTextFactory,
    RegistrationFactory,
    SequenceFactory,
    SessionFactory,
)
from tests.registrations.conftest import sent

LIST = "/admin/registrations/notice/"
SETTLE = f"{LIST}regler/"
PUBLISH = "/admin/publishing/release/publier/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def session(db) -> Session:
    """Public, with two people who are registered and one who waits."""
    edition = EditionFactory(slug="demo", is_current=True)
    session = SessionFactory(edition=edition, title="Fail camp")
    publish(edition, note="Ouverture.")
    RegistrationFactory.create_batch(2, session=session)
    RegistrationFactory(session=session, state="waiting")
    return session


@pytest.fixture
def draft(session) -> Notice:
    shift(session)
    publish(session.edition, note="Plus tard.")
    return Notice.objects.get()


def shift(session: Session, by: dt.timedelta = HOUR) -> None:
    row = Session.objects.get(pk=session.pk)
    Session.objects.filter(pk=row.pk).update(starts_at=row.starts_at + by, ends_at=row.ends_at + by)


def starts_in(session: Session, hours: int) -> None:
    start, today = timezone.now() + dt.timedelta(hours=hours), timezone.localdate()
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + HOUR)
    edition = session.edition
    edition.starts_on, edition.ends_on = today - dt.timedelta(days=1), today + dt.timedelta(days=40)
    edition.save()


def words(response) -> str:
    return " ".join(html.fromstring(response.content.decode()).text_content().split())


def test_the_dashboard_counts_the_drafts_and_leads_to_them(project_lead, draft):
    page = html.fromstring(project_lead.get("/admin/").content.decode())
    (link,) = page.xpath("//a[contains(@href, '/registrations/notice/?')]/@href")

    listed = project_lead.get(link)

    assert "1 avis aux inscrits à envoyer ou à abandonner" in words(project_lead.get("/admin/"))
    assert [notice.pk for notice in listed.context["cl"].result_list] == [draft.pk]


def test_the_list_tells_old_and_new_and_how_many_people(project_lead, draft):
    told = words(project_lead.get(LIST))

    assert "10 h – 11 h" in told
    assert "11 h – 12 h" in told
    assert "Envoyer ou abandonner l’avis affiché" in told


def test_a_word_is_added_and_read_in_the_preview_before_it_is_sent(project_lead, draft):
    address = reverse("admin:registrations_notice_change", args=[draft.pk])
    project_lead.post(address, opened(project_lead, address) | {"word": "Un dégât des eaux."})

    told, page = words(project_lead.get(address)), project_lead.get(f"{LIST}{draft.pk}/apercu/").content.decode()

    assert "Déplacée" in told
    assert "Un dégât des eaux." in told
    assert "Un dégât des eaux." in page
    assert "lien personnel masqué" in page
    assert sent() == []


def test_the_filtered_are_sent_after_reading_how_many_mails_leave(project_lead, draft):
    page = project_lead.get(f"{SETTLE}?state__exact=draft")
    assert "1 avis, 3 courriels" in words(page)

    answer = project_lead.post(SETTLE, fields_of(page) | {"send": "1"}, follow=True)

    assert "3 courriels vont partir." in words(answer)
    assert len(sent()) == 3
    draft.refresh_from_db()
    assert (draft.state, draft.mails, draft.settled_by is not None) == ("sent", 3, True)


def test_a_filter_leaves_the_others_alone(project_lead, draft, session):
    other = SessionFactory(edition=session.edition, title="Procès")
    publish(session.edition, note="Autre.")
    RegistrationFactory(session=other)
    Session.objects.filter(pk=other.pk).update(status="cancelled")
    publish(session.edition, note="Annulée.")

    page = project_lead.get(f"{SETTLE}?kind__exact=cancelled")
    project_lead.post(SETTLE, fields_of(page) | {"discard": "1"})

    assert dict(Notice.objects.values_list("kind", "state")) == {"moved": "draft", "cancelled": "discarded"}
    assert sent() == []


def test_what_a_release_replaced_since_it_was_read_is_not_sent(project_lead, draft, session):
    page = project_lead.get(f"{SETTLE}?pk={draft.pk}")
    shift(session)
    publish(session.edition, note="Encore plus tard.")

    answer = project_lead.post(SETTLE, fields_of(page) | {"send": "1"}, follow=True)

    assert "relisez-le" in words(answer)
    assert sent() == []
    assert Notice.objects.get().state == "draft"


@pytest.mark.parametrize("seen", ["", "x", "1", "1:2:3", "1:2;", "9999999999:1"])
def test_a_forged_answer_settles_nothing(project_lead, draft, seen):
    project_lead.post(SETTLE, {"seen": seen, "send": "1"})

    assert Notice.objects.get().state == "draft"


def test_the_page_that_publishes_says_how_many_drafts_it_makes(project_lead, session):
    shift(session)

    assert "Fail camp : un brouillon pour 3 personnes" in words(project_lead.get(PUBLISH)).replace("\u00a0", " ")


def test_what_starts_within_a_day_is_told_in_the_same_step_unless_it_is_unticked(project_lead, session):
    starts_in(session, 3)
    page = project_lead.get(PUBLISH)
    assert fields_of(page)["tell"] == session.code

    project_lead.post(PUBLISH, fields_of(page) | {"note": "Aujourd’hui."})

    assert Notice.objects.get().state == "sent"
    assert len(sent()) == 3


def test_unticked_it_stays_a_draft(project_lead, session):
    starts_in(session, 3)
    answers = fields_of(project_lead.get(PUBLISH)) | {"note": "Aujourd’hui."}
    del answers["tell"]

    project_lead.post(PUBLISH, answers)

    assert Notice.objects.get().state == "draft"
    assert sent() == []


def test_cancelling_on_the_page_of_a_session_tells_at_once_what_starts_today(project_lead, session):
    starts_in(session, 3)
    publish(session.edition, note="Aujourd’hui.")
    Notice.objects.all().delete()
    address = reverse("admin:programme_session_cancel", args=[session.pk])

    project_lead.post(address, fields_of(project_lead.get(address)))

    assert [(notice.kind, notice.state) for notice in Notice.objects.all()] == [("cancelled", "sent")]
    assert len(sent()) == 3


def test_an_account_limited_to_other_sequences_neither_sees_nor_sends(staff, draft):
    limited = staff("Chef de projet")
    other = SequenceFactory(edition=draft.session.edition)
    AccountLimitFactory(user=limited, only_some_sequences=True, sequences=[other])
    client = client_of(limited)

    client.post(SETTLE, {"seen": f"{draft.pk}:{draft.release_id}", "send": "1"})

    assert client.get(LIST).context["cl"].result_count == 0
    assert client.get(reverse("admin:registrations_notice_preview", args=[draft.pk])).status_code in (403, 404)
    assert Notice.objects.get().state == "draft"


@pytest.mark.parametrize("role", ["Éditorial", "Accueil", "Lecture"])
def test_who_may_not_send_does_not(staff, draft, role):
    client = client_of(staff(role))

    assert client.post(SETTLE, {"seen": f"{draft.pk}:{draft.release_id}", "send": "1"}).status_code == 403
    assert Notice.objects.get().state == "draft"


def test_the_list_asks_as_many_queries_for_three_as_for_one(project_lead, session, django_assert_max_num_queries):
    others = [SessionFactory(edition=session.edition) for _number in range(3)]
    publish(session.edition, note="Autres.")
    for other in others:
        RegistrationFactory(session=other)
        shift(other)
    publish(session.edition, note="Plus tard.")
    project_lead.get(LIST)

    with django_assert_max_num_queries(16):
        project_lead.get(LIST)


def edit(client, notice: Notice, **values: str) -> str:
    address = reverse("admin:registrations_notice_change", args=[notice.pk])
    client.post(address, opened(client, address) | values)
    return words(client.get(address))


def test_the_form_holds_the_drafted_subject_and_text(project_lead, draft):
    fields = opened(project_lead, reverse("admin:registrations_notice_change", args=[draft.pk]))

    assert fields["subject"] == "Déplacée\u00a0: Fail camp"
    assert fields["text"].strip() == "L’heure de cette séance change."


def test_subject_and_text_are_edited_and_the_facts_stay(project_lead, draft):
    told = edit(project_lead, draft, subject="Une heure plus tard", text="Le ministre arrive\r\nà 11 h <précises>.")
    project_lead.post(SETTLE, fields_of(project_lead.get(f"{SETTLE}?pk={draft.pk}")) | {"send": "1"})

    assert "Une heure plus tard" in told  # in the mail as it would leave
    mail = sent()[0]
    assert mail.subject == "Une heure plus tard"
    assert "Le ministre arrive\nà 11 h <précises>." in mail.body
    assert "à 11 h &lt;précises&gt;." in mail.alternatives[0].content
    assert "L’heure de cette séance change." not in mail.body
    for time in ("11\u00a0h\u00a0– 12\u00a0h", "10\u00a0h\u00a0– 11\u00a0h"):
        assert time in mail.body


def test_what_is_saved_as_drafted_stays_in_the_language_of_each(project_lead, draft, session):
    session.registrations.update(language="en")
    edit(project_lead, draft, word="Sorry.")
    project_lead.post(SETTLE, fields_of(project_lead.get(f"{SETTLE}?pk={draft.pk}")) | {"send": "1"})

    mail = sent()[0]
    assert mail.subject == "Moved: Fail camp"
    assert "The time of this session changes." in mail.body


def test_the_form_starts_from_the_words_of_the_edition(project_lead, draft, session):
    subject = "{prenom}, du nouveau ({nouvelle_en_bref}) à {lieu}\u00a0: {seance}"
    MailTextFactory(edition=session.edition, kind="changed", subject=subject)
    first, *_others = session.registrations.order_by("pk")
    Registration.objects.filter(pk=first.pk).update(first_name="evil.example")
    address = reverse("admin:registrations_notice_change", args=[draft.pk])

    fields = opened(project_lead, address)
    assert fields["subject"].startswith("{prenom}, du nouveau (Déplacée) à ")
    assert fields["subject"].endswith("\u00a0: Fail camp")
    assert "evil" not in fields["subject"]
    edit(project_lead, draft, word="Pardon.")
    draft.refresh_from_db()
    assert draft.subject == ""  # left as it was drafted

    edit(
        project_lead, draft, subject=fields["subject"].replace("du nouveau", "une heure plus tard"), text="À {edition}."
    )
    project_lead.post(SETTLE, fields_of(project_lead.get(f"{SETTLE}?pk={draft.pk}")) | {"send": "1"})
    queued = Message.objects.get(to=first.email).subject
    (mail,) = [mail for mail in sent() if mail.to == [first.email]]

    assert queued == mail.subject
    assert mail.subject.replace(WORD_JOINER, "").startswith("evil.example, une heure plus tard (Déplacée) à ")
    assert "evil.example" not in mail.subject
    assert f"À {session.edition.name}." in mail.body


@pytest.mark.parametrize("field", ["subject", "text", "word"])
def test_a_placeholder_that_no_notice_knows_is_named_and_not_saved(project_lead, draft, field):
    address = reverse("admin:registrations_notice_change", args=[draft.pk])

    page = words(project_lead.post(address, opened(project_lead, address) | {field: "Avant {echeance}"}))

    assert "Repère inconnu : {echeance}. Vous pouvez écrire {prenom}, {nom}, {seance}, {edition}." in page.replace(
        "\u00a0", " "
    )
    draft.refresh_from_db()
    assert (draft.subject, draft.text, draft.word) == ("", "", "")


def test_braces_of_a_draft_written_before_they_meant_anything_leave_as_they_are(project_lead, draft):
    Notice.objects.update(subject="{0} {x.y}", word="{bouton}")
    project_lead.post(SETTLE, fields_of(project_lead.get(f"{SETTLE}?pk={draft.pk}")) | {"send": "1"})

    mail = sent()[0]
    assert mail.subject == "{0} {x.y}"
    assert "{bouton}" in mail.body


def test_emptied_they_are_as_they_were_drafted(project_lead, draft):
    edit(project_lead, draft, subject="Autre", text="Autre texte")
    edit(project_lead, draft, subject="", text="")

    draft.refresh_from_db()
    assert (draft.subject, draft.text) == ("", "")


def test_a_release_that_tells_other_facts_drafts_its_own_words_and_keeps_the_word(project_lead, draft, session):
    edit(project_lead, draft, subject="À 11 h", text="Nous commençons à 11 h.", word="Merci.")
    shift(session)

    publish(session.edition, note="Encore plus tard.")

    draft.refresh_from_db()
    assert (draft.subject, draft.text, draft.word) == ("", "", "Merci.")


def test_a_release_that_tells_the_same_facts_leaves_them(project_lead, draft, session):
    edit(project_lead, draft, subject="À 11 h", text="Nous commençons à 11 h.")
    Session.objects.update(title="Fail camp, le retour")

    publish(session.edition, note="Titre.")

    draft.refresh_from_db()
    assert (draft.subject, draft.text) == ("À 11 h", "Nous commençons à 11 h.")


def test_a_subject_has_one_line(project_lead, draft):
    edit(project_lead, draft, subject="Une\u2028autre")

    draft.refresh_from_db()
    assert draft.subject == ""


def test_what_a_colleague_rewrote_since_it_was_read_is_not_sent(project_lead, draft):
    page = project_lead.get(f"{SETTLE}?pk={draft.pk}")
    edit(project_lead, draft, text="Tout autre chose.")

    answer = project_lead.post(SETTLE, fields_of(page) | {"send": "1"}, follow=True)

    assert "relisez-le" in words(answer)
    assert sent() == []


def test_edited_words_are_read_before_several_are_sent(project_lead, draft):
    edit(project_lead, draft, subject="Une heure plus tard", text="Le ministre arrive.")

    told = words(project_lead.get(f"{SETTLE}?state__exact=draft"))

    assert "Une heure plus tard" in told
    assert "Le ministre arrive." in told


def test_a_sent_notice_is_no_longer_edited(project_lead, draft):
    project_lead.post(SETTLE, fields_of(project_lead.get(f"{SETTLE}?pk={draft.pk}")) | {"send": "1"})
    address = reverse("admin:registrations_notice_change", args=[draft.pk])

    project_lead.post(address, {"subject": "Trop tard", "text": "Trop tard", "word": "Trop tard"})

    draft.refresh_from_db()
    assert (draft.subject, draft.text, draft.word) == ("", "", "")
