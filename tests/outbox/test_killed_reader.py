"""``kill -9`` of a real reader of reports, while the mailbox holds it: nothing is lost, and nothing is told twice."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from innovation_week.environment import mailbox
from outbox.mailbox import read_bounces
from outbox.models import Mailbox, Message
from tests.factories import MessageFactory
from tests.outbox import imap_server
from tests.outbox.conftest import address_of_the_test_database
from tests.outbox.samples import sample


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("command", "recorded"),
    [
        ("UID FETCH", 0),  # it has read nothing
        ("UID STORE", 1),  # it has recorded the first report, and not yet how far it came
    ],
)
def test_a_reader_that_was_killed_is_followed_by_one_that_finds_it_all(command, recorded, settings, monkeypatch):
    messages = [MessageFactory(state="sent", attempts=1) for _number in range(2)]
    with imap_server.running() as server:
        for message in messages:
            server.receive(sample("postfix_unknown", to=message.to, message_id=message.message_id))
        server.hold_at = command
        environment = os.environ | {
            "DATABASE_URL": address_of_the_test_database(),
            "IMAP_URL": server.url,
            "SECRET_KEY": django_settings.SECRET_KEY,
        }
        reader = subprocess.Popen(
            [sys.executable, "manage.py", "read_bounces"], env=environment, cwd=django_settings.BASE_DIR
        )
        try:
            assert server.held.wait(60)
        finally:
            reader.send_signal(signal.SIGKILL)
            reader.wait(timeout=20)
        server.hold_at = ""
        assert Message.objects.filter(state="bounced").count() == recorded
        assert Mailbox.objects.get().last_identifier == 0

        server.mails[0].flags.clear()  # the killed reader's last word may or may not have come through
        monkeypatch.setenv("IMAP_URL", server.url)
        settings.IMAP = mailbox("IMAP_URL")
        assert read_bounces() == {"bounced": 2}
        assert read_bounces() == {}

    assert set(Message.objects.values_list("state", "reason")) == {("bounced", "address")}
    assert server.read == [1, 2]
