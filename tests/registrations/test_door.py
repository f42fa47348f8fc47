"""At the door: present, absent, unregistered. No seat is lost or given twice."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from publishing.publish import publish
from registrations import door, seats
from registrations.models import Registration, WalkIn
from registrations.published import PublishedSession, find
from registrations.services import cancel, confirm, register
from sessions.models import Session
from tests.registrations.conftest import applicant

State = Registration.State


@pytest.fixture
def began(session) -> dt.datetime:
    """The session is published with three seats, one of them kept, and has just begun."""
    Session.objects.update(seats=3, walk_in_seats=1)
    return session.starts_at + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def counts_are_right(db):
    yield
    assert seats.recount() == []


def seated(published: PublishedSession, name: str, **values) -> Registration:
    registration = register(published, applicant(f"{name}@example.org", **values), now=timezone.now())
    assert confirm(registration, published, now=timezone.now())
    return registration


def kept_and_taken() -> tuple[int, int]:
    return Session.objects.values_list("walk_in_seats", "seats_taken").get()


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(ValidationError) as caught:
        act(*args, **kwargs)
    return caught.value.messages[0]


def test_who_comes_is_present_and_keeps_the_seat(published, began):
    registration = seated(published, "a")

    door.admit(registration, now=began, actor="accueil")
    door.admit(registration, now=began, actor="accueil")  # a second click

    assert (registration.state, registration.arrived_at) == ("present", began)
    assert kept_and_taken() == (1, 1)
    assert [change.to_state for change in registration.transitions.all()] == ["held", "confirmed", "present"]


def test_nobody_comes_in_days_before(published, session):
    registration = seated(published, "a")
    too_early = session.starts_at - dt.timedelta(hours=3)

    told = refused(door.admit, registration, now=too_early, actor="accueil")

    assert told == "Les entrées commencent deux heures avant le début d’une séance qui a lieu."
    assert refused(door.admit_unregistered, session, 1, now=too_early, actor="accueil") == told
    assert Registration.objects.get().state == "confirmed"


def test_people_let_in_by_number_turn_kept_seats_into_taken_ones_then_take_free_ones(published, session, began):
    seated(published, "a")

    door.admit_unregistered(session, 2, now=began, actor="accueil")

    assert kept_and_taken() == (0, 3)
    assert WalkIn.objects.values_list("people", "from_kept", "actor").get() == (2, 1, "accueil")
    assert refused(door.admit_unregistered, session, 1, now=began, actor="accueil") == "Cette séance est complète."


def test_a_count_taken_back_keeps_its_seats_again(published, session, began):
    walk_in = door.admit_unregistered(session, 2, now=began, actor="accueil")

    for _click in range(2):
        door.take_back(walk_in, now=began)

    assert kept_and_taken() == (1, 0)
    assert not WalkIn.objects.exists()


def test_without_a_limit_nothing_is_kept_nor_refused(session, published, began):
    Session.objects.update(seats=None, walk_in_seats=4)

    door.admit_unregistered(session, 500, now=began, actor="accueil")

    assert kept_and_taken() == (4, 500)


def test_whoever_comes_unregistered_may_give_a_name(published, began):
    made = door.register_at_the_door(published, applicant("new@example.org"), now=began, actor="accueil")

    assert (made.state, made.transitions.get().actor) == ("present", "accueil")
    assert kept_and_taken() == (0, 1)


def test_who_gives_a_known_address_is_let_in_with_their_own_registration(published, began):
    registration = seated(published, "a")

    found = door.register_at_the_door(published, applicant("A@example.org"), now=began, actor="accueil")

    assert (found.pk, found.state) == (registration.pk, "present")
    assert kept_and_taken() == (1, 1)


def test_who_waits_is_not_passed_over_by_who_comes_while_the_list_is_served(published, session, settings):
    settings.OFFER_CUT_OFF_HOURS = 0
    seated(published, "a")
    seated(published, "b")
    register(published, applicant("c@example.org"), now=timezone.now(), wait=True)
    Session.objects.update(seats=3)  # a free seat, as if the worker had not come by yet
    doors = session.starts_at - dt.timedelta(hours=2)

    assert refused(door.admit_unregistered, session, 1, now=doors, actor="accueil") == "Cette séance est complète."

    door.admit_unregistered(session, 1, now=session.starts_at, actor="accueil")


def test_who_still_waits_at_the_door_comes_in_on_a_kept_seat(published, began):
    seated(published, "a")
    seated(published, "b")
    late = register(published, applicant("c@example.org"), now=timezone.now(), wait=True)

    door.admit(late, now=began, actor="accueil")

    late.refresh_from_db()
    assert late.state == "present"
    assert Session.objects.values_list("walk_in_seats", "seats_taken", "seats_waiting").get() == (0, 3, 0)


@pytest.fixture
def ended(published, began) -> Registration:
    """Of somebody who gave their seat up; the session is for other addresses since."""
    registration = seated(published, "a")
    cancel(registration, published, now=timezone.now())
    Session.objects.update(eligibility="domains", eligible_domains="gouv.fr")
    return registration


def test_who_gave_a_seat_up_comes_in_under_the_rule_or_with_a_note(ended, began):
    told = refused(door.admit, ended, now=began, actor="accueil")
    before = kept_and_taken()

    door.admit(ended, now=began, actor="accueil", pass_note="Vue avec la cheffe de projet.")

    assert told.startswith("L’inscription est réservée aux adresses électroniques de ce domaine")
    assert (before, ended.state, kept_and_taken()) == ((1, 0), "present", (0, 1))
    assert ended.transitions.last().reason == "Vue avec la cheffe de projet."


def test_a_hold_that_ran_out_at_the_door_comes_under_the_rule_too(published, began):
    late = register(published, applicant("b@example.org"), now=timezone.now())
    Session.objects.update(eligibility="invitation")

    assert "réservée aux personnes invitées" in refused(door.admit, late, now=began, actor="accueil")


def test_who_is_admitted_again_comes_in_without_a_note_and_none_is_kept(ended, began):
    Session.objects.update(eligible_domains="example.org")

    door.admit(ended, now=began, actor="accueil", pass_note="Pour le cas où.")

    assert (ended.state, ended.transitions.last().reason) == ("present", "")


def test_who_has_a_seat_or_waits_comes_in_whatever_the_rule_has_become(published, began):
    people = [seated(published, "a"), seated(published, "b")]
    people.append(register(published, applicant("c@example.org"), now=timezone.now(), wait=True))
    Session.objects.update(eligibility="invitation")

    for registration in people:
        door.admit(registration, now=began, actor="accueil")

    assert {registration.state for registration in people} == {"present"}


def test_seats_of_the_absent_are_free_for_who_stands_at_the_door(published, session, began):
    here, missing = seated(published, "a"), seated(published, "b")
    door.admit(here, now=began, actor="accueil")

    number = door.release_absent(session, now=began, actor="accueil")

    missing.refresh_from_db()
    assert (number, missing.state, kept_and_taken()) == (1, "no_show", (1, 1))
    assert missing.transitions.last().reason_text == "Pas là quand les places ont été libérées."
    door.admit_unregistered(session, 2, now=began, actor="accueil")
    assert kept_and_taken() == (0, 3)


def test_nobody_is_absent_before_the_start(published, session):
    seated(published, "a")

    told = refused(door.release_absent, session, now=session.starts_at - dt.timedelta(minutes=1), actor="accueil")

    assert told == "On ne sait qui est absent qu’une fois la séance commencée."
    assert kept_and_taken() == (0, 1)


def test_online_registrants_are_not_absent_from_the_room(published, session, began):
    Session.objects.update(is_online=True, online_seats=5)
    publish(session.edition, note="Aussi en ligne")
    hybrid = find("demo", session.code)
    seated(hybrid, "a", is_online=True)

    assert door.release_absent(session, now=began, actor="accueil") == 0


def test_a_release_is_undone_for_one_person_as_long_as_a_seat_is_left(published, session, began):
    first, second = seated(published, "a"), seated(published, "b")
    door.release_absent(session, now=began, actor="accueil")

    door.undo(first, now=began, actor="accueil")
    door.admit_unregistered(session, 2, now=began, actor="accueil")

    assert first.state == "confirmed"
    assert refused(door.undo, second, now=began, actor="accueil") == "Cette séance est complète."
    assert kept_and_taken() == (0, 3)


def test_a_presence_noted_by_mistake_is_taken_back(published, began):
    registration = seated(published, "a")
    door.admit(registration, now=began, actor="accueil")

    door.undo(registration, now=began, actor="accueil")

    assert (registration.state, registration.arrived_at) == ("confirmed", None)
    assert kept_and_taken() == (1, 1)


def test_who_registered_anew_is_not_brought_back_twice(published, session, began):
    first = seated(published, "a")
    cancel(first, published, now=timezone.now())
    seated(published, "a")

    told = refused(door.admit, first, now=began, actor="accueil")

    assert told == "Cette personne a entre-temps une autre inscription, qui l’empêche."
    assert kept_and_taken() == (1, 1)


def test_the_history_of_a_session_tells_what_became_of_kept_seats(session, began):
    door.admit_unregistered(session, 1, now=began, actor="accueil")

    assert list(session.history.values_list("walk_in_seats", flat=True))[:1] == [0]
