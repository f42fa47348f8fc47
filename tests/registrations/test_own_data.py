"""What is held about a person: theirs to read, to take away and to have erased, behind a link that was just mailed."""

import io
import json
import re
import zipfile
from html import unescape

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from innovation_week.models import PersonalExport
from outbox.models import Attachment, Message
from publishing.publish import publish
from registrations import erasure, own_data, participants, resending, retention, seats, services
from registrations.models import AccessNeed, Answer, Invitation, Participant, Registration, Transition
from sessions.models import Session
from tests.factories import (
    AccessNeedFactory,
    AnswerFactory,
    AttachmentFactory,
    InvitationFactory,
    MessageFactory,
    PersonalExportFactory,
    RegistrationFactory,
    SessionFactory,
    TransitionFactory,
    UserFactory,
    at,
)
from tests.registrations.conftest import applicant, sent

# Words that are nowhere else in the database.
FIRST, LAST, EMAIL, NOTE = (
    "Zénobie",
    "Quatrevingts",
    "zenobie.quatrevingts@exemple-rare.fr",
    "souhaite-discuter-du-xylophone",
)


@pytest.fixture
def confirmed(published) -> Registration:
    person = applicant(EMAIL, first_name=FIRST, last_name=LAST)
    held = services.register(published, person, now=timezone.now())
    services.confirm(held, published, now=timezone.now())
    return held


@pytest.fixture
def participant(confirmed) -> Participant:
    return Participant.objects.get()


@pytest.fixture
def link(participant) -> str:
    return f"/espace/donnees/{participant.data_link.token}/"


def data_in(message) -> str:
    found = re.search(r"https?://[^/]+(/espace/donnees/[^/\s]+/)", message.body)
    assert found
    return found.group(1)


# --- The link -----------------------------------------------------------------------------------------------------


def test_the_space_mails_a_link_that_opens_for_half_an_hour_from_when_it_left(stranger, participant, monkeypatch):
    sent()
    page = stranger.post(f"/espace/{participant.link.token}/", {"data": "1"}, follow=True).content.decode()
    assert EMAIL in page
    now = timezone.now()
    later = now + timezone.timedelta(hours=3)  # the mail server was down
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    (mail,) = sent()
    assert (mail.to, "~" in mail.body) == ([EMAIL], False)

    opened = stranger.get(data_in(mail))
    monkeypatch.setattr("django.utils.timezone.now", lambda: later + timezone.timedelta(minutes=29))
    still = stranger.get(data_in(mail))
    monkeypatch.setattr("django.utils.timezone.now", lambda: later + timezone.timedelta(minutes=30))
    closed = stranger.get(data_in(mail))

    assert (opened.status_code, still.status_code, closed.status_code) == (200, 200, 410)
    assert "Ce lien n’est plus valable. Demandez-en un nouveau." in closed.content.decode()
    assert stranger.post(data_in(mail), {"erase": "1", "sure": "1"}).status_code == 410
    assert Registration.objects.filter(email=EMAIL).exists()


def test_no_other_link_opens_the_data_and_a_token_cannot_be_made_to_last(stranger, confirmed, participant, link):
    tokens = [participant.link.token, participant.calendar_link.token, confirmed.link.token]
    assert [stranger.get(f"/espace/donnees/{token}/").status_code for token in tokens] == [404] * 3
    token = link.split("/")[3]
    for place in range(len(token)):
        forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not participant.data_link.is_opened_by(forged)
    assert stranger.get(f"/espace/{token}/").status_code == 404


def test_the_mail_of_a_link_asked_for_before_the_erasure_does_not_leave(participant, confirmed):
    sent()
    resending.send_data_link(participant, confirmed)
    Participant.objects.update(link_version=2)

    assert sent() == []
    assert Message.objects.get(kind="registration_data").state == "dropped"


def test_asking_again_and_again_mails_a_few_times(stranger, participant):
    for _time in range(9):
        stranger.post(f"/espace/{participant.link.token}/", {"data": "1"})

    assert Message.objects.filter(kind="registration_data").count() == 5


def test_opening_the_page_changes_nothing_and_it_is_kept_nowhere(stranger, link):
    before = [list(model.objects.values()) for model in (Registration, Participant, Message)]

    answer = stranger.get(link)
    stranger.head(link)

    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    assert [list(model.objects.values()) for model in (Registration, Participant, Message)] == before


# --- Reading and taking away --------------------------------------------------------------------------------------


