"""What becomes of a message, with a mail server of the test's own that accepts, refuses or falls silent."""

import datetime as dt
import smtplib
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from outbox import preparation
from outbox.links import PersonalLink
from outbox.models import Attachment, Message
from outbox.sending import LEASE, MAX_ATTEMPTS, _put_off, lease, send_due
from outbox.services import queue, send_again
from tests.factories import AttachmentFactory, MessageFactory

pytestmark = pytest.mark.django_db


def notice(**values) -> Message:
    """Of a kind that nothing prepares."""
    return MessageFactory(**{"kind": "notice"} | values)


class Refusing(EmailBackend):
    """Raises what the test asks for, the way smtplib does."""

    error: Exception | None = None

    def send_messages(self, messages):
        if self.error:
            raise self.error
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.outbox.test_sending.Refusing"
    monkeypatch.setattr(Refusing, "error", None)
    return Refusing


def make_due() -> None:
    Message.objects.update(next_attempt_at=timezone.now(), leased_until=None)


def test_a_message_leaves_once_with_its_parts_and_its_identifier():
    message = notice(text="Bonjour", html="<p>Bonjour</p>", reply_to="contact@example.org")
    AttachmentFactory(message=message)

    assert send_due() == {"sent": 1}
    assert send_due() == {}

    (left,) = mail.outbox
    assert left.extra_headers["Message-ID"] == message.message_id
    assert (left.body, left.alternatives[0].content, left.reply_to) == (
        "Bonjour",
        "<p>Bonjour</p>",
        ["contact@example.org"],
    )
    assert [name for name, _content, _type in left.attachments] == ["seance.ics"]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.leased_until) == ("sent", 1, None)


def test_at_most_the_number_asked_for_leaves():
    [notice() for _number in range(3)]

    assert send_due(limit=2) == {"sent": 2}


def test_only_the_links_of_a_message_are_filled_in():
    mine, other = PersonalLink("registration", uuid4(), 1), PersonalLink("registration", uuid4(), 1)
    message = notice(text=f"{mine} de {other}", html=f"<a href='{mine}'>", links=[str(mine)])

    send_due()

    assert mail.outbox[0].body == f"{mine.token} de {other}"
    assert mail.outbox[0].alternatives[0].content == f"<a href='{mine.token}'>"
    message.refresh_from_db()
    assert mine.token not in message.text + message.html


def test_a_refused_address_is_not_written_to_again(server):
    message = notice(to="personne@example.org")
    server.error = smtplib.SMTPRecipientsRefused({"personne@example.org": (550, b"no such user")})

    assert send_due() == {"bounced": 1}

    message.refresh_from_db()
    assert message.state == "bounced"
    assert "no such user" in message.error


def test_a_full_mailbox_is_tried_again(server):
    notice()
    server.error = smtplib.SMTPRecipientsRefused({"agent@example.org": (452, b"mailbox full")})

    assert send_due() == {"queued": 1}


def test_a_text_that_the_server_refuses_for_good_fails(server):
    notice()
    server.error = smtplib.SMTPDataError(554, b"rejected")

    assert send_due() == {"failed": 1}


def test_a_server_that_is_away_costs_one_message_one_attempt(server):
    [notice() for _number in range(3)]
    server.error = ConnectionRefusedError(111, "Connection refused")

    assert send_due() == {"queued": 1}
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_pauses_double_and_end_in_a_failure_that_staff_see(server):
    message = notice()
    server.error = smtplib.SMTPServerDisconnected("gone")
    pauses = []

    for _attempt in range(MAX_ATTEMPTS):
        make_due()
        before = timezone.now()
        send_due()
        message.refresh_from_db()
        pauses.append(round((message.next_attempt_at - before).total_seconds() / 60))

    assert pauses[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 240]
    assert (message.state, message.attempts, "gone" in message.error) == ("failed", MAX_ATTEMPTS, True)
    assert list(Message.objects.failed()) == [message]


def test_a_message_that_cannot_be_prepared_does_not_hold_up_the_next(monkeypatch):
    def broken(message, now):
        raise ZeroDivisionError

    monkeypatch.setitem(preparation._preparations, "broken", broken)
    notice(kind="broken", created_at=timezone.now() - dt.timedelta(hours=1))
    notice(kind="other")

    assert send_due() == {"queued": 1, "sent": 1}


def test_a_message_that_a_later_fact_made_void_does_not_leave(monkeypatch):
    monkeypatch.setitem(preparation._preparations, "void", lambda message, now: None)
    notice(kind="void")

    assert send_due() == {"dropped": 1}
    assert mail.outbox == []


