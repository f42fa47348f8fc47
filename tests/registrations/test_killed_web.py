"""``kill -9`` of real web servers while people register: whoever was told of a seat has it, once, with one mail."""

import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from django.conf import settings as django_settings
from django.db import connection

from bench.processes import free_port
from bench.storm import PERSON, Browser, Fields
from outbox.models import Message
from registrations import seats
from registrations.models import Registration
from sessions.models import Session
from tests.outbox.conftest import address_of_the_test_database

KILLS = 3
PEOPLE = 36
SEATS = 24
AT_ONCE = 4
LIMIT = 240  # seconds, for the whole story on a busy machine


class Web:
    """gunicorn on the test database, started again as often as it is killed, as a service manager does."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.environment = os.environ | {
            "DATABASE_URL": address_of_the_test_database(),
            "VAR_DIR": str(folder),
            "SECRET_KEY": django_settings.SECRET_KEY,
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "DEMO": "0",
            "DEBUG": "0",
        }
        files = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        subprocess.run(files, env=self.environment, cwd=django_settings.BASE_DIR, check=True)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "python:innovation_week.gunicorn_settings"]
        command += ["innovation_week.wsgi"]
        self.process = subprocess.Popen(command, env=self.environment, cwd=django_settings.BASE_DIR)

    def kill(self, whom: str) -> None:
        """A worker that serves, or all of them with their master."""
        master = psutil.Process(self.process.pid)
        workers = master.children()
        if whom == "worker" and workers:
            workers[0].send_signal(signal.SIGKILL)
            return
        for process in [master, *workers]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)
        self.start()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def web(published, tmp_path):
    web = Web(tmp_path)
    yield web
    web.end()


class Person:
    """Sends the same form until it is answered, as a person does who presses the button again."""

    def __init__(self, port: int, address: str, number: int, until: float) -> None:
        self.port, self.address, self.until = port, address, until
        self.email = f"agent{number}@example.org"
        self.cookies: dict[str, str] = {}

    def register(self) -> str:
        page = self._ask("GET", None)
        fields = Fields(page[2]).values | PERSON | {"email": self.email, "wait": "1"}
        _status, _url, text = self._ask("POST", fields)
        if self.email in text:
            return "waiting" if "liste d’attente" in text else "held"
        return f"nothing: {text[:2000]}"

    def _ask(self, method: str, fields: dict[str, str] | None) -> tuple[int, str, str]:
        while time.monotonic() < self.until:
            browser = Browser(self.port)
            browser.cookies = self.cookies
            with contextlib.closing(browser.connection), contextlib.suppress(OSError, http.client.HTTPException):
                answer = browser.ask(method, self.address, fields)
                self.cookies = browser.cookies
                if answer[0] == 200:
                    return answer
            time.sleep(0.05)
        raise TimeoutError(f"{self.email} was never answered.")


@pytest.mark.django_db(transaction=True)
def test_servers_killed_at_any_instant_lose_no_seat_and_give_none_twice(published, web):
    Session.objects.update(seats=SEATS)
    address = f"/demo/seances/{published.item.code}/inscription/"
    until = time.monotonic() + LIMIT
    people = [Person(web.port, address, number, until) for number in range(PEOPLE)]
    told: dict[str, str] = {}
    waiting = list(people)

    def come() -> None:
        while True:
            try:
                person = waiting.pop()
            except IndexError:
                return
            try:
                told[person.email] = person.register()
            except Exception as error:
                told[person.email] = repr(error)

    threads = [threading.Thread(target=come) for _thread in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    chance = random.Random(2018)
    for number in range(KILLS):
        goal = (number + 1) * PEOPLE // (KILLS + 1)
        while len(told) < goal and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.05))
        web.kill(chance.choice(["worker", "all"]))
    for thread in threads:
        thread.join()
    connection.close()

    assert Counter(told.values()) == {"held": SEATS, "waiting": PEOPLE - SEATS}
    kept = dict(Registration.objects.values_list("email", "state"))
    assert kept == told
    assert seats.recount() == []
    assert Session.objects.get().seats_taken == SEATS
    mails = Counter(Message.objects.values_list("to", flat=True))
    assert set(mails) == set(kept)
    assert set(mails.values()) == {1}