@pytest.fixture
def everything(confirmed, session) -> Registration:
    """The person in each table that may name them, and somebody else beside."""
    TransitionFactory(registration=confirmed, to_state="confirmed", actor="accueil", reason=f"{FIRST} {NOTE}")
    AccessNeedFactory(registration=confirmed, need=f"Un siège pour le {NOTE}")
    AnswerFactory(registration=confirmed, question__kind="text", text=f"{FIRST} répond")
    past = SessionFactory(edition=session.edition, title="Conférence passée", starts_at=at(8), ends_at=at(9))
    RegistrationFactory(session=past, email=EMAIL, email_key=EMAIL, last_name=LAST, state="cancelled")
    invitation = InvitationFactory(session=session, email=EMAIL)
    MessageFactory(about=f"registrations.invitation:{invitation.pk}", to=EMAIL, subject="Votre invitation")
    message = MessageFactory(about=f"registrations.registration:{confirmed.pk}", to=EMAIL, subject=f"Bonjour {FIRST}")
    AttachmentFactory(message=message, content=f"ATTENDEE:{EMAIL}")
    MessageFactory(kind="registration_links", to=EMAIL, text=f"{FIRST} {LAST}")
    RegistrationFactory(
        session=session,
        email="collegue@example.org",
        state="cancelled",
        registered_by_name=f"{FIRST} {LAST}",
        registered_by_email=EMAIL,
    )
    PersonalExportFactory(narrowed=f"recherche : « {EMAIL} »", query="q=zenobie.quatrevingts%40exemple-rare.fr")
    LogEntry.objects.create(
        user=UserFactory(),
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=str(confirmed.pk),
        object_repr=f"{FIRST} {LAST}",
        action_flag=2,
        change_message=EMAIL,
    )
    return confirmed


def taken(client, link: str) -> tuple[str, dict]:
    """The page and the data of the file."""
    answer = client.post(link, {"download": "1"})
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="mes-donnees-demo.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        page, data = files.read("mes-donnees.html").decode(), json.loads(files.read("mes-donnees.json"))
    return unescape(page), data


def test_a_title_that_is_not_published_yet_is_in_no_file(stranger, everything, session, link):
    TransitionFactory(registration=everything, to_state="confirmed", left_session=session)
    Session.objects.filter(pk=session.pk).update(title="Sous embargo")

    page, data = taken(stranger, link)

    assert "embargo" not in page + json.dumps(data)
    named = {one["Séance"] for records in data.values() for one in records if "Séance" in one}
    assert named == {"Fail camp", "Conférence passée"}
    assert data["Ce qu’elles sont devenues"][-1]["Séance quittée"] == "Fail camp"


def test_the_file_tells_everything_in_words_to_a_person_and_to_a_machine(stranger, everything, link):
    page, data = taken(stranger, link)

    assert list(data) == [
        "Vous",
        "Vos inscriptions",
        "Ce que vous avez répondu",
        "Ce dont vous avez besoin",
        "Ce qu’elles sont devenues",
        "Vos invitations",
        "Les messages qui vous ont été envoyés",
        "Les collègues que vous avez inscrits",
    ]
    first = data["Vos inscriptions"][0]
    assert (first["Séance"], first["Prénom"], first["Nom"], first["Adresse électronique"], first["État"]) == (
        "Fail camp",
        FIRST,
        LAST,
        EMAIL,
        "Confirmée",
    )
    assert re.fullmatch(r"\w{4} \w{4} \w{4}", first["Billet"])
    assert f"{FIRST} {NOTE}" in [change["Motif"] for change in data["Ce qu’elles sont devenues"]]
    assert {change["Par"] for change in data["Ce qu’elles sont devenues"]} == {"vous", "l’équipe"}
    assert [need["Besoin"] for need in data["Ce dont vous avez besoin"]] == [f"Un siège pour le {NOTE}"]
    assert [answer["Réponse"] for answer in data["Ce que vous avez répondu"]] == [f"{FIRST} répond"]
    assert "seance.ics" in [message["Pièces jointes"] for message in data["Les messages qui vous ont été envoyés"]]
    for words in (FIRST, LAST, EMAIL, NOTE, "Conférence passée", first["Billet"]):
        assert words in page


def test_the_file_holds_nothing_of_anybody_else_and_no_link_that_acts(stranger, everything, participant, link):
    RegistrationFactory(session=everything.session, last_name="Voisin-secret")
    page, data = taken(stranger, link)
    words = page + json.dumps(data, ensure_ascii=False)

    assert "Voisin-secret" not in words
    assert "collegue@example.org" not in words
    assert everything.public_id.hex not in words.replace("-", "")
    assert everything.link.token not in words
    assert participant.link.token not in words


def test_each_table_that_hangs_on_a_registration_is_told_or_left_out_on_purpose():
    """A new table, or a new field of these, is to be thought of here, in the file and in the erasure."""
    hanging = {relation.related_model for relation in Registration._meta.related_objects}
    told = {
        Registration: {
            "arrived_at",
            "branch",
            "created_at",
            "email",
            "employer_name",
            "expires_at",
            "first_name",
            "hold_hours",
            "hold_started_at",
            "is_online",
            "language",
            "last_name",
            "offered_at",
            "party",
            "priority",
            "queued_at",
            "region",
            "registered_by_email",
            "registered_by_name",
            "reminded_at",
            "set_aside_until",
            "state",
        },
        Transition: {"from_state", "to_state", "at", "actor", "reason", "left_session"},
        Participant: {"edition"},
        Answer: {"question", "text"},
        AccessNeed: {"need", "consented_at", "state", "handled_at"},
        Invitation: {"email", "language", "last_day", "invited_at", "revoked_at"},
    }

    assert hanging == {Transition, AccessNeed, Answer}
    for model, fields in told.items():
        assert {field.name for field in model._meta.concrete_fields} - own_data.LEFT_OUT == fields