def test_values_known_at_the_last_moment_are_escaped_in_html(monkeypatch):
    monkeypatch.setitem(preparation._preparations, "late", lambda message, now: {"deadline": "9 h <demain>"})
    notice(kind="late", subject="Avant ~deadline~", text="~deadline~", html="~deadline~")

    send_due()

    (left,) = mail.outbox
    assert (left.subject, left.body) == ("Avant 9 h <demain>", "9 h <demain>")
    assert left.alternatives[0].content == "9 h &lt;demain&gt;"


def test_a_leased_message_is_left_to_its_sender_until_the_lease_runs_out():
    message = notice()
    now = timezone.now()

    assert lease(now) == message
    assert lease(now) is None
    assert lease(now + LEASE) == message


def test_a_sender_whose_lease_ran_out_does_not_write_over_the_next_one(server):
    message = notice()
    first = lease(timezone.now())
    make_due()
    send_due()
    _put_off(first, TimeoutError())

    message.refresh_from_db()
    assert message.state == "sent"


SUBJECTS = [
    "Votre inscription",
    "Confirmer avant le mardi 20 novembre à 14 h 30 : « Tribunal pour les générations futures, l’État »",
    "à" * 240,
    "A subject in English that is long enough to take two lines of a mail, or even three of them, without an accent",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_begins_on_the_line_of_its_name_and_arrives_as_it_was_written(subject, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    notice(subject=subject)

    assert send_due() == {"sent": 1}

    (file,) = settings.EMAIL_FILE_PATH.iterdir()
    raw = file.read_bytes()
    (first_line,) = [line for line in raw.splitlines() if line.startswith(b"Subject:")]
    assert first_line.removeprefix(b"Subject:").strip()
    assert max(map(len, raw.partition(b"\n\n")[0].splitlines())) <= 78
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject


def test_a_line_break_that_came_into_a_subject_does_not_make_a_header():
    notice(subject="Été\r\nBcc: tous@example.org")

    assert send_due() == {"queued": 1}

    assert mail.outbox == []
    assert "BadHeaderError" in Message.objects.get().error


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_transaction_that_is_undone_never_was():
    def undone():
        with transaction.atomic():
            queue(
                kind="any",
                to="alix@example.org",
                subject="Votre\r\nBcc: place",
                template="registrations/mail/_letter",
                context={"entries": []},
                language="fr",
                attachments=[Attachment(name="a.ics", content_type="text/calendar", content="")],
            )
            assert Message.objects.get().subject == "Votre Bcc: place"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()

    assert (Message.objects.count(), Attachment.objects.count(), send_due()) == (0, 0, {})
    connection.close()


def test_on_a_training_site_mail_leaves_for_the_listed_addresses_only(settings):
    settings.TRAINING, settings.TRAINING_ADDRESSES = True, ["formation@example.org"]
    listed, other = notice(to="Formation@example.org"), notice(to="camille@example.org")

    assert send_due() == {Message.State.SENT: 1, Message.State.WITHHELD: 1}

    assert [message.to for message in mail.outbox] == [["Formation@example.org"]]
    assert Message.objects.get(pk=other.pk).state == Message.State.WITHHELD
    settings.TRAINING = False
    assert send_due() == {}  # what was withheld never leaves later
    assert Message.objects.get(pk=listed.pk).sent_at


def test_a_training_site_without_a_list_sends_nothing(settings):
    settings.TRAINING, settings.TRAINING_ADDRESSES = True, []
    notice()

    assert send_due() == {Message.State.WITHHELD: 1}
    assert mail.outbox == []


def test_a_mail_that_failed_before_it_had_a_text_can_leave_again():
    failed = notice(state="failed", text="", attempts=3)

    assert send_again(Message.objects.all()) == 1

    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("queued", 0)


def test_all_mail_may_be_restricted_to_listed_addresses_outside_training_too(settings):
    settings.TRAINING, settings.MAIL_ONLY_TO = False, ["equipe@example.org"]
    notice(to="Equipe@example.org"), notice(to="camille@example.org")

    assert send_due() == {Message.State.SENT: 1, Message.State.WITHHELD: 1}
    assert [message.to for message in mail.outbox] == [["Equipe@example.org"]]


def test_on_a_training_site_the_restriction_comes_on_top_of_its_list(settings):
    settings.TRAINING, settings.TRAINING_ADDRESSES = True, ["formation@example.org", "equipe@example.org"]
    settings.MAIL_ONLY_TO = ["equipe@example.org", "camille@example.org"]
    for to in ("formation@example.org", "equipe@example.org", "camille@example.org"):
        notice(to=to)

    send_due()

    assert [message.to for message in mail.outbox] == [["equipe@example.org"]]
