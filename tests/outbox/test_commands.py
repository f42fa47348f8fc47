import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from outbox.models import Message
from tests.factories import MessageFactory
from tests.outbox.conftest import address_of_the_test_database


@pytest.mark.django_db
def test_sending_once_says_what_became_of_the_messages():
    for _number in range(3):
        MessageFactory(kind="notice")
    output = StringIO()

    call_command("send_messages", "--limit", "2", stdout=output)
    call_command("send_messages", stdout=output)
    call_command("send_messages", stdout=output)

    assert output.getvalue() == "sent: 2\nsent: 1\n"


@pytest.mark.django_db(transaction=True)
def test_the_loop_sends_what_comes_and_ends_when_asked(tmp_path):
    environment = os.environ | {
        "DATABASE_URL": address_of_the_test_database(),
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(tmp_path),
    }
    environment.pop("EMAIL_URL", None)
    loop = subprocess.Popen(
        [sys.executable, "manage.py", "send_messages", "--loop", "--pause", "0.1"],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    try:
        MessageFactory(kind="notice")
        limit = time.monotonic() + 60
        while not Message.objects.filter(state="sent") and time.monotonic() < limit:
            time.sleep(0.1)
    finally:
        loop.send_signal(signal.SIGTERM)
        code = loop.wait(timeout=30)

    assert code == 0
    assert Message.objects.get().state == "sent"
    assert len(list((tmp_path / "mail").iterdir())) == 1
