"""Who came: let in once, taken back when that was a mistake."""

import datetime as dt

import pytest
from django.utils import timezone

from publishing.publish import publish
from registrations import attendance, seats
from registrations.attendance import Verdict, check_in, undo, verdict
from registrations.models import Registration
from registrations.services import cancel, confirm, register
from sessions.models import Session
from tests.registrations.conftest import applicant


@pytest.fixture
def registration(published) -> Registration:
    """Confirmed."""
    held = register(published, applicant(), now=timezone.now())
    confirm(held, published, now=timezone.now())
    return held


@pytest.fixture
def at_the_door(published) -> dt.datetime:
    return published.starts_at - dt.timedelta(minutes=20)


def story(registration: Registration) -> list[tuple[str, str, str]]:
    return list(registration.transitions.values_list("from_state", "to_state", "actor"))[2:]


def test_a_person_is_let_in_once(registration, at_the_door):
    first = check_in(registration, now=at_the_door, actor="camille")
    second = check_in(registration, now=at_the_door + dt.timedelta(minutes=1), actor="dominique")

    registration.refresh_from_db()
    assert (first, second) == (True, False)
    assert (registration.state, registration.arrived_at) == ("present", at_the_door)
    assert story(registration) == [("confirmed", "present", "camille")]
    assert seats.recount() == []


def test_an_entry_is_undone_as_if_it_had_not_been(registration, at_the_door):
    check_in(registration, now=at_the_door, actor="camille")

    assert undo(registration, now=at_the_door, actor="camille")
    assert not undo(registration, now=at_the_door, actor="camille")

    registration.refresh_from_db()
    assert (registration.state, registration.arrived_at) == ("confirmed", None)
    assert story(registration)[-1] == ("present", "confirmed", "camille")
    assert seats.recount() == []


def test_who_holds_a_seat_without_having_confirmed_comes_in_and_goes_back(published, at_the_door):
    held = register(published, applicant(), now=timezone.now())
    Registration.objects.update(expires_at=at_the_door + dt.timedelta(hours=1))
    held.refresh_from_db()

    assert verdict(held, published, now=at_the_door) == Verdict.UNCONFIRMED
    assert check_in(held, now=at_the_door, actor="camille")
    assert seats.recount() == []
    undo(held, now=at_the_door, actor="camille")
    assert held.state == "held"
    assert seats.recount() == []


def test_a_seat_that_is_held_no_longer_lets_nobody_in(published, at_the_door):
    held = register(published, applicant(), now=timezone.now())
    Registration.objects.update(expires_at=at_the_door)
    held.refresh_from_db()

    assert verdict(held, published, now=at_the_door) == Verdict.VOID
    assert not check_in(held, now=at_the_door, actor="camille")


def test_who_waits_is_not_let_in(published, session, at_the_door):
    for name in "ab":
        register(published, applicant(f"{name}@example.org"), now=timezone.now())
    waiting = register(published, applicant(), now=timezone.now(), wait=True)

    assert verdict(waiting, published, now=at_the_door) == Verdict.WAITING
    assert not check_in(waiting, now=at_the_door, actor="camille")
    assert seats.recount() == []


def test_who_was_told_absent_takes_a_seat_again_if_there_is_one(registration, published, session, at_the_door):
    """A late comer: the seat may have gone to somebody else."""
    Registration.objects.update(state="no_show")
    Session.objects.update(seats_taken=0)
    registration.refresh_from_db()

    assert verdict(registration, published, now=at_the_door) == Verdict.ABSENT
    assert check_in(registration, now=at_the_door, actor="camille")
    assert seats.recount() == []
    assert undo(registration, now=at_the_door, actor="camille")
    assert (registration.state, seats.recount()) == ("no_show", [])

    for name in "ab":
        register(published, applicant(f"{name}@example.org"), now=timezone.now())
    assert not check_in(registration, now=at_the_door, actor="camille")
    assert seats.recount() == []


def test_what_was_cancelled_lets_nobody_in(registration, published, at_the_door):
    cancel(registration, published, now=timezone.now())

    assert verdict(registration, published, now=at_the_door) == Verdict.VOID
    assert not check_in(registration, now=at_the_door, actor="camille")


def test_a_seat_online_is_none_in_the_room(registration, published, at_the_door):
    registration.is_online = True
    registration.save(update_fields=["is_online"])

    assert verdict(registration, published, now=at_the_door) == Verdict.ONLINE
    assert not check_in(registration, now=at_the_door, actor="camille")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (lambda it: it.starts_at - attendance.DOORS_OPEN - dt.timedelta(seconds=1), Verdict.OTHER_SESSION),
        (lambda it: it.starts_at - attendance.DOORS_OPEN, Verdict.VALID),
        (lambda it: it.starts_at, Verdict.VALID),
        (lambda it: it.ends_at - dt.timedelta(seconds=1), Verdict.VALID),
        (lambda it: it.ends_at, Verdict.OTHER_SESSION),
    ],
)
def test_a_ticket_is_good_from_two_hours_before_to_the_end(registration, published, moment, expected):
    assert verdict(registration, published, now=moment(published)) == expected


def test_a_ticket_of_a_session_that_is_not_there_is_one_of_another_session(registration, published, at_the_door):
    assert verdict(registration, None, now=at_the_door) == Verdict.OTHER_SESSION

    Session.objects.update(status="cancelled")
    publish(published.edition, note="Annulation")
    from_release = type(published)(published.released, published.item)
    assert verdict(registration, from_release, now=at_the_door) == Verdict.VALID  # as the release of then has it


def test_once_let_in_a_ticket_says_so_whatever_the_hour(registration, published):
    check_in(registration, now=timezone.now(), actor="camille")

    assert verdict(registration, published, now=published.ends_at + dt.timedelta(days=1)) == Verdict.PRESENT
