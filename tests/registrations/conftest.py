import datetime as dt

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from outbox.sending import send_due
from publishing.publish import publish
from registrations.models import Branch, Region
from registrations.published import PublishedSession, find
from registrations.services import Applicant
from sessions.models import Session
from tests.factories import EditionFactory, EmployerFactory, PrivacyNoticeFactory, SessionFactory


@pytest.fixture(autouse=True)
def fresh_throttle():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def same_moment(monkeypatch) -> None:
    """The clock stands: pages that are compared name the same minute, also when one is made after it has passed."""
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def session(db) -> Session:
    """Published, with two seats, in an edition that lists one employer."""
    edition = EditionFactory(slug="demo", is_current=True, contact_email="contact@example.org")
    EmployerFactory(edition=edition, name="Préfecture de l’Exemple", branch=Branch.LOCAL, region=Region.BRE)
    PrivacyNoticeFactory(edition=edition)
    session = SessionFactory(edition=edition, title="Fail camp", seats=2)
    publish(edition, note="Première version")
    session.refresh_from_db()
    return session


@pytest.fixture
def published(session) -> PublishedSession:
    found = find("demo", session.code)
    assert found
    return found


def applicant(email: str = "alix@example.org", **values) -> Applicant:
    values = {
        "first_name": "Alix",
        "last_name": "Témoin",
        "email": email,
        "employer": None,
        "employer_name": "Mairie de l’Exemple",
        "branch": Branch.LOCAL,
        "region": Region.BRE,
        "language": "fr",
    } | values
    return Applicant(**values)


def form_data(email: str = "alix@example.org", **values) -> dict[str, str]:
    return {
        "first_name": "Alix",
        "last_name": "Témoin",
        "email": email,
        "employer": "Préfecture de l’Exemple",
    } | values


def sent(limit: int | None = None) -> list:
    """What leaves now."""
    mail.outbox.clear()
    send_due(limit=limit)
    return list(mail.outbox)


def link_in(message) -> str:
    """The path of the personal link in a mail that left."""
    line = next(line for line in message.body.splitlines() if "/inscriptions/" in line)
    return line[line.index("/", len("https://")) :].strip()


def soon(**delta) -> dt.datetime:
    return timezone.now() + dt.timedelta(**delta)


def this_week() -> dict[str, dt.date]:
    """Days of an edition that lasts: one whose sessions may take place now."""
    today = timezone.localdate()
    return {"starts_on": today - dt.timedelta(days=1), "ends_on": today + dt.timedelta(days=40)}


def begins(**delta: float) -> dict[str, dt.datetime]:
    """The times of a session of two hours."""
    return {"starts_at": soon(**delta), "ends_at": soon(**delta) + dt.timedelta(hours=2)}
