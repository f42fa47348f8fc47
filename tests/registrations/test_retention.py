import datetime as dt

import pytest
from django.utils import timezone

from innovation_week.durations import LINK_REQUESTS, MESSAGES
from outbox.models import Message
from registrations import participants
from registrations.mails import LINKS, about
from registrations.models import Participant, Registration
from registrations.retention import erase_outdated, forget_other_messages, forget_requests
from registrations.transitions import WORKER
from tests.factories import (
    EditionFactory,
    MessageFactory,
    PrivacyNoticeFactory,
    RegistrationFactory,
    SessionFactory,
    TransitionFactory,
)

pytestmark = pytest.mark.django_db


def on(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


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

    assert erase_outdated(timezone.now()) == 2

    registration.refresh_from_db()
    assert (registration.first_name, registration.last_name) == ("", "")
    assert registration.email.endswith("@erased.invalid")
    assert registration.email_key == registration.email
    assert registration.link_version == 2
    assert Message.objects.count() == 0


def test_the_space_of_a_person_closes_with_the_rest(edition):
    participants.of(RegistrationFactory(session__edition=edition, email="dominique@example.org"))
    kept = participants.of(RegistrationFactory(email="dominique@example.org"))

    erase_outdated(timezone.now())

    assert list(Participant.objects.all()) == [kept]


def test_what_the_staff_wrote_of_a_person_is_erased_and_our_own_reasons_stay(edition):
    registration = RegistrationFactory(session__edition=edition)
    TransitionFactory(registration=registration, actor="accueil", reason="Dominique a téléphoné")
    TransitionFactory(registration=registration, actor=WORKER, reason="Not confirmed in time.")

    erase_outdated(timezone.now())

    told = registration.transitions.order_by("pk").values_list("actor", "reason")
    assert list(told) == [("accueil", ""), (WORKER, "Not confirmed in time.")]


def test_requests_for_links_are_kept_for_a_month_known_address_or_not():
    now = timezone.now()
    MessageFactory(kind=LINKS, to="ancienne@example.org", created_at=now - dt.timedelta(days=31))
    recent = MessageFactory(kind=LINKS, to="recente@example.org", created_at=now - dt.timedelta(days=29))

    assert forget_requests(now - LINK_REQUESTS) == 1
    assert Message.objects.get() == recent


def test_messages_about_no_registration_end_too_and_those_about_one_wait_for_it(edition):
    long_ago = timezone.now() - dt.timedelta(days=400)
    MessageFactory(kind="notice", about="speakers.candidacy:1", created_at=long_ago, state="sent")
    kept = [
        MessageFactory(about=about(RegistrationFactory()), created_at=long_ago, state="sent"),
        MessageFactory(kind="notice", state="sent"),
    ]

    assert forget_other_messages(timezone.now() - MESSAGES) == 1
    assert list(Message.objects.order_by("pk")) == kept


def test_what_the_report_counts_stays(edition):
    registration = RegistrationFactory(session__edition=edition, employer_name="Ministère de l’exemple")

    erase_outdated(timezone.now())

    erased = Registration.objects.get()
    kept = ["state", "employer_name", "branch", "region", "created_at"]
    assert [getattr(erased, name) for name in kept] == [getattr(registration, name) for name in kept]


def test_nothing_is_erased_a_day_too_early(edition):
    RegistrationFactory(session__edition=edition)

    assert erase_outdated(on(edition.ends_on + dt.timedelta(days=30))) == 0
    assert Registration.objects.filter(first_name="Dominique").count() == 1


def test_other_editions_keep_theirs(edition):
    RegistrationFactory(session__edition=edition)
    message = MessageFactory(about=about(RegistrationFactory(session=SessionFactory())))

    assert erase_outdated(timezone.now()) == 1
    assert Registration.objects.filter(first_name="Dominique").count() == 1
    assert Message.objects.get() == message


def test_erasing_again_finds_nothing(edition):
    RegistrationFactory(session__edition=edition)
    erase_outdated(timezone.now())

    assert erase_outdated(timezone.now()) == 0
