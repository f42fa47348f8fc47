"""A mail server that is away for an hour, in each way: nothing is lost, nothing leaves twice."""

import datetime as dt
from collections import Counter

import pytest
from django.db.models import F

from outbox.models import Message
from outbox.sending import send_due
from tests.factories import MessageFactory
from tests.outbox import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def to_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 5
    return settings


def an_hour(rounds: int = 20) -> Counter[str]:
    """Rounds of the worker, three minutes apart."""
    outcomes: Counter[str] = Counter()
    for _round in range(rounds):
        outcomes += send_due()
        Message.objects.filter(state="queued").update(next_attempt_at=F("next_attempt_at") - dt.timedelta(minutes=3))
    return outcomes


@pytest.mark.parametrize("way", smtp_server.AWAY)
def test_after_an_hour_without_server_each_mail_leaves_once_under_its_own_identifier(way, to_server):
    messages = [MessageFactory() for _number in range(5)]
    with smtp_server.running() as server:
        port = to_server.EMAIL_PORT = server.port
        server.mood = way
        if way != "nothing listens":
            outcomes = an_hour()
            assert server.received == []
    if way == "nothing listens":
        outcomes = an_hour()

    assert set(outcomes) == {"queued"}
    assert set(Message.objects.values_list("state", "sent_at")) == {("queued", None)}

    with smtp_server.running(port) as server:
        outcomes = an_hour()

    assert outcomes == {"sent": 5}
    assert sorted(server.identifiers) == sorted(message.message_id for message in messages)
    assert Message.objects.filter(state="sent").count() == 5


@pytest.mark.parametrize("way", [way for way in smtp_server.AWAY if way != "451 to the text"])
def test_a_server_that_is_away_costs_one_message_one_attempt_however_it_says_so(way, to_server):
    [MessageFactory() for _number in range(3)]
    with smtp_server.running() as server:
        to_server.EMAIL_PORT = 1 if way == "nothing listens" else server.port
        server.mood = way

        assert send_due() == {"queued": 1}

    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_a_server_whose_certificate_is_none_is_away_too(to_server, caplog):
    [MessageFactory() for _number in range(3)]
    with smtp_server.running() as server:
        to_server.EMAIL_PORT, to_server.EMAIL_USE_SSL = server.port, True

        assert send_due() == {"queued": 1}

    assert caplog.records == []
