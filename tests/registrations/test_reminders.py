"""Two days before, on the day, and afterwards: each told once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations.models import Registration
from registrations.moving import move_to
from registrations.published import find
from registrations.reminders import moments, write_reminders
from registrations.services import cancel, confirm, register
from sessions.models import Session
from tests.factories import RoomFactory, SessionFactory
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


def test_who_gave_up_before_it_left_is_not_told_to_come(published, expected, when):
    write_reminders(when[Told.TWO_DAYS_BEFORE])
    cancel(expected, published, now=timezone.now(), silently=True)

    assert sent() == []


def test_who_was_moved_before_it_left_has_read_the_new_time_in_another_mail(published, expected, when, session):
    other = SessionFactory(edition=session.edition, title="Procès", starts_at=session.starts_at + dt.timedelta(hours=5))
    publish(session.edition, note="Suite.")
    write_reminders(when[Told.TWO_DAYS_BEFORE])
    move_to(expected, find("demo", other.code), now=timezone.now(), actor="chef", reason="Fusion")

    assert [mail.subject.partition("\u00a0:")[0] for mail in sent()] == ["Votre inscription est déplacée"]


def test_a_reminder_tells_the_place_of_when_it_leaves(published, expected, when, session):
    write_reminders(when[Told.TWO_DAYS_BEFORE])
    Session.objects.update(room=RoomFactory(name="Salle des actes", venue=session.room.venue))
    publish(session.edition, note="Autre salle.")

    (mail,) = sent()

    assert "Salle des actes" in mail.body
    assert "Salle des actes" in mail.attachments[0].content
    assert len(mail.attachments) == 1


@pytest.mark.parametrize("told", [Told.TWO_DAYS_BEFORE, Told.ON_THE_DAY, Told.THANKED])
def test_one_that_an_outage_held_up_until_it_is_no_longer_true_does_not_leave(
    published, expected, when, told, monkeypatch
):
    write_reminders(when[told])
    no_longer = {
        Told.TWO_DAYS_BEFORE: when[Told.ON_THE_DAY],
        Told.ON_THE_DAY: published.starts_at,
        Told.THANKED: when[Told.THANKED] + dt.timedelta(days=5),
    }[told]
    late = no_longer + dt.timedelta(minutes=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    assert sent() == []
    assert Message.objects.latest("pk").state == "dropped"


def test_sent_again_by_a_sender_that_failed_it_has_one_calendar_file(published, expected, when):
    write_reminders(when[Told.TWO_DAYS_BEFORE])
    sent()
    Message.objects.filter(kind="registration_coming").update(state="queued", leased_until=None)

    (mail,) = sent()

    assert len(mail.attachments) == 1
