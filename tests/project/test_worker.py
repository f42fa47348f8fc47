import threading
import time

import pytest
from django.core.management import call_command
from django.db import OperationalError

from innovation_week.worker import LONGEST_PAUSE, Step, work
from outbox.models import Message
from tests.factories import MessageFactory

# The worker looks after its connections, which a test inside a transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)


class Called(Exception):
    """A step that fails as often as it is told to."""


def failing(times: int, error: Exception):
    left = [error] * times

    def step():
        if left:
            raise left.pop()

    return step


def test_a_step_that_fails_waits_longer_each_time_and_recovers():
    step = Step(failing(3, Called("no")), every=2)
    outcomes = [step.attempt() for _time in range(4)]

    assert outcomes == [False, False, False, True]
    assert step.failures == 0


def test_the_pause_has_an_end():
    step = Step(failing(20, Called("no")), every=2)
    for _time in range(20):
        step.attempt()

    assert step.due <= time.monotonic() + LONGEST_PAUSE


def test_a_database_away_is_one_line_in_the_log(caplog):
    error = OperationalError("connection to server failed\n\tIs the server running?")
    Step(failing(1, error), every=2).attempt()

    (record,) = caplog.records
    assert record.getMessage() == ("step failed, next attempt in 4 s: OperationalError: connection to server failed")
    assert not record.exc_info


def test_a_fault_of_ours_shows_its_traceback_once(caplog):
    step = Step(failing(2, KeyError("colour")), every=2)
    step.attempt()
    step.attempt()

    assert [bool(record.exc_info) for record in caplog.records] == [True, False]


def test_one_step_failing_does_not_keep_the_others_from_running():
    stop, ran = threading.Event(), []

    def last():
        ran.append("last")
        stop.set()

    work([Step(failing(1, Called("no")), every=1), Step(last, every=1)], stop)

    assert ran == ["last"]


def test_a_step_that_is_stopped_for_is_finished_and_the_next_one_not_begun():
    stop, ran = threading.Event(), []

    def first():
        stop.set()
        ran.append("first")

    work([Step(first, every=1), Step(lambda: ran.append("second"), every=1)], stop)

    assert ran == ["first"]


def test_once_runs_every_step(mailoutbox):
    message = MessageFactory(to="agent@example.org")

    call_command("work", "--once")

    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert [mail.to for mail in mailoutbox] == [["agent@example.org"]]
