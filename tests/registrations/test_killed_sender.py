"""``kill -9`` of real senders whose mails start a delay: at any instant, and in the middle of the preparation."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from outbox.models import Message
from outbox.sending import send_due
from registrations import seats
from registrations.mails import deadline_text
from registrations.models import Registration
from registrations.services import register
from sessions.models import Session
from tests.outbox import smtp_server
from tests.outbox.conftest import address_of_the_test_database
from tests.registrations.conftest import applicant

KILLS = 4


@pytest.fixture
def server(settings, db):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.MAIL_PER_DOMAIN_PER_MINUTE = "127.0.0.1", 0
    with smtp_server.running() as server:
        settings.EMAIL_PORT = server.port
        yield server


def start_sender(server: smtp_server.SmtpServer) -> subprocess.Popen:
    environment = os.environ | {
        "DATABASE_URL": address_of_the_test_database(),
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "MAIL_PER_DOMAIN_PER_MINUTE": "0",
        "SECRET_KEY": django_settings.SECRET_KEY,
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_messages", "--loop", "--pause", "0.05"],
        env=environment,
        cwd=django_settings.BASE_DIR,
    )


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)


def wait_until(is_true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < limit
        time.sleep(0.005)


def seats_asked_for(published, number: int) -> list[Registration]:
    Session.objects.update(seats=number)
    return [register(published, applicant(f"agent{place}@example.org"), now=timezone.now()) for place in range(number)]


def say_what_the_mails_say(server, published) -> None:
    """Each person has a mail; what the last one promises is what the database holds; and it opens their page."""
    last = {mail["To"]: mail for mail in server.received}
    for registration in Registration.objects.select_related("session"):
        mail = last[registration.email]
        text = mail.get_body(("plain",)).get_content()
        assert deadline_text(registration.expires_at, registration, published) in text
        assert registration.link.token in text
        assert registration.hold_started_at is not None


@pytest.mark.django_db(transaction=True)
def test_senders_killed_at_any_instant_lose_nothing_and_repeat_only_what_was_in_flight(published, server):
    held = seats_asked_for(published, 40)
    server.slowness = 0.02
    chance = random.Random(2018)
    for number in range(KILLS):
        arrived = len(server.received)
        sender = start_sender(server)
        try:
            wait_until(lambda arrived=arrived: len(server.received) > arrived)
            time.sleep(chance.uniform(0, 0.15))
        finally:
            kill(sender)
        Message.objects.filter(state="queued").update(leased_until=None, next_attempt_at=timezone.now())
        assert Message.objects.filter(state="queued").exists(), f"The sender had ended before kill {number}."

    send_due()

    identifiers = Counter(server.identifiers)
    assert set(identifiers) == set(Message.objects.values_list("message_id", flat=True))
    assert len(identifiers) == len(held)
    assert identifiers.total() - len(identifiers) <= KILLS
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert (Session.objects.get().seats_taken, set(Registration.objects.values_list("state", flat=True))) == (
        40,
        {"held"},
    )
    say_what_the_mails_say(server, published)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_in_the_middle_of_the_preparation_has_promised_nothing(published, server):
    (registration,) = seats_asked_for(published, 1)
    before = Registration.objects.values().get()
    with transaction.atomic():
        seats.lock([registration.session_id])  # which the preparation waits for
        sender = start_sender(server)
        try:
            wait_until(_somebody_waits_for_a_lock)
        finally:
            kill(sender)

    assert Registration.objects.values().get() == before
    assert (Message.objects.get().state, Message.objects.get().attempts) == ("queued", 1)
    Message.objects.update(leased_until=None)
    assert send_due() == {"sent": 1}
    assert len(server.received) == 1
    say_what_the_mails_say(server, published)


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction sees of others does not change by itself
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_a_hold_whose_mail_was_prepared_and_did_not_leave_starts_anew(published, server):
    (registration,) = seats_asked_for(published, 1)
    server.mood = "silent"
    sender = start_sender(server)
    try:
        wait_until(lambda: Registration.objects.get().hold_started_at is not None)
        assert server.greeted.wait(60)
    finally:
        kill(sender)
    first = Registration.objects.get().hold_started_at

    server.mood = ""
    Message.objects.update(leased_until=None)
    assert send_due() == {"sent": 1}

    registration.refresh_from_db()
    assert registration.hold_started_at > first
    assert len(server.received) == 1
    say_what_the_mails_say(server, published)
