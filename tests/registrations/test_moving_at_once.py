"""Two processes on the database in use move the same registration at the same moment, as two colleagues do."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings

from publishing.publish import publish
from registrations import seats
from registrations.models import Registration
from registrations.published import find
from sessions.models import Session
from tests.factories import SessionFactory
from tests.outbox.conftest import address_of_the_test_database
from tests.registrations.test_moving import come

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8
# Reads a registration and the code of a session from each line, and says what became of it.
MOVER = """
import sys
import django
django.setup()
from django.core.exceptions import ValidationError
from django.utils import timezone
from registrations.models import Registration
from registrations.moving import move_to
from registrations.published import find
print("ready", flush=True)
for line in sys.stdin:
    pk, code = line.split()
    registration, target = Registration.objects.get(pk=pk), find("demo", code)
    try:
        move_to(registration, target, now=timezone.now(), actor="cheffe", reason="Salle fermée")
        print("moved", flush=True)
    except ValidationError as refused:
        print(refused.code, flush=True)
"""


class Colleague:
    def __init__(self) -> None:
        environment = os.environ | {
            "DATABASE_URL": address_of_the_test_database(),
            "DJANGO_SETTINGS_MODULE": "innovation_week.settings",
            "SECRET_KEY": settings.SECRET_KEY,
        }
        command = [sys.executable, "-c", MOVER]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, text=True, **pipes)
        assert self.hears() == "ready"

    def tell(self, registration: Registration, target: Session) -> None:
        self.process.stdin.write(f"{registration.pk} {target.code}\n")
        self.process.stdin.flush()

    def hears(self) -> str:
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture
def others(published) -> list[Session]:
    made = [SessionFactory(edition=published.edition, seats=ROUNDS * 2) for _each in range(2)]
    publish(published.edition, note="Deux séances de plus")
    return made


@pytest.fixture
def colleagues(others) -> Iterator[list[Colleague]]:
    both = [Colleague(), Colleague()]
    yield both
    for each in both:
        each.leave()


def at_once(colleagues: list[Colleague], *asked: tuple[Registration, Session]) -> Counter[str]:
    for colleague, (registration, target) in zip(colleagues, asked, strict=True):
        colleague.tell(registration, target)
    return Counter(colleague.hears() for colleague in colleagues)


def where(registration: Registration) -> tuple[str, str]:
    registration.refresh_from_db()
    return str(registration.state), registration.session.code


def test_to_the_same_session_it_comes_once(published, session, others, colleagues):
    seats.set_capacity(session, ROUNDS)
    for number in range(ROUNDS):
        mine = come(published, f"p{number}")

        said = at_once(colleagues, (mine, others[0]), (mine, others[0]))

        assert said in ({"moved": 1, "same": 1}, {"moved": 1, "changed": 1})
        assert where(mine) == ("confirmed", others[0].code)
    assert Session.objects.get(pk=others[0].pk).seats_taken == ROUNDS
    assert seats.recount() == []


def test_to_two_sessions_it_is_in_one_of_them_and_nobody_loses_a_seat(published, session, others, colleagues):
    seats.set_capacity(session, ROUNDS)
    for number in range(ROUNDS):
        mine = come(published, f"p{number}")

        said = at_once(colleagues, (mine, others[0]), (mine, others[1]))

        assert said in ({"moved": 2}, {"moved": 1, "changed": 1})  # one after the other, or refused
        assert where(mine)[0] == "confirmed"
    taken = [Session.objects.get(pk=each.pk).seats_taken for each in (session, *others)]
    assert (taken[0], sum(taken)) == (0, ROUNDS)
    assert seats.recount() == []


def test_two_people_change_places_without_waiting_for_each_other(published, session, others, colleagues):
    for each in (session, others[0]):
        seats.set_capacity(each, ROUNDS * 2)
    for number in range(ROUNDS):
        here, there = come(published, f"a{number}"), come(find("demo", others[0].code), f"b{number}")

        said = at_once(colleagues, (here, others[0]), (there, session))

        assert said == {"moved": 2}
        assert (where(here), where(there)) == (("confirmed", others[0].code), ("confirmed", session.code))
    assert seats.recount() == []


def test_for_one_last_seat_one_of_two_people_comes(published, session, others, colleagues):
    seats.set_capacity(session, ROUNDS * 2)
    for number in range(ROUNDS):
        people = [come(published, f"{name}{number}") for name in "ab"]
        seats.set_capacity(others[0], number + 1)

        said = at_once(colleagues, *((each, others[0]) for each in people))

        assert said == {"moved": 1, "full": 1}
        assert sorted(where(each)[1] == others[0].code for each in people) == [False, True]
    assert seats.recount() == []
