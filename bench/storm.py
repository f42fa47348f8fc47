"""Many people at the same moment, for one session or for many: a browser's steps, by threads."""

import collections
import dataclasses as dc
import http.client
import itertools
import threading
import time
from collections.abc import Callable
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

from bench.processes import Site

CLIENTS, ATTEMPTS, SEATS, WARM = 16, 400, 200, 64
PERSON = {
    "first_name": "Camille",
    "last_name": "Exemple",
    "employer": "Ministère de l’exemple",
    "branch": "state",
    "region": "11",
}


@dc.dataclass(frozen=True)
class Rush:
    """What became of the attempts: a form, its sending, and the page after it."""

    kinds: dict[str, int]
    seconds: float
    cpu: float  # milliseconds of the server per attempt


@dc.dataclass(frozen=True)
class Outcome:
    rush: Rush
    taken: int
    registrations: int
    drift: int


def storm(site: Site, *, seats: int = SEATS, sessions: int = 1) -> Outcome:
    """The same attempts on so many seats, spread over so many sessions, once the workers are warm."""
    _storm(site, seats=WARM, sessions=1, attempts=WARM)
    return _storm(site, seats=seats, sessions=sessions, attempts=ATTEMPTS)


def floor(site: Site) -> Rush:
    """As many attempts on ``bench.floor``, all of them accepted."""
    _rush(lambda number: _minimal_attempt(site.port), site, WARM)
    return _rush(lambda number: _minimal_attempt(site.port), site, ATTEMPTS)


def _storm(site: Site, *, seats: int, sessions: int, attempts: int) -> Outcome:
    opened = site.step("open_storm", str(seats), str(sessions))
    addresses = opened["addresses"]
    rush = _rush(lambda number: _attempt(site.port, addresses[number % sessions], number), site, attempts)
    return Outcome(rush, **site.step("close_storm", *opened["codes"]))


def _rush(attempt: Callable[[int], str], site: Site, attempts: int) -> Rush:
    """``CLIENTS`` people at a time."""
    numbers, kinds = itertools.count(), collections.Counter()

    def client() -> None:
        while (number := next(numbers)) < attempts:
            try:
                kind = attempt(number)
            except (OSError, http.client.HTTPException) as error:
                kind = f"error: {type(error).__name__}"
            kinds[kind] += 1

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    cpu, begin = site.cpu(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - begin, site.cpu() - cpu
    return Rush(dict(kinds), seconds, cpu * 1000 / attempts)


def _minimal_attempt(port: int) -> str:
    browser = Browser(port)
    _status, _url, page = browser.ask("GET", "/bench/form")
    person = {**Fields(page).values, "email": f"{uuid4()}@example.org"}
    status, url, _page = browser.ask("POST", "/bench/form", person)
    return "taken" if (status, url) == (200, "/bench/done") else f"error: {status}"


def _attempt(port: int, address: str, number: int) -> str:
    """ "taken", "refused" (a page that says so), or what went wrong."""
    browser = Browser(port)
    status, _url, page = browser.ask("GET", address)
    fields = Fields(page).values
    if status != 200:
        return f"error: {status} for the form"
    if "csrfmiddlewaretoken" not in fields:
        return _refusal(status, page)
    person = {**fields, **PERSON, "email": f"agent{number:03}@example.org"}
    status, url, page = browser.ask("POST", address, person)
    if status == 200 and url != address:
        return "taken"
    return _refusal(status, page)


def _refusal(status: int, page: str) -> str:
    return "refused" if status == 200 and "complète" in page else f"error: {status} without a word"


class Fields(HTMLParser):
    """Names and values of the hidden and typed fields of the form ``inscription``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.is_inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self.is_inside = found.get("id") == "inscription"
        elif tag == "input" and self.is_inside and found.get("name") and found.get("type") != "submit":
            self.values[str(found["name"])] = found.get("value") or ""


class Browser:
    """Keeps cookies and follows redirects, on a connection of its own."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.origin = f"http://127.0.0.1:{port}"
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        headers = {
            "Accept-Language": "fr",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        if answer.status in (302, 303):
            return self.ask("GET", str(answer.getheader("Location")))
        return answer.status, address, text
