"""Every page of the back-office on a large edition: FOSDEM 2019, or one of the same size where the file is not."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from bench.corpus import schedule
from exports.schedule_import.apply import apply_schedule
from publishing.publish import publish
from sessions.models import Edition, Session
from tests.admin.test_every_address import SECRETS, body, walked
from tests.admin.test_queries import count
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    CandidacyFactory,
    EditionFactory,
    RegistrationFactory,
    UserFactory,
)

MOST_QUERIES = 20
SESSIONS = 775
FOSDEM = Path(os.environ.get("TEST_DATA") or settings.BASE_DIR.parent / "shared" / "data") / "fosdem-2019-schedule.xml"


@pytest.fixture
def large(populate) -> Session:
    """A session of a published edition of 775, with a speaker, registrations and drafts that wait."""
    populate(2)
    Edition.objects.update(is_current=False)
    edition = EditionFactory(slug="large", is_current=True, starts_on=dt.date(2019, 2, 2), ends_on=dt.date(2019, 2, 9))
    if FOSDEM.is_file():
        call_command("import_schedule", str(FOSDEM), edition="large", verbosity=0)
    else:
        apply_schedule(schedule(SESSIONS, monday=dt.date(2019, 2, 4)), edition_slug="large")
    assert edition.sessions.count() == SESSIONS
    publish(edition, note="Première version.")
    session = Session.objects.filter(edition=edition).order_by("pk")[10]
    CandidacyFactory(session=session)
    UserFactory(email=SECRETS["user.email"])  # whose pages are walked
    RegistrationFactory.create_batch(30, session=session)
    for other in edition.sessions.order_by("pk")[:30]:
        other.title += " (suite)"
        other.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself after a while: without, it takes the table for empty
    return session


def queries(client: Client, url: str) -> tuple[int, int]:
    """Status and queries of a GET, what Django keeps for the next one left out."""
    body(client.get(url))
    with CaptureQueriesContext(connection) as found:
        response = client.get(url)
        body(response)
    return response.status_code, len(found)


def with_second_factor(user: User) -> Client:
    """As the staff work: their device is asked for on each page."""
    client = client_of(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user, name="téléphone").persistent_id
    session.save()
    return client


@pytest.mark.parametrize(("is_limited", "at_least"), [(False, 80), (True, 40)], ids=["all", "limited"])
def test_no_page_asks_more_than_twenty_queries(staff, large, settings, is_limited, at_least):
    settings.SECOND_FACTOR = "required"
    user = staff("Chef de projet")
    if is_limited:
        AccountLimitFactory(user=user, only_some_sequences=True).sequences.set([large.sequence])
    client = with_second_factor(user)
    too_many: dict[str, int] = {}
    opened = 0
    for address, url in walked(large):
        if address.name == "admin:logout":
            continue
        status, number = queries(client, url)
        opened += status == 200
        if number > MOST_QUERIES:
            too_many[url] = number

    assert too_many == {}
    assert opened > at_least


def test_the_registrations_ask_as_much_for_three_hundred_rows_as_for_thirty(project_lead, large):
    addresses = [
        reverse("admin:registrations_registration_changelist"),
        reverse("admin:programme_session_change", args=[large.pk]),
        reverse("admin:programme_session_changelist"),
        reverse("admin:index"),
    ]
    few = {url: count(project_lead, url) for url in addresses}

    RegistrationFactory.create_batch(270, session=large)

    assert {url: count(project_lead, url) for url in addresses} == few
