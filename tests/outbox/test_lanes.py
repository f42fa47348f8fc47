"""The pace of mails to one domain: how many, in what order, by how many senders, and who goes first."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outbox.lanes import enter
from outbox.models import Lane, Message
from outbox.sending import lease, send_due
from tests.factories import MessageFactory

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ten_a_minute(settings):
    settings.MAIL_PER_DOMAIN_PER_MINUTE = 10


def left_by(now: dt.datetime, *, every: dt.timedelta, until: dt.timedelta) -> list[tuple[dt.timedelta, Message]]:
    """Ask for the next message at regular times; what left, and when."""
    found, moment = [], dt.timedelta(0)
    while moment <= until:
        while message := lease(now + moment):
            Message.objects.filter(pk=message.pk).update(state="sent", leased_until=None)
            found.append((moment, message))
        moment += every
    return found


@pytest.mark.django_db
def test_mails_to_one_domain_are_spread_over_the_minute_in_the_order_they_were_written(ten_a_minute):
    written = [MessageFactory(to=f"agent{number}@Ministere.example") for number in range(25)]

    left = left_by(timezone.now(), every=dt.timedelta(seconds=2), until=2.5 * MINUTE)

    assert [message for _moment, message in left] == written
    for start, _message in left:
        assert sum(start <= moment < start + MINUTE for moment, _message in left) <= 10


@pytest.mark.django_db
def test_a_domain_that_waits_lets_the_others_pass(ten_a_minute):
    [MessageFactory(to=f"agent{number}@ministere.example") for number in range(3)]
    [MessageFactory(to=f"agent@mairie{number}.example") for number in range(3)]

    assert send_due() == {"sent": 4}

    waiting = Message.objects.filter(state="queued").values_list("to", "attempts")
    assert sorted(waiting) == [("agent1@ministere.example", 0), ("agent2@ministere.example", 0)]


@pytest.mark.django_db
def test_what_a_person_waits_for_leaves_before_a_mailing_to_the_same_domain(ten_a_minute):
    mailing = [
        MessageFactory(to=f"agent{number}@ministere.example", priority=Message.Priority.MASS) for number in range(5)
    ]
    now = timezone.now()
    assert lease(now) == mailing[0]
    awaited = MessageFactory(to="alix@ministere.example", created_at=now + dt.timedelta(seconds=1))

    left = left_by(now + dt.timedelta(seconds=2), every=dt.timedelta(seconds=2), until=MINUTE)

    assert [message for _moment, message in left] == [awaited, *mailing[1:]]
    assert left[0][0] <= dt.timedelta(seconds=6)


@pytest.mark.django_db
def test_without_a_limit_nothing_waits_and_nothing_is_counted(settings):
    settings.MAIL_PER_DOMAIN_PER_MINUTE = 0
    [MessageFactory(to="agent@ministere.example") for _number in range(4)]

    assert send_due() == {"sent": 4}
    assert Lane.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_several_senders_share_the_pace_of_a_domain(settings):
    settings.MAIL_PER_DOMAIN_PER_MINUTE = 50  # five may leave at once
    now = timezone.now()
    for number in range(20):
        MessageFactory(to=f"agent{number}@ministere.example", created_at=now - dt.timedelta(seconds=60 - number))
        MessageFactory(to=f"agent{number}@mairie.example", created_at=now - dt.timedelta(seconds=60 - number))
    taken, together = [], threading.Barrier(4)

    def send():
        together.wait()
        try:
            while message := lease(now):
                taken.append(message)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _number in range(4)]
    [sender.start() for sender in senders]
    [sender.join() for sender in senders]

    assert Counter(message.domain for message in taken) == {"ministere.example": 5, "mairie.example": 5}
    assert len({message.pk for message in taken}) == 10
    assert {message.to for message in taken} == {
        f"agent{number}@{domain}" for number in range(5) for domain in ("ministere.example", "mairie.example")
    }


class AnyMinute(TestCase):
    @given(st.integers(1, 40), st.lists(st.floats(0, 20), min_size=1, max_size=120))
    def test_no_minute_sees_more_mails_than_the_setting_says(self, limit, pauses):
        with self.settings(MAIL_PER_DOMAIN_PER_MINUTE=limit):
            Lane.objects.all().delete()
            now, entered = timezone.now(), []
            for pause in pauses:
                now += dt.timedelta(seconds=pause)
                if enter("ministere.example", now):
                    entered.append(now)

        assert entered
        for start in entered:
            assert sum(start <= moment < start + MINUTE for moment in entered) <= limit
