"""The same news is told to an address once, whoever tells it, and however often."""

import threading

import pytest
from django.db import IntegrityError, connection

from outbox.models import Message
from outbox.services import queue_once
from tests.factories import MessageFactory


def tell(to: str = "alix@example.org", news: str = "moved:ABC123:12") -> Message | None:
    return queue_once(
        news=news,
        kind="notice",
        to=to,
        subject="Déplacée",
        template="registrations/mail/_letter",
        context={"entries": []},
        language="fr",
    )


@pytest.mark.django_db
def test_an_address_is_told_the_same_news_once():
    first = tell()

    assert tell() is None
    assert tell("Alix@Example.org") is None
    assert tell("dominique@example.org") is not None
    assert tell(news="moved:ABC123:13") is not None
    assert first in Message.objects.all()
    assert Message.objects.count() == 3


@pytest.mark.django_db
def test_mails_that_are_no_news_may_be_alike():
    [MessageFactory(to="alix@example.org") for _number in range(2)]

    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_one():
    MessageFactory(news="moved:ABC123:12", to="alix@example.org")

    with pytest.raises(IntegrityError):
        MessageFactory(news="moved:ABC123:12", to="Alix@example.org")


@pytest.mark.django_db(transaction=True)
def test_two_that_tell_it_at_the_same_time_tell_it_once():
    told, together = [], threading.Barrier(4)

    def work():
        together.wait()
        try:
            told.append(tell())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]

    assert sum(message is not None for message in told) == 1
    assert Message.objects.count() == 1