# --- Erasing ------------------------------------------------------------------------------------------------------


def rows_that_say(*words: str) -> list[str]:
    """Every text of every table of the database that holds one of these words."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        texts = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        ]
        for row in model._default_manager.values_list(*texts) if texts else ():
            found += [
                f"{model._meta.label}.{name}: {value}"
                for name, value in zip(texts, row, strict=True)
                if any(word.casefold() in str(value).casefold() for word in words)
            ]
    return found


def test_erasing_leaves_no_word_of_the_person_in_any_table(stranger, everything, link):
    words = (FIRST, LAST, EMAIL, EMAIL.replace("@", "%40"), NOTE)
    tables = {row.partition(":")[0].rpartition(".")[0] for row in rows_that_say(*words)}
    assert {
        "registrations.Registration",
        "registrations.Transition",
        "registrations.AccessNeed",
        "registrations.Answer",
        "registrations.Participant",
        "outbox.Message",
        "outbox.Attachment",
        "innovation_week.PersonalExport",
        "admin.LogEntry",
    } <= tables

    page = stranger.post(link, {"erase": "1", "sure": "1"}).content.decode()

    assert "Vos données sont supprimées" in page
    assert rows_that_say(*words) == []


def test_what_is_to_come_is_cancelled_and_goes_to_who_waits_and_what_was_stays_to_be_counted(
    stranger, published, everything, link
):
    seats.set_capacity(everything.session, 1)
    waiting = services.register(published, applicant("attend@example.org"), now=timezone.now(), wait=True)
    came = RegistrationFactory(
        session=SessionFactory(edition=everything.session.edition), email=EMAIL, email_key=EMAIL, state="present"
    )
    Session.objects.filter(pk=came.session_id).update(seats_taken=1)

    stranger.post(link, {"erase": "1", "sure": "1"})

    for registration in (everything, waiting, came):
        registration.refresh_from_db()
    assert (everything.state, waiting.state, came.state) == ("cancelled", "offered", "present")
    assert (everything.employer_name, everything.branch) == ("Mairie de l’Exemple", "local")
    assert everything.email.endswith("@erased.invalid")
    assert list(everything.transitions.values_list("to_state", "actor", "reason").order_by("-pk")[:1]) == [
        ("cancelled", "person", "The person had their data erased.")
    ]
    assert seats.recount() == []


def test_afterwards_no_link_opens_anything_and_nothing_leaves(stranger, everything, participant, link):
    ticket = f"/billets/{own_data.tickets.code_of(everything)}/"
    links = [
        link,
        f"/espace/{participant.link.token}/",
        f"/espace/agenda/{participant.calendar_link.token}.ics",
        f"/inscriptions/{everything.link.token}/",
        ticket,
    ]
    services.send_links(EMAIL, language="fr")

    stranger.post(link, {"erase": "1", "sure": "1"})

    assert {stranger.get(each).status_code for each in links} <= {404, 410}
    assert [mail.to for mail in sent() if EMAIL in mail.to] == []
    stranger.post("/inscriptions/", {"email": EMAIL})
    assert [mail.to for mail in sent() if EMAIL in mail.to] == []


def test_another_edition_keeps_its_own(stranger, everything, link):
    elsewhere = RegistrationFactory(email=EMAIL, email_key=EMAIL)
    kept = participants.of(elsewhere)
    message = MessageFactory(about=f"registrations.registration:{elsewhere.pk}", to=EMAIL)

    stranger.post(link, {"erase": "1", "sure": "1"})

    elsewhere.refresh_from_db()
    assert elsewhere.email == EMAIL
    assert list(Participant.objects.all()) == [kept]
    assert Message.objects.filter(pk=message.pk).exists()


def test_the_page_says_what_will_go_before_and_asks_for_a_tick(stranger, everything, link):
    page = stranger.get(link).content.decode()
    unsure = stranger.post(link, {"erase": "1"}).content.decode()

    assert "1 inscription à venir est annulée" in page
    assert "Fail camp" in page
    number = retention.messages_about(Participant.objects.get()).count()
    assert f"{number} messages sont supprimés." in page
    assert "Cochez la case" in unsure
    everything.refresh_from_db()
    assert everything.email == EMAIL


def test_erasing_is_not_fooled_by_a_session_that_left_the_programme(stranger, session, everything, link):
    Session.objects.filter(pk=session.pk).update(status="design")
    SessionFactory(edition=session.edition)
    publish(session.edition, note="Retrait.")

    stranger.post(link, {"erase": "1", "sure": "1"})

    everything.refresh_from_db()
    assert everything.state == "cancelled"
    assert seats.recount() == []


def test_erasing_twice_from_two_tabs_erases_once(participant):
    erasure.erase(Participant.objects.get(pk=participant.pk), now=timezone.now())

    assert not Participant.objects.exists()
    assert PersonalExport.objects.count() == Attachment.objects.count() == 0
