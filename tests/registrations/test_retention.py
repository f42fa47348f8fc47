import datetime as dt

import pytest
from django.utils import timezone

from outbox.models import Message
from registrations.mails import about
from registrations.models import Registration
from registrations.retention import erase_outdated
from tests.factories import (
    EditionFactory,
    MessageFactory,
    PrivacyNoticeFactory,
    RegistrationFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    ended = timezone.localdate() - dt.timedelta(days=31)
    edition = EditionFactory(starts_on=ended - dt.timedelta(days=4), ends_on=ended)
    PrivacyNoticeFactory(edition=edition, retention_days=30)
    return edition


def test_names_addresses_and_mails_are_erased_when_their_time_is_over(edition):
    registration = RegistrationFactory(session__edition=edition, email="dominique@example.org")
    RegistrationFactory(session=registration.session)
    MessageFactory(about=about(registration), to="dominique@example.org", text="Bonjour Dominique")

    assert erase_outdated() == 2

    registration.refresh_from_db()
    assert (registration.first_name, registration.last_name) == ("", "")
    assert registration.email.endswith("@erased.invalid")
    assert registration.email_key == registration.email
    assert registration.link_version == 2
    assert Message.objects.count() == 0


def test_what_the_report_counts_stays(edition):
    registration = RegistrationFactory(session__edition=edition, employer_name="Ministère de l’exemple")

    erase_outdated()

    erased = Registration.objects.get()
    kept = ["state", "employer_name", "branch", "region", "created_at"]
    assert [getattr(erased, name) for name in kept] == [getattr(registration, name) for name in kept]


def test_nothing_is_erased_a_day_too_early(edition):
    RegistrationFactory(session__edition=edition)

    assert erase_outdated(today=edition.ends_on + dt.timedelta(days=30)) == 0
    assert Registration.objects.filter(first_name="Dominique").count() == 1


def test_other_editions_keep_theirs(edition):
    RegistrationFactory(session__edition=edition)
    message = MessageFactory(about=about(RegistrationFactory(session=SessionFactory())))

    assert erase_outdated() == 1
    assert Registration.objects.filter(first_name="Dominique").count() == 1
    assert Message.objects.get() == message


def test_erasing_again_finds_nothing(edition):
    RegistrationFactory(session__edition=edition)
    erase_outdated()

    assert erase_outdated() == 0
