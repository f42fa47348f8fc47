"""One slot for each person and sequence: changed without ever losing the first before having the second."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from outbox.models import Message
from publishing.publish import publish
from registrations import seats, services, slots
from registrations.attendance import check_in
from registrations.models import Branch, Region, Registration
from registrations.published import PublishedSession, find
from sessions.models import Session
from tests.factories import EditionFactory, EmployerFactory, RoomFactory, SequenceFactory, SessionFactory, at
from tests.registrations.conftest import applicant, form_data, sent
from tests.registrations.test_strangers import bare

State = Registration.State


@pytest.fixture
def edition(db):
    edition = EditionFactory(slug="demo", is_current=True, contact_email="contact@example.org")
    EmployerFactory(edition=edition, name="Préfecture de l’Exemple", branch=Branch.LOCAL, region=Region.BRE)
    return edition


@pytest.fixture
def visits(edition) -> list[PublishedSession]:
    """Three slots of an exhibition with one seat each, of which a person has one."""
    sequence, room = SequenceFactory(edition=edition, title="Bureau du futur"), RoomFactory()
    made = [
        SessionFactory(
            edition=edition,
            sequence=sequence,
            title="Visite",
            is_slot=True,
            starts_at=at(hour),
            room=room,
            seats=1,
            most_companions=2,
        )
        for hour in (10, 11, 12)
    ]
    return published_again(edition, made)


def published_again(edition, sessions: list[Session]) -> list[PublishedSession]:
    publish(edition, note="Version.")
    found = [find(edition.slug, session.code) for session in sessions]
    return [each for each in found if each]


def take(published: PublishedSession, email: str = "alix@example.org", *, wait: bool = False, **values) -> Registration:
    return services.register(published, applicant(email, **values), now=timezone.now(), wait=wait)


def confirmed(published: PublishedSession, email: str = "alix@example.org", **values) -> Registration:
    registration = take(published, email, **values)
    services.confirm(registration, published, now=timezone.now())
    return registration


def where(registration: Registration) -> tuple[str, int]:
    registration.refresh_from_db()
    return registration.state, registration.session.starts_at.astimezone(at(0).tzinfo).hour


def capacity(published: PublishedSession, number: int) -> None:
    seats.set_capacity(published.row(), number)


def mails_left() -> list[tuple[str, str]]:
    return [(mail.to[0], mail.subject) for mail in sent()]


# --- Taking a second one ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("same_moment")
def test_another_slot_of_the_sequence_is_answered_as_to_a_stranger_and_mails_the_slot_one_has(client, stranger, visits):
    mine = confirmed(visits[0])
    sent()
    address = f"/demo/seances/{visits[1].item.code}/inscription/"

    seen = client.post(address, form_data("alix@example.org"), follow=True)
    unseen = stranger.post(address, form_data("sacha@example.org"), follow=True)

    assert bare(seen) == bare(unseen)
    assert "Votre place est retenue jusqu’au" in seen.content.decode()
    assert where(mine) == ("confirmed", 10)
    assert Registration.objects.filter(email="alix@example.org").count() == 1
    mail = next(mail for mail in sent() if mail.to == ["alix@example.org"])
    assert mail.subject == "Vous avez déjà un créneau, que vous pouvez changer\u00a0: Visite"
    assert f"/inscriptions/{mine.link.token}/creneau/" in mail.body


def test_asking_again_and_again_mails_once(visits):
    confirmed(visits[0])
    sent()

    for _time in range(3):
        take(visits[1])

    assert len(mails_left()) == 1


def test_without_a_rule_of_one_each_people_take_as_many_as_they_like(edition, visits):
    sequence = visits[0].row().sequence
    sequence.one_slot_per_person = False
    sequence.save()
    visits = published_again(edition, list(Session.objects.order_by("starts_at")))

    assert [take(visit).state for visit in visits] == ["held"] * 3


def test_another_sequence_is_another_rule(edition, visits):
    confirmed(visits[0])
    other = SessionFactory(edition=edition, is_slot=True, seats=1)
    (elsewhere,) = published_again(edition, [other])

    assert take(elsewhere).state == "held"


def test_a_hold_that_ran_out_does_not_stand_in_the_way(visits):
    first = take(visits[0])
    Registration.objects.update(expires_at=timezone.now())

    second = take(visits[1])

    assert where(first) == ("expired", 10)
    assert where(second) == ("held", 11)
    assert seats.recount() == []


def test_a_slot_that_left_the_programme_does_not_stand_in_the_way(edition, visits):
    first = confirmed(visits[0])
    Session.objects.filter(pk=first.session_id).update(status="design")
    visits = published_again(edition, list(Session.objects.order_by("starts_at")))

    assert take(visits[0]).state == "held"


def test_the_database_itself_refuses_two_slots(visits):
    first = confirmed(visits[0])
    second = confirmed(visits[1], "sacha@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=second.pk).update(email_key=first.email_key)


def test_correcting_an_address_to_that_of_somebody_with_a_slot_gives_the_seat_back(client, visits):
    mine = confirmed(visits[0])
    sent()
    address = f"/demo/seances/{visits[1].item.code}/inscription/"
    client.post(address, form_data("alix@exemple.org"))

    client.post(f"{address}courriel/", {"email": "alix@example.org"})

    given_back = Registration.objects.exclude(pk=mine.pk).get()
    assert (given_back.state, given_back.email) == ("cancelled", "alix@example.org")  # nothing is left of the slip
    assert where(mine) == ("confirmed", 10)
    assert ("alix@example.org", "Vous avez déjà un créneau, que vous pouvez changer\u00a0: Visite") in mails_left()
    assert seats.recount() == []


# --- Changing -----------------------------------------------------------------------------------------------------


def test_a_slot_is_changed_in_one_action_with_its_link_and_its_ticket(client, visits):
    mine = confirmed(visits[0])
    waiting = take(visits[0], "sacha@example.org", wait=True)
    sent()
    page = client.get(f"/inscriptions/{mine.link.token}/").content.decode()
    assert f'href="/inscriptions/{mine.link.token}/creneau/"' in page

    answer = client.post(f"/inscriptions/{mine.link.token}/creneau/", {"code": visits[1].item.code}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/inscriptions/{mine.link.token}/"
    assert "11\u00a0h" in answer.content.decode()
    assert where(mine) == ("confirmed", 11)
    assert where(waiting) == ("offered", 10)  # the seat left goes to who waits, at once
    assert seats.recount() == []
    change = mine.transitions.last()
    assert (change.from_state, change.to_state, change.left_session.code) == (
        "confirmed",
        "confirmed",
        visits[0].item.code,
    )
    assert [subject for to, subject in mails_left() if to == "alix@example.org"] == [
        "Votre créneau est changé\u00a0: Visite"
    ]


def test_the_mail_of_a_change_brings_the_calendar_up_to_date(visits):
    mine = confirmed(visits[0])
    (first,) = [mail for mail in sent() if mail.attachments]
    slots.change(mine, visits[1], now=timezone.now())
    slots.change(mine, visits[0], now=timezone.now())
    changed, back = [mail for mail in sent() if mail.attachments]

    def events(mail) -> dict[str, tuple[str, int]]:
        found = Calendar.from_ical(mail.attachments[0][1]).walk("VEVENT")
        return {str(event["UID"]).split("@")[0]: (str(event["STATUS"]), int(event["SEQUENCE"])) for event in found}

    ten, eleven = visits[0].item.code, visits[1].item.code
    assert list(events(first)) == [ten]
    assert {code: status for code, (status, _number) in events(changed).items()} == {
        ten: "CANCELLED",
        eleven: "CONFIRMED",
    }
    assert {code: status for code, (status, _number) in events(back).items()} == {
        ten: "CONFIRMED",
        eleven: "CANCELLED",
    }
    numbers = [events(mail)[ten][1] for mail in (first, changed, back)]
    assert numbers == sorted(set(numbers))  # rising
    assert events(changed)[eleven][1] < events(back)[eleven][1]


def test_a_seat_that_is_held_is_confirmed_by_changing_it(visits):
    mine = take(visits[0])

    slots.change(mine, visits[1], now=timezone.now())

    assert where(mine) == ("confirmed", 11)
    assert mails_left() == [("alix@example.org", "Votre créneau est changé\u00a0: Visite")]  # the first mail is void
    assert seats.recount() == []


def refused(registration: Registration, target: PublishedSession) -> str:
    before = where(registration)
    with pytest.raises(ValidationError) as caught:
        slots.change(registration, target, now=timezone.now())
    assert where(registration) == before
    assert seats.recount() == []
    return caught.value.code


def test_a_full_slot_is_refused_and_the_first_one_stays(visits):
    mine = confirmed(visits[0])
    confirmed(visits[1], "sacha@example.org")

    assert refused(mine, visits[1]) == "full"


def test_nobody_passes_those_who_wait_by_changing_slots(visits):
    mine, other = confirmed(visits[0]), confirmed(visits[1], "sacha@example.org")
    group = take(visits[1], "groupe@example.org", party=2, wait=True)
    services.cancel(other, visits[1], now=timezone.now())
    group.refresh_from_db()
    assert group.set_aside_until is not None

    assert refused(mine, visits[1]) == "full"


def test_a_party_needs_its_seats(visits):
    capacity(visits[0], 3)
    mine = confirmed(visits[0], party=2)

    assert refused(mine, visits[1]) == "too_few"
    capacity(visits[1], 2)
    slots.change(mine, visits[1], now=timezone.now())
    assert where(mine) == ("confirmed", 11)
    assert seats.recount() == []


def test_seats_held_too_long_are_given_to_who_changes(visits):
    mine = confirmed(visits[0])
    late = take(visits[1], "sacha@example.org")
    Registration.objects.filter(pk=late.pk).update(expires_at=timezone.now())

    slots.change(mine, visits[1], now=timezone.now())

    assert where(mine) == ("confirmed", 11)
    assert where(late) == ("expired", 11)


@pytest.fixture
def lapsed(visits) -> tuple[Registration, Registration]:
    """Alix has a slot, and was offered the seat of another one; the time to answer is over, and nobody has said so."""
    mine, other = confirmed(visits[0]), confirmed(visits[1], "sacha@example.org")
    offer = take(visits[1], wait=True)
    services.cancel(other, visits[1], now=timezone.now())
    offer.refresh_from_db()
    assert offer.state == "offered"
    Registration.objects.filter(pk=offer.pk).update(expires_at=timezone.now())
    return mine, offer


def test_an_offer_of_ones_own_that_ran_out_does_not_stand_in_the_way(visits, lapsed):
    mine, offer = lapsed

    slots.change(mine, visits[1], now=timezone.now())

    assert (where(mine), where(offer)) == (("confirmed", 11), ("expired", 11))
    assert seats.recount() == []


def test_the_seat_of_an_offer_that_ran_out_is_first_for_who_waits(visits, lapsed):
    mine, _offer = lapsed
    take(visits[1], "camille@example.org", wait=True)

    assert refused(mine, visits[1]) == "full"


@pytest.mark.parametrize("state", ["cancelled", "expired", "present"])
def test_what_ended_is_not_changed(visits, state):
    mine = confirmed(visits[0])
    Registration.objects.update(state=state)

    with pytest.raises(ValidationError):
        slots.change(mine, visits[1], now=timezone.now())
    assert where(mine) == (state, 10)


def test_a_session_that_is_no_slot_of_the_sequence_is_refused(edition, visits):
    mine = confirmed(visits[0])
    talk = SessionFactory(edition=edition, sequence=visits[0].row().sequence, starts_at=at(18))
    other = SessionFactory(edition=edition, is_slot=True, starts_at=at(19))
    for target in published_again(edition, [talk, other]):
        assert refused(mine, target) == "other"


def test_after_the_visit_nothing_is_changed(client, visits, monkeypatch):
    mine = confirmed(visits[0])
    late = at(11, 30)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    page = client.get(f"/inscriptions/{mine.link.token}/").content.decode()
    answer = client.post(f"/inscriptions/{mine.link.token}/creneau/", {"code": visits[2].item.code})

    assert "creneau" not in page
    assert answer.status_code == 302
    assert where(mine) == ("confirmed", 10)


def test_the_same_form_sent_twice_changes_once(client, visits):
    mine = confirmed(visits[0])
    for _time in range(2):
        client.post(f"/inscriptions/{mine.link.token}/creneau/", {"code": visits[1].item.code})

    assert mine.transitions.exclude(left_session=None).count() == 1


def test_the_page_shows_the_slots_to_come_and_only_offers_those_with_room(client, visits):
    mine = confirmed(visits[0])
    confirmed(visits[1], "sacha@example.org")

    page = client.get(f"/inscriptions/{mine.link.token}/creneau/").content.decode()

    assert re.findall(r'name="code" value="(\w+)"', page) == [visits[2].item.code]
    assert "Mon créneau" in page
    assert "Complet" in page
    assert "sacha" not in page


def test_a_slot_withdrawn_meanwhile_is_told(client, edition, visits):
    mine = confirmed(visits[0])
    gone = visits[1].item.code
    Session.objects.filter(code=gone).update(status="design")
    publish(edition, note="Retrait.")

    page = client.post(f"/inscriptions/{mine.link.token}/creneau/", {"code": gone}).content.decode()

    assert "Ce créneau n’est plus au programme." in page


def test_opening_the_page_changes_nothing_and_another_link_does_not_open_it(client, visits):
    mine = confirmed(visits[0])
    before = list(Registration.objects.values())

    assert client.get(f"/inscriptions/{mine.link.token}/creneau/").status_code == 200
    assert client.get("/inscriptions/forged/creneau/").status_code == 404
    assert list(Registration.objects.values()) == before


def test_a_called_off_slot_can_be_changed_for_one_that_takes_place(edition, visits):
    mine = confirmed(visits[0])
    Session.objects.filter(pk=mine.session_id).update(status="cancelled")
    _off, second, _third = published_again(edition, list(Session.objects.order_by("starts_at")))

    slots.change(mine, second, now=timezone.now())

    assert where(mine) == ("confirmed", 11)


# --- Waiting for another one --------------------------------------------------------------------------------------


@pytest.fixture
def offered(visits) -> tuple[Registration, Registration]:
    """Somebody with the slot of ten is offered the one of eleven."""
    mine = confirmed(visits[0])
    other = confirmed(visits[1], "sacha@example.org")
    waiting = take(visits[1], wait=True)
    assert waiting.state == "waiting"
    services.cancel(other, visits[1], now=timezone.now())
    assert where(waiting) == ("offered", 11)
    sent()
    return mine, waiting


def test_accepting_an_offer_moves_the_slot_that_one_has(client, visits, offered):
    mine, waiting = offered
    third = take(visits[0], "tiers@example.org", wait=True)
    link = f"/inscriptions/{waiting.link.token}/"
    assert "elle remplace le créneau que vous avez" in client.get(link).content.decode()

    answer = client.post(link, {"action": "confirm"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/inscriptions/{mine.link.token}/"
    assert where(mine) == ("confirmed", 11)
    assert where(waiting) == ("cancelled", 11)
    assert where(third) == ("offered", 10)
    assert seats.recount() == []
    assert [subject for to, subject in mails_left() if to == "alix@example.org"] == [
        "Votre créneau est changé\u00a0: Visite"
    ]
    again = client.post(link, {"action": "confirm"}, follow=True)  # the other tab
    assert again.redirect_chain[-1][0] == f"/inscriptions/{mine.link.token}/"
    assert "Vous avez un créneau de cette séquence" in client.get(link).content.decode()


def test_an_offer_made_to_who_waits_next_is_not_lost_by_a_move(visits, offered):
    """The seat offered goes to the slot that moves, not once more to the queue."""
    mine, waiting = offered
    behind = take(visits[1], "derriere@example.org", wait=True)

    services.confirm(waiting, visits[1], now=timezone.now())

    assert where(mine) == ("confirmed", 11)
    assert where(behind) == ("waiting", 11)
    assert seats.recount() == []


def test_declining_an_offer_keeps_the_slot(client, offered):
    mine, waiting = offered

    client.post(f"/inscriptions/{waiting.link.token}/", {"action": "cancel"})

    assert where(mine) == ("confirmed", 10)
    assert where(waiting) == ("cancelled", 11)


def test_an_offer_is_taken_by_the_page_of_slots_too(visits, offered):
    mine, waiting = offered

    slots.change(mine, visits[1], now=timezone.now())

    assert where(mine) == ("confirmed", 11)
    assert where(waiting) == ("cancelled", 11)
    assert seats.recount() == []


def test_an_offer_to_who_came_already_is_refused_in_words(client, visits, offered):
    mine, waiting = offered
    Registration.objects.filter(pk=mine.pk).update(state="present")

    page = client.post(f"/inscriptions/{waiting.link.token}/", {"action": "confirm"}).content.decode()

    assert "Vous avez déjà eu un créneau de cette séquence" in page
    assert where(waiting) == ("offered", 11)


def test_who_was_told_absent_may_come_back_and_the_door_lets_in_who_has_another_slot(visits):
    missed = confirmed(visits[0])
    seats.give_back(visits[0].locked_row(), missed, State.NO_SHOW, at=timezone.now(), actor="accueil")

    mine = confirmed(visits[1])

    assert where(mine) == ("confirmed", 11)
    assert check_in(missed, now=timezone.now(), actor="accueil")
    assert where(missed) == ("present", 10)
    assert where(mine) == ("confirmed", 11)
    assert seats.recount() == []


def test_who_changes_is_reminded_of_the_new_slot(visits):
    mine = confirmed(visits[0])
    Registration.objects.update(told=Registration.Told.ON_THE_DAY)

    slots.change(mine, visits[1], now=timezone.now())

    mine.refresh_from_db()
    assert mine.told == Registration.Told.NOTHING


def test_registering_again_by_an_old_link_is_a_change_of_slot(client, visits):
    old = confirmed(visits[0])
    services.cancel(old, visits[0], now=timezone.now())
    mine = confirmed(visits[1])

    answer = client.post(f"/inscriptions/{old.link.token}/", {"action": "again"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/inscriptions/{mine.link.token}/"
    assert where(mine) == ("confirmed", 10)
    assert where(old) == ("cancelled", 10)
    assert seats.recount() == []


def test_a_group_that_settles_for_fewer_moves_its_slot(client, visits):
    capacity(visits[0], 3)
    mine = confirmed(visits[0], party=2)
    other = confirmed(visits[1], "sacha@example.org")
    waiting = take(visits[1], party=2, wait=True)
    services.cancel(other, visits[1], now=timezone.now())

    client.post(f"/inscriptions/{waiting.link.token}/", {"action": "fewer", "places": "1"})

    assert where(mine) == ("confirmed", 11)
    assert mine.party == 1
    assert where(waiting) == ("cancelled", 11)
    assert seats.recount() == []


def test_fewer_people_come_and_the_seats_go_to_who_waits(client, visits):
    capacity(visits[0], 3)
    mine = confirmed(visits[0], party=3)
    waiting = take(visits[0], "sacha@example.org", party=2, wait=True)
    link = f"/inscriptions/{mine.link.token}/"
    assert '<option value="2">' in client.get(link).content.decode()

    client.post(link, {"action": "bring", "places": "1"})

    assert where(mine) == ("confirmed", 10)
    assert mine.party == 1
    assert where(waiting) == ("offered", 10)
    assert seats.recount() == []
    assert Message.objects.filter(kind="registration_offer").count() == 1
