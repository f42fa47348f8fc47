"""``kill -9`` of a real sender, while the mail server holds it: the message leaves later, under the same name."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from outbox.models import Message
from outbox.sending import send_due
from tests.factories import MessageFactory
from tests.outbox.conftest import address_of_the_test_database


@pytest.mark.django_db(transaction=True)
def test_a_message_whose_sender_was_killed_leaves_later_under_the_same_identifier(tmp_path):
    message = MessageFactory(kind="notice")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, then says nothing
        silent.settimeout(60)
        environment = os.environ | {
            "DATABASE_URL": address_of_the_test_database(),
            "EMAIL_URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}",
            "SECRET_KEY": settings.SECRET_KEY,
            "VAR_DIR": str(tmp_path),
        }
        sender = subprocess.Popen(
            [sys.executable, "manage.py", "send_messages"], env=environment, cwd=settings.BASE_DIR
        )
        try:
            taken, _address = silent.accept()  # it has leased the message and is talking to the server
        finally:
            sender.send_signal(signal.SIGKILL)
            sender.wait(timeout=20)
        taken.close()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert send_due() == {}  # still leased: perhaps its sender is only slow
    Message.objects.update(leased_until=timezone.now())
    assert send_due() == {"sent": 1}
    assert [left.extra_headers["Message-ID"] for left in mail.outbox] == [message.message_id]
