"""Two days before, on the day, and afterwards: each told once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from publishing.publish import publish
from registrations.models import Registration
from registrations.published import find
from registrations.reminders import moments, write_reminders
from registrations.services import confirm, register
from sessions.models import Session
from tests.registrations.conftest import applicant, link_in, sent

PARIS = ZoneInfo("Europe/Paris")
Told = Registration.Told


@pytest.fixture
def expected(published) -> Registration:
    registration = register(published, applicant(), now=timezone.now())
    confirm(registration, published, now=timezone.now())
    sent()
    return registration


@pytest.fixture
def when(published) -> dict[Told, dt.datetime]:
    return moments(published.starts_at, published.ends_at, published.zone)


def paris(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2018, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "on_the_day"),
    [(paris(20, 14), paris(20, 7)), (paris(20, 9), paris(20, 7)), (paris(20, 8, 30), paris(19, 18))],
)
def test_an_early_session_is_told_the_evening_before(start, on_the_day):
    told = moments(start, start + dt.timedelta(hours=2), PARIS)

    assert told[Told.TWO_DAYS_BEFORE] == paris(18, 9)
    assert told[Told.ON_THE_DAY] == on_the_day
    assert told[Told.THANKED] == paris(21, 10)


def test_each_is_written_once_at_its_moment(published, expected, when):
    minute = dt.timedelta(minutes=1)
    written = [
        [write_reminders(now), write_reminders(now)]
        for moment in (when[Told.TWO_DAYS_BEFORE], when[Told.ON_THE_DAY], when[Told.THANKED])
        for now in (moment - minute, moment)
    ]

    assert written == [[0, 0], [1, 0], [0, 0], [1, 0], [0, 0], [1, 0]]
    assert [mail.subject.partition("\u00a0:")[0] for mail in sent()] == [
        "Dans deux jours",
        "À bientôt",
        "Merci de votre venue",
    ]


def test_the_first_leads_in_one_button_to_freeing_the_seat(client, published, expected, when):
    write_reminders(when[Told.TWO_DAYS_BEFORE])
    (mail,) = sent()
    link = link_in(mail)

    page = client.get(link).content.decode()
    assert "<details open>" in page
    client.post(link, {"action": "cancel"})

    expected.refresh_from_db()
    assert expected.state == "cancelled"
    assert Session.objects.get().seats_taken == 0


def test_who_has_just_registered_is_not_told_the_same_again(published, expected, when):
    Registration.objects.update(created_at=when[Told.TWO_DAYS_BEFORE] - dt.timedelta(hours=1))

    assert write_reminders(when[Told.TWO_DAYS_BEFORE]) == 0
    assert write_reminders(when[Told.ON_THE_DAY]) == 1


@pytest.mark.parametrize("state", ["held", "waiting", "offered", "cancelled", "expired", "no_show"])
def test_nobody_else_is_told(published, expected, when, state):
    Registration.objects.update(state=state, expires_at=timezone.now(), queued_at=timezone.now())

    assert [write_reminders(moment) for moment in when.values()] == [0, 0, 0]


def test_thanks_go_to_those_who_came_where_people_were_checked_in(published, expected, when, session):
    other = register(published, applicant("b@example.org"), now=timezone.now())
    confirm(other, published, now=timezone.now())
    Registration.objects.filter(pk=other.pk).update(state="present")
    sent()

    assert write_reminders(when[Told.THANKED]) == 1

    assert [mail.to for mail in sent()] == [["b@example.org"]]


def test_a_cancelled_session_is_not_recalled(published, expected, when, session):
    Session.objects.update(status="cancelled")
    publish(session.edition, note="Annulée.")

    assert write_reminders(when[Told.ON_THE_DAY]) == 0
    assert find("demo", session.code).item.state == "cancelled"
