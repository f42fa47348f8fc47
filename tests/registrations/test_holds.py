"""A hold from its mail to its end, through the real outbox."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import deadlines, seats
from registrations.holds import expire_holds, remind
from registrations.models import Registration
from registrations.published import find
from registrations.services import cancel, confirm, register, take_again
from sessions.models import Session
from tests.factories import RoomFactory, VenueFactory
from tests.registrations.conftest import applicant, link_in, sent


def ago(**delta) -> dt.datetime:
    return timezone.now() - dt.timedelta(**delta)


@pytest.fixture
def held(published) -> Registration:
    return register(published, applicant(), now=timezone.now())


def test_the_hold_starts_when_its_mail_leaves(published, held):
    Registration.objects.update(created_at=ago(hours=5))
    sent()

    held.refresh_from_db()
    assert held.hold_started_at > ago(minutes=1)
    expected = deadlines.deadline(held.hold_started_at, starts_at=published.starts_at, zone=published.zone)
    assert held.expires_at == expected


def test_a_mail_that_is_days_late_does_not_hold_the_seat_longer(published, held):
    Registration.objects.update(created_at=ago(hours=30), expires_at=timezone.now() + dt.timedelta(hours=20))
    sent()

    held.refresh_from_db()
    day_after = held.created_at + dt.timedelta(hours=24)
    assert held.expires_at == deadlines.deadline(day_after, starts_at=published.starts_at, zone=published.zone)


def test_a_second_mail_to_the_same_address_does_not_start_the_hold_again(published, held):
    sent()
    Registration.objects.update(hold_started_at=ago(hours=3))
    Message.objects.update(created_at=ago(hours=3))
    held.refresh_from_db()

    register(published, applicant(), now=timezone.now())
    (again,) = sent()

    assert Registration.objects.get().hold_started_at == held.hold_started_at
    assert again.subject.startswith("[Action requise]")


def test_no_mail_leaves_for_a_seat_that_is_held_no_more(published, held):
    cancel(held, published, now=timezone.now())

    assert [message.subject.split(":")[0].strip() for message in sent()] == ["Votre désinscription est enregistrée"]
    assert Message.objects.get(kind="registration_hold").state == "dropped"


def test_a_double_click_sends_one_mail(published, held):
    register(published, applicant(), now=timezone.now())

    assert len(sent()) == 1


def test_an_overdue_hold_is_expired_with_its_seat_given_back(held, session):
    sent()
    Registration.objects.update(expires_at=ago(seconds=1))

    assert (expire_holds(), expire_holds()) == (1, 0)

    held.refresh_from_db()
    session.refresh_from_db()
    assert (held.state, session.seats_taken) == ("expired", 0)
    transition = held.transitions.last()
    assert (transition.actor, transition.reason_text) == ("worker", "Non confirmée à temps.")


def test_an_overdue_hold_cannot_be_confirmed_even_before_the_worker_has_come(published, held):
    Registration.objects.update(expires_at=ago(seconds=1))

    assert confirm(held, published, now=timezone.now()) is False

    assert (held.state, seats.recount()) == ("expired", [])


def test_seats_of_overdue_holds_are_free_even_before_the_worker_has_come(published, session):
    for name in "ab":
        register(published, applicant(f"{name}@example.org"), now=timezone.now())
    with pytest.raises(ValidationError) as caught:
        register(published, applicant("c@example.org"), now=timezone.now())
    assert caught.value.code == "full"
    Registration.objects.update(expires_at=ago(seconds=1))

    register(published, applicant("c@example.org"), now=timezone.now())

    assert Registration.objects.live().get().email == "c@example.org"
    assert seats.recount() == []


def test_the_same_person_after_an_expired_hold_gets_a_new_one(published, held):
    Registration.objects.update(expires_at=ago(seconds=1))

    new = register(published, applicant(), now=timezone.now())

    assert new.pk != held.pk
    assert list(Registration.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "held"]
    assert seats.recount() == []


def test_one_reminder_leaves_before_the_deadline(published, held):
    (first,) = sent()
    assert remind() == 0
    Registration.objects.update(hold_started_at=ago(hours=23), expires_at=timezone.now() + dt.timedelta(minutes=5))

    assert (remind(), remind()) == (1, 0)

    (reminder,) = sent()
    assert "Dernier rappel" in reminder.subject
    assert reminder.subject.startswith("[Action requise]")
    assert "~" not in reminder.body
    assert link_in(reminder) == link_in(first)


def test_nobody_is_reminded_of_what_is_confirmed(published, held):
    sent()
    Registration.objects.update(hold_started_at=ago(hours=23), expires_at=timezone.now() + dt.timedelta(minutes=5))
    assert remind() == 1
    held.refresh_from_db()
    confirm(held, published, now=timezone.now())

    assert ["confirmée" in message.subject for message in sent()] == [True]


def test_a_seat_is_not_taken_again_in_a_full_session_without_a_waiting_list(published, held, session):
    cancel(held, published, now=timezone.now())
    Session.objects.update(has_waiting_list=False)
    for name in "ab":
        register(published, applicant(f"{name}@example.org"), now=timezone.now())

    with pytest.raises(ValidationError) as caught:
        take_again(held, published, now=timezone.now())

    assert caught.value.code == "full"
    held.refresh_from_db()
    assert (held.state, seats.recount()) == ("cancelled", [])


def test_taking_a_seat_again_finds_the_registration_made_meanwhile(published, held):
    cancel(held, published, now=timezone.now())
    other = register(published, applicant(), now=timezone.now())

    assert take_again(held, published, now=timezone.now()) == other
    assert seats.recount() == []


def test_what_is_told_comes_from_the_release_not_from_an_edit_under_way(published, held, session):
    Session.objects.update(title="Titre de travail", starts_at=ago(hours=-1))

    (hold,) = sent()

    held.refresh_from_db()
    assert "Titre de travail" not in hold.subject + hold.body
    assert held.expires_at > timezone.now() + dt.timedelta(hours=20)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"registration_opens_at": ago(days=-1)}, "not_yet"),
        ({"registration_closes_at": ago(minutes=1)}, "closed"),
        ({"seats": 0}, "full"),
    ],
)
def test_seats_and_registration_times_act_at_once(published, values, code):
    Session.objects.update(**values)

    with pytest.raises(ValidationError) as caught:
        register(published, applicant(), now=timezone.now())

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("values", "code"),
    [({"status": "cancelled"}, "cancelled"), ({"entry": "free"}, "free"), ({"entry": "invitation"}, "invitation")],
)
def test_what_a_session_is_acts_once_published(published, session, values, code):
    Session.objects.update(**values)
    register(published, applicant("a@example.org"), now=timezone.now())
    publish(session.edition, note="Changement")

    with pytest.raises(ValidationError) as caught:
        register(find("demo", session.code), applicant("b@example.org"), now=timezone.now())

    assert caught.value.code == code


def test_a_session_without_limit_counts_its_people(published, session):
    seats.set_capacity(session, None)
    for number in range(5):
        register(published, applicant(f"p{number}@example.org"), now=timezone.now())

    session.refresh_from_db()
    assert (session.seats, session.seats_taken) == (None, 5)
    with pytest.raises(ValidationError) as caught:
        seats.set_capacity(session, 4)
    assert caught.value.messages == [
        "5 places sont prises\u00a0: donnez au moins autant de places, ou libérez-en d’abord."
    ]


def test_a_deadline_on_the_clock_of_another_zone_says_where(stranger, session):
    room = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))
    Session.objects.update(room=room)
    publish(session.edition, note="À La Réunion.")
    register(find("demo", session.code), applicant(), now=timezone.now())

    (mail,) = sent()
    page = stranger.get(link_in(mail)).content.decode()

    told = re.search(r"avant le (\w+ \d+(?:er)? \w+ à \d+\s?h(?:\s?\d\d)? \([^)]*La Réunion\))", mail.subject)
    assert told
    for text in (mail.body, str(mail.alternatives[0].content), page):
        assert told[1] in text
