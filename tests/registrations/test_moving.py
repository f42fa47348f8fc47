"""The staff moves registrations to another session: seats follow, nobody who waits is passed over."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import seats, services
from registrations.models import Registration
from registrations.moving import move_to
from registrations.published import PublishedSession, find
from registrations.services import register
from sessions.models import Session
from tests.factories import EditionFactory, SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, link_in, sent, soon

State = Registration.State


@pytest.fixture(autouse=True)
def counts_are_right(db):
    yield
    assert seats.recount() == []


@pytest.fixture
def other(published) -> PublishedSession:
    """Another session of the edition, with two seats."""
    session = SessionFactory(edition=published.edition, title="Bootcamp", seats=2)
    publish(published.edition, note="Une séance de plus")
    found = find("demo", session.code)
    assert found
    return found


def come(published: PublishedSession, name: str, *, confirmed: bool = True, **values) -> Registration:
    person = applicant(f"{name}@example.org", **values)
    return register(published, person, now=timezone.now(), wait=True, is_vouched_for=confirmed)


def move(registration: Registration, target: PublishedSession, **values) -> Registration:
    move_to(registration, target, now=timezone.now(), actor="cheffe", reason="Salle fermée", **values)
    registration.refresh_from_db()
    return registration


def refused(registration: Registration, target: PublishedSession) -> str | None:
    with pytest.raises(ValidationError) as caught:
        move(registration, target)
    before = registration.session_id
    registration.refresh_from_db()
    assert registration.session_id == before
    return caught.value.code


def test_seat_link_and_ticket_follow_and_the_mail_tells_both_sessions(published, other):
    registration = come(published, "a")
    link = registration.link.token
    sent()

    move(registration, other)

    assert (registration.session.code, registration.state) == (other.item.code, "confirmed")
    assert registration.link.token == link
    change = registration.transitions.last()
    assert (change.actor, change.reason, change.left_session.code) == ("cheffe", "Salle fermée", published.item.code)
    (mail,) = sent()
    assert mail.subject == "Votre inscription est déplacée\u00a0: Bootcamp"
    assert "de «\u00a0Fail camp\u00a0» à cette séance" in mail.body
    assert link in link_in(mail) or "/billets/" in link_in(mail)
    calendars = [content for _name, content, _kind in mail.attachments]
    assert "STATUS:CANCELLED" in "".join(map(str, calendars))


def test_without_a_mail_is_a_choice(published, other):
    registration = come(published, "a")
    sent()

    move(registration, other, silently=True)

    assert (registration.session.code, sent()) == (other.item.code, [])


def test_the_seat_that_is_left_goes_to_who_waits(published, other):
    first = come(published, "a")
    come(published, "b")
    waiting = come(published, "c")
    assert waiting.state == State.WAITING

    move(first, other)

    waiting.refresh_from_db()
    assert waiting.state == State.OFFERED


def test_who_waited_has_a_seat_in_the_other_session(published, other):
    for name in "ab":
        come(published, name)
    waiting = come(published, "c")

    move(waiting, other)

    assert (waiting.state, waiting.session.code) == ("confirmed", other.item.code)


def test_what_is_held_stays_to_be_confirmed_until_the_same_time(published, other):
    held = come(published, "a", confirmed=False)
    sent()
    held.refresh_from_db()
    until = held.expires_at

    move(held, other)

    assert (held.state, held.expires_at) == ("held", until)
    (mail,) = sent()
    assert "Bootcamp" in mail.subject
    held.refresh_from_db()
    assert held.expires_at == until


def test_a_hold_that_ran_out_is_not_moved(published, other):
    held = come(published, "a", confirmed=False)
    Registration.objects.update(expires_at=soon(minutes=-1))

    assert refused(held, other) == "ended"
    assert Message.objects.filter(kind="registration_moved").count() == 0


def test_a_group_needs_a_seat_for_each_of_its_people(published, other):
    Session.objects.update(most_companions=5)
    group = come(published, "a", party=2)
    come(other, "b")

    assert refused(group, other) == "too_few"


def test_nobody_who_waits_there_is_passed_over(published, other):
    registration = come(published, "a")
    Session.objects.filter(code=other.item.code).update(most_companions=5)
    come(other, "b")
    group = come(other, "c", party=2)
    assert group.state == State.WAITING

    assert refused(registration, other) == "full"


def test_a_person_has_one_registration_for_a_session(published, other):
    registration = come(published, "a")
    come(other, "a")

    assert refused(registration, other) == "there"


def test_a_place_on_the_waiting_list_there_ends_when_the_person_comes_with_a_seat(published, other):
    registration = come(published, "a")
    come(other, "b")
    come(other, "c")
    waiting = come(other, "a")
    Session.objects.filter(code=other.item.code).update(seats=3)

    move(registration, other)

    waiting.refresh_from_db()
    assert (waiting.state, registration.session.code) == ("cancelled", other.item.code)


def test_it_stays_in_its_edition_and_where_it_is(published, other):
    registration = come(published, "a")
    elsewhere = SessionFactory(edition=EditionFactory(slug="ailleurs"), seats=5)
    publish(elsewhere.edition, note="Première version")
    away = find("ailleurs", elsewhere.code)
    assert away

    assert refused(registration, away) == "other"
    assert refused(registration, published) == "same"


def test_a_session_that_was_called_off_takes_nobody(published, other):
    registration = come(published, "a")
    Session.objects.filter(code=other.item.code).update(status="cancelled")
    publish(published.edition, note="Annulée")
    cancelled = find("demo", other.item.code)
    assert cancelled

    assert refused(registration, cancelled) == "cancelled"


def test_who_has_a_slot_of_a_sequence_gets_no_second_one(published):
    sequence = SequenceFactory(edition=published.edition, one_slot_per_person=True)
    rows = [SessionFactory(edition=published.edition, sequence=sequence, is_slot=True, seats=2) for _visit in range(2)]
    publish(published.edition, note="Des visites")
    first, second = (found for row in rows if (found := find("demo", row.code)))
    come(first, "a")

    assert refused(come(published, "a"), second) == "slot"


def test_a_slot_whose_hold_ran_out_does_not_stand_in_the_way(published):
    """Before the worker has come by, as after."""
    sequence = SequenceFactory(edition=published.edition, one_slot_per_person=True)
    visits = [SessionFactory(edition=published.edition, sequence=sequence, is_slot=True, seats=2) for _visit in "ab"]
    publish(published.edition, note="Des créneaux")
    slots = [find("demo", visit.code) for visit in visits]
    lapsed = come(slots[0], "a", confirmed=False)
    Registration.objects.filter(pk=lapsed.pk).update(expires_at=timezone.now())

    moved = move(come(published, "a"), slots[1])

    lapsed.refresh_from_db()
    assert (lapsed.state, moved.state, moved.session) == ("expired", "confirmed", visits[1])
    assert moved.exclusive_sequence == sequence


@pytest.fixture
def offered(published, other):
    """One seat in the other session, offered to somebody, while the next one waits."""
    session = Session.objects.get(code=other.item.code)
    seats.set_capacity(session, 1)
    first = come(other, "premiere")
    offer, behind = come(other, "a"), come(other, "b")
    services.cancel(first, other, now=timezone.now())
    offer.refresh_from_db()
    assert (offer.state, behind.state) == (State.OFFERED, State.WAITING)
    return offer, behind


def states(*registrations: Registration) -> list[str]:
    for registration in registrations:
        registration.refresh_from_db()
    return [str(registration.state) for registration in registrations]


def test_the_seat_offered_there_is_the_one_they_come_to(published, other, offered):
    registration, (offer, behind) = come(published, "a"), offered

    move(registration, other)

    assert registration.session.code == other.item.code
    assert states(registration, offer, behind) == ["confirmed", "cancelled", "waiting"]


def test_an_offer_of_more_seats_leaves_the_rest_to_the_next(published, other):
    Session.objects.update(most_companions=5)
    first, registration = come(other, "premiere", party=2), come(published, "a")
    offer, behind = come(other, "a", party=2), come(other, "b")
    services.cancel(first, other, now=timezone.now())

    move(registration, other)

    assert states(registration, offer, behind) == ["confirmed", "cancelled", "offered"]


def test_a_group_does_not_pass_who_waits_behind_an_offer_of_fewer_seats(published, other, offered):
    Session.objects.update(most_companions=5)
    registration, (offer, behind) = come(published, "a", party=2), offered
    seats.set_capacity(Session.objects.get(code=other.item.code), 2)  # the second is offered to who waits behind
    come(other, "c")

    assert refused(registration, other) == "too_few"
    assert states(offer, behind) == ["offered", "offered"]


def test_an_offer_of_fewer_seats_and_a_free_one_make_a_group(published, other):
    Session.objects.update(most_companions=5)
    registration = come(published, "a", party=2)
    first, second = come(other, "premiere"), come(other, "deuxieme")
    offer = come(other, "a")
    services.cancel(first, other, now=timezone.now())
    services.cancel(second, other, now=timezone.now())

    move(registration, other)

    assert states(registration, offer) == ["confirmed", "cancelled"]


def test_an_offer_that_ran_out_is_no_seat_of_theirs(published, other, offered):
    registration, (offer, _behind) = come(published, "a"), offered
    Registration.objects.filter(pk=offer.pk).update(expires_at=soon(minutes=-1))

    assert refused(registration, other) == "full"


def test_seats_set_aside_for_the_head_of_the_queue_are_theirs(published, other):
    Session.objects.update(most_companions=5)
    registration = come(published, "a")
    first, _second = come(other, "premiere"), come(other, "deuxieme")
    group, behind = come(other, "a", party=2), come(other, "b")
    services.cancel(first, other, now=timezone.now())
    group.refresh_from_db()
    assert (group.state, group.set_aside_until is not None, behind.state) == (State.WAITING, True, State.WAITING)

    move(registration, other)

    assert states(registration, group, behind) == ["confirmed", "cancelled", "waiting"]


def test_who_waits_behind_others_does_not_pass_them(published, other):
    Session.objects.update(most_companions=5)
    registration = come(published, "a")
    first, _second = come(other, "premiere"), come(other, "deuxieme")
    group, mine = come(other, "b", party=2), come(other, "a")
    services.cancel(first, other, now=timezone.now())

    assert refused(registration, other) == "full"
    assert states(group, mine) == ["waiting", "waiting"]


def test_a_hold_there_that_ran_out_does_not_stand_in_the_way(published, other):
    registration, held = come(published, "a"), come(other, "a", confirmed=False)
    Registration.objects.filter(pk=held.pk).update(expires_at=soon(minutes=-1))

    move(registration, other)

    assert states(registration, held) == ["confirmed", "expired"]
