"""Delivery reports in a mailbox, read over a socket: what they mark, and what they may not."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from innovation_week.environment import mailbox
from outbox.mailbox import LONGEST, MailboxAway, read_bounces
from outbox.models import Mailbox, Message
from outbox.sending import send_due
from outbox.services import send_again
from tests.factories import MessageFactory
from tests.outbox import imap_server
from tests.outbox.samples import names, sample

pytestmark = pytest.mark.django_db

TO = "alix+semaine@ministere.example"


@pytest.fixture
def server(settings, monkeypatch) -> Iterator[imap_server.ImapServer]:
    with imap_server.running() as server:
        monkeypatch.setenv("IMAP_URL", server.url)
        settings.IMAP = mailbox("IMAP_URL")
        yield server


def sent(**values) -> Message:
    return MessageFactory(**{"to": TO, "state": "sent", "attempts": 1, "sent_at": timezone.now()} | values)


def report(name: str, message: Message, **values: str) -> bytes:
    return sample(name, **{"to": message.to, "message_id": message.message_id} | values)


def told(message: Message) -> tuple[str, str, bool]:
    message.refresh_from_db()
    return message.state, message.reason, message.reported_at is not None


def test_a_failure_marks_its_message_with_the_reason_in_words_and_the_report_as_read(server):
    message, other = sent(), sent()
    received = server.receive(report("postfix_unknown", message))

    assert read_bounces() == {"bounced": 1}

    assert told(message) == ("bounced", "address", True)
    assert str(message.get_reason_display()) == "Cette adresse n’existe pas."
    assert "User unknown" in message.error
    assert message.reported_at == received.arrived_at
    assert told(other) == ("sent", "", False)
    assert server.read == [received.identifier]
    assert list(Message.objects.failed()) == [message]


def test_a_delay_is_noted_and_the_message_stays_sent_until_the_server_gives_up(server):
    message = sent()
    server.receive(report("postfix_delayed", message))
    assert read_bounces() == {"delayed": 1}
    assert told(message) == ("sent", "full", True)

    server.receive(report("exchange_full", message))
    assert read_bounces() == {"bounced": 1}
    assert told(message) == ("bounced", "full", True)


def test_a_delay_that_is_read_late_does_not_undo_a_failure(server):
    message = sent()
    server.receive(report("postfix_unknown", message))
    server.receive(report("postfix_delayed", message))

    read_bounces()

    assert told(message) == ("bounced", "address", True)


def test_mails_that_are_no_report_are_left_as_they_are(server):
    message = sent()
    for name in names("other_"):
        server.receive(report(name, message))

    assert read_bounces() == {"left": len(names("other_"))}

    assert told(message) == ("sent", "", False)
    assert server.read == []


def test_a_report_about_no_mail_of_ours_changes_nothing_and_is_left(server):
    message = sent()
    forged = sample("postfix_unknown", to=message.to, message_id="<deviné@example.org>")
    server.receive(forged)

    assert read_bounces() == {"unknown": 1}

    assert told(message) == ("sent", "", False)
    assert server.read == []


def test_a_report_about_another_address_than_that_of_the_message_is_not_believed(server):
    message = sent()
    server.receive(sample("postfix_unknown", to="quelqu-un@example.org", message_id=message.message_id))

    assert read_bounces() == {"unknown": 1}
    assert told(message) == ("sent", "", False)


@pytest.mark.parametrize("state", ["draft", "dropped", "withheld", "failed"])
def test_a_message_that_never_left_cannot_come_back(server, state):
    message = sent(state=state, sent_at=None)
    server.receive(report("postfix_unknown", message))

    assert read_bounces() == {"unknown": 1}
    assert told(message) == (state, "", False)


def test_a_message_whose_sender_was_killed_after_it_left_is_not_sent_again(server):
    message = sent(state="queued", sent_at=None, leased_until=timezone.now())
    server.receive(report("postfix_unknown", message))

    assert read_bounces() == {"bounced": 1}
    assert send_due() == {}


def test_the_report_comes_back_to_an_address_that_names_the_message(server, settings):
    settings.BOUNCE_ADDRESS = "retours+*@example.org"
    MessageFactory(to=TO, message_id="<0123456789abcdef@semaine.example.org>")
    assert send_due() == {"sent": 1}
    (left,) = mail.outbox
    assert left.from_email == "retours+0123456789abcdef@example.org"
    assert "ne-pas-repondre@example.org" in left.message()["From"]

    server.receive(sample("postfix_without_mail", verp=left.from_email))

    assert read_bounces() == {"bounced": 1}
    assert told(Message.objects.get()) == ("bounced", "closed", True)


def test_reading_again_starts_where_it_stopped(server):
    server.receive(report("other_person", sent()))
    read_bounces()
    server.commands.clear()

    assert read_bounces() == {}

    assert "UID FETCH" not in server.commands
    assert Mailbox.objects.get().last_identifier == 1


def test_a_report_that_a_person_has_opened_is_read_all_the_same(server):
    message = sent()
    server.receive(report("postfix_unknown", message)).flags.add("\\Seen")

    assert read_bounces() == {"bounced": 1}
    assert told(message)[0] == "bounced"


def test_a_server_that_numbers_its_mails_anew_is_read_again_which_changes_nothing(server):
    message = sent()
    server.receive(report("postfix_unknown", message))
    read_bounces()
    before = Message.objects.values().get()
    server.validity += 1

    assert read_bounces() == {"bounced": 1}
    assert Message.objects.values().get() == before


def test_an_old_report_read_again_says_nothing_of_a_message_sent_again_since(server):
    message = sent(sent_at=timezone.now() - dt.timedelta(days=2))
    server.receive(report("postfix_unknown", message), timezone.now() - dt.timedelta(days=1))
    read_bounces()
    assert send_again(Message.objects.all()) == 1
    assert told(message) == ("queued", "", False)
    assert send_due() == {"sent": 1}
    server.validity += 1

    assert read_bounces() == {"unknown": 1}
    assert told(message) == ("sent", "", False)


def test_mails_of_long_ago_are_not_read(server):
    message = sent()
    server.receive(report("postfix_unknown", message), timezone.now() - dt.timedelta(days=40))

    assert read_bounces() == {}


def test_of_a_large_report_the_beginning_is_enough(server):
    message = sent()
    raw = report("postfix_unknown", message).replace(b"Bonjour,", b"x" * 2 * LONGEST)
    server.receive(raw)

    assert read_bounces() == {"bounced": 1}


def test_a_mail_that_disappears_meanwhile_is_passed_over(server, monkeypatch):
    server.receive(report("postfix_unknown", sent()))
    server.mails[0].identifier = 3
    server.receive(report("postfix_unknown", sent()))
    monkeypatch.setattr(imap_server.Dialogue, "uid_search", lambda self, rest: self.say("* SEARCH 2 3 4"))

    assert read_bounces() == {"gone": 1, "bounced": 2}


def test_a_mailbox_that_cannot_be_read_says_why_and_is_tried_again(server, settings):
    call_command("read_bounces", stdout=StringIO())
    settings.IMAP = settings.IMAP._replace(password="faux")
    with pytest.raises(CommandError, match=r"The mailbox cannot be read: 127\.0\.0\.1"):
        call_command("read_bounces")

    settings.IMAP = settings.IMAP._replace(port=1)
    with pytest.raises(MailboxAway):
        read_bounces()


def test_the_command_counts_what_it_read(server):
    server.receive(report("postfix_unknown", sent()))
    server.receive(report("other_person", sent()))
    output = StringIO()

    call_command("read_bounces", stdout=output)
    call_command("read_bounces", stdout=output)

    assert output.getvalue() == "bounced: 1, left: 1\nNothing new.\n"


def test_without_a_mailbox_nothing_is_read(settings):
    settings.IMAP = None

    assert read_bounces() == {}
    with pytest.raises(CommandError, match="IMAP_URL is not set"):
        call_command("read_bounces")


class Refusing:
    """A connection to a mail server that refuses the recipient."""

    def __init__(self, **options):
        pass

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({TO: (550, b"5.2.2 mailbox full")})


def test_a_refusal_by_the_first_server_is_told_in_the_same_words(settings):
    settings.EMAIL_BACKEND = "tests.outbox.test_bounces.Refusing"
    message = MessageFactory(to=TO)

    assert send_due() == {"bounced": 1}

    assert told(message) == ("bounced", "full", True)
    assert message.error == "550 5.2.2 mailbox full"
