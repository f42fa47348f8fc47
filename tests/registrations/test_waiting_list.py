"""Who waits is served in order, with an offer that has an end."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import deadlines, seats
from registrations.holds import expire_holds, remind
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.services import bring_fewer, cancel, confirm, promote, register, take_again, take_fewer
from registrations.waiting_list import close_lists, serve_after_set_aside
from sessions.models import Edition, Session
from tests.registrations.conftest import applicant, form_data, link_in, sent, soon

State = Registration.State


def seated(published: PublishedSession, name: str, **values) -> Registration:
    registration = register(published, applicant(f"{name}@example.org", **values), now=timezone.now())
    assert confirm(registration, published, now=timezone.now())
    return registration


def waiting(published: PublishedSession, name: str, **values) -> Registration:
    registration = register(published, applicant(f"{name}@example.org", **values), now=timezone.now(), wait=True)
    assert registration.state == State.WAITING
    return registration


def states() -> dict[str, str]:
    return {row.email.partition("@")[0]: row.state for row in Registration.objects.order_by("pk")}


def subjects() -> list[tuple[str, str]]:
    return [(message.to[0].partition("@")[0], message.subject.split("\u00a0:")[0]) for message in sent()]


@pytest.fixture
def full(published) -> list[Registration]:
    """The two seats of the session are confirmed."""
    return [seated(published, name) for name in "ab"]


@pytest.fixture(autouse=True)
def counts_are_right(db):
    yield
    assert seats.recount() == []


def test_joining_is_a_choice_and_tells_the_position(published, full):
    with pytest.raises(ValidationError) as caught:
        register(published, applicant("c@example.org"), now=timezone.now())
    assert caught.value.code == "full"

    first, second = waiting(published, "c"), waiting(published, "d")

    assert (first.position(), second.position()) == (1, 2)
    mails = {message.to[0]: message for message in sent() if "en liste d’attente" in message.subject}
    assert "Vous êtes en 2e position sur la liste d’attente." in mails["d@example.org"].body
    session = Session.objects.get()
    assert (session.seats_taken, session.seats_waiting) == (2, 2)


def test_a_seat_given_back_is_offered_to_the_first_with_a_deadline_in_the_same_transaction(published, full):
    first, _second = waiting(published, "c"), waiting(published, "d")
    sent()

    cancel(full[0], published, now=timezone.now())

    assert states() == {"a": "cancelled", "b": "confirmed", "c": "offered", "d": "waiting"}
    offer = next(message for message in sent() if message.to == ["c@example.org"])
    assert offer.subject.startswith("[Action requise] Une place s’est libérée")
    first.refresh_from_db()
    assert first.hold_started_at is not None
    where = {"starts_at": published.starts_at, "zone": published.zone}
    expected = deadlines.on_sending(first.offered_at, first.hold_started_at, **where, **deadlines.offer_terms())
    assert first.expires_at == expected


def test_accepting_an_offer_keeps_the_seat(published, full):
    first = waiting(published, "c")
    cancel(full[0], published, now=timezone.now())
    first.refresh_from_db()

    assert confirm(first, published, now=timezone.now())

    assert states()["c"] == "confirmed"
    assert Session.objects.get().seats_taken == 2


@pytest.mark.parametrize("how", ["declined", "too late"])
def test_an_offer_that_is_not_taken_goes_to_the_next(published, full, how):
    first, _second = waiting(published, "c"), waiting(published, "d")
    cancel(full[0], published, now=timezone.now())
    first.refresh_from_db()
    sent()

    if how == "declined":
        cancel(first, published, now=timezone.now())
    else:
        Registration.objects.filter(pk=first.pk).update(expires_at=timezone.now())
        assert (expire_holds(), expire_holds()) == (1, 0)

    assert states()["d"] == "offered"
    assert states()["c"] == ("cancelled" if how == "declined" else "expired")
    first.refresh_from_db()
    reasons = {"declined": "La proposition a été déclinée.", "too late": "La proposition est restée sans réponse."}
    assert first.transitions.last().reason_text == reasons[how]


def test_an_offer_is_recalled_once(published, full):
    first = waiting(published, "c")
    cancel(full[0], published, now=timezone.now())
    sent()
    Registration.objects.filter(pk=first.pk).update(hold_started_at=soon(hours=-23), expires_at=soon(minutes=5))

    assert (remind(), remind()) == (1, 0)

    (reminder,) = sent()
    assert reminder.subject.startswith("[Action requise] Dernier rappel, répondez avant le")
    assert "~" not in reminder.subject + reminder.body


def test_nobody_takes_a_free_seat_while_others_wait(published, full):
    Session.objects.update(most_companions=3)
    waiting(published, "g", party=3)
    cancel(full[0], published, now=timezone.now())

    assert published.state(published.row(), timezone.now()) == "full"
    with pytest.raises(ValidationError) as caught:
        register(published, applicant("z@example.org"), now=timezone.now())
    assert caught.value.code == "full"


def test_a_group_has_its_seats_set_aside_then_the_first_that_fits_is_served(published, full):
    Session.objects.update(most_companions=3, seats=3)
    seated(published, "x")
    group, single = waiting(published, "g", party=2), waiting(published, "s")
    cancel(full[0], published, now=timezone.now())
    group.refresh_from_db()
    assert states()["s"] == "waiting"
    assert group.set_aside_until > timezone.now()
    (told,) = [message for message in sent() if message.to == ["g@example.org"] and "mise de côté" in message.subject]
    assert "1 place est libre, sur les 2 que vous avez demandées." in told.body

    Registration.objects.filter(pk=group.pk).update(set_aside_until=timezone.now())
    serve_after_set_aside()

    assert (states()["g"], states()["s"]) == ("waiting", "offered")
    single.refresh_from_db()
    cancel(single, published, now=timezone.now())
    cancel(full[1], published, now=timezone.now())
    assert states()["g"] == "offered"  # it kept its place


def test_seats_set_aside_are_not_told_once_their_time_is_over(published, full):
    Session.objects.update(most_companions=3)
    group = waiting(published, "g", party=2)
    sent()
    cancel(full[0], published, now=timezone.now())
    Registration.objects.filter(pk=group.pk).update(set_aside_until=timezone.now())

    assert [message.to for message in sent() if "de côté" in message.subject] == []


def test_a_group_may_take_fewer_seats(published, full):
    Session.objects.update(most_companions=3)
    group = waiting(published, "g", party=2)
    cancel(full[0], published, now=timezone.now())
    group.refresh_from_db()
    with pytest.raises(ValidationError) as caught:
        take_fewer(group, published, 2, now=timezone.now())
    assert caught.value.messages == ["1 place est mise de côté pour vous."]

    take_fewer(group, published, 1, now=timezone.now())

    group.refresh_from_db()
    assert (group.state, group.party) == ("confirmed", 1)


def test_a_group_that_was_passed_over_no_longer_takes_fewer(published, full):
    Session.objects.update(most_companions=3)
    group = waiting(published, "g", party=2)
    cancel(full[0], published, now=timezone.now())
    Registration.objects.filter(pk=group.pk).update(set_aside_until=timezone.now())
    group.refresh_from_db()

    with pytest.raises(ValidationError) as caught:
        take_fewer(group, published, 1, now=timezone.now())

    assert caught.value.code == "late"


def test_bringing_fewer_people_serves_those_who_wait(published, session):
    Session.objects.update(most_companions=3)
    group = seated(published, "g", party=2)
    waiting(published, "s")

    bring_fewer(group, 1, now=timezone.now())

    assert states() == {"g": "confirmed", "s": "offered"}


def test_more_seats_go_to_those_who_wait(published, full, session):
    waiting(published, "c")
    waiting(published, "d")

    seats.set_capacity(session, 3)

    assert (states()["c"], states()["d"]) == ("offered", "waiting")


def test_seats_kept_for_people_who_come_unregistered_are_not_registered_for(published, session):
    Session.objects.update(walk_in_seats=1)
    seated(published, "a")

    with pytest.raises(ValidationError) as caught:
        register(published, applicant("b@example.org"), now=timezone.now())

    assert caught.value.code == "full"


def test_a_group_larger_than_what_is_left_is_told_how_many_seats_are_left(published):
    Session.objects.update(most_companions=3)
    seated(published, "a")

    with pytest.raises(ValidationError) as caught:
        register(published, applicant("g@example.org", party=2), now=timezone.now())

    assert caught.value.messages == ["Il ne reste que 1 place."]


def test_nobody_brings_more_people_than_the_session_allows(published):
    with pytest.raises(ValidationError) as caught:
        register(published, applicant("g@example.org", party=2), now=timezone.now())

    assert caught.value.code == "companions"


def test_promoting_by_hand_needs_a_free_seat_or_moves_to_the_head(published, full):
    waiting(published, "c")
    favoured = waiting(published, "d")

    assert promote(favoured, now=timezone.now(), actor="cheffe", reason="Intervient le matin.") is False
    assert favoured.position() == 1
    cancel(full[0], published, now=timezone.now())

    assert (states()["c"], states()["d"]) == ("waiting", "offered")
    assert favoured.transitions.filter(actor="cheffe").get().reason == "Intervient le matin."


def test_promoting_by_hand_offers_a_seat_set_aside_for_a_group(published, full):
    Session.objects.update(most_companions=3)
    waiting(published, "g", party=2)
    single = waiting(published, "s")
    cancel(full[0], published, now=timezone.now())

    assert promote(single, now=timezone.now(), actor="cheffe", reason="Interprète.") is True

    assert states()["s"] == "offered"


def test_an_offer_ends_before_the_cut_off_and_then_the_list_closes(published, full, session):
    first, _second = waiting(published, "c"), waiting(published, "d")
    start = timezone.now() + dt.timedelta(hours=4)
    move_to(session, start)
    published = find("demo", session.code)
    sent()
    cancel(full[0], published, now=timezone.now())
    sent()
    first.refresh_from_db()
    assert first.expires_at <= start - dt.timedelta(hours=2)

    move_to(session, timezone.now() + dt.timedelta(hours=2))

    assert close_lists() == 1
    assert states()["d"] == "expired"
    (told,) = [message for message in sent() if message.to == ["d@example.org"]]
    assert "La liste d’attente est close" in told.subject


def test_once_the_list_is_closed_a_seat_given_back_goes_to_whoever_registers(published, full, session):
    waiting(published, "c")
    move_to(session, timezone.now() + dt.timedelta(hours=1))
    published = find("demo", session.code)
    close_lists()

    cancel(full[0], published, now=timezone.now())

    assert register(published, applicant("z@example.org"), now=timezone.now()).state == "held"
    with pytest.raises(ValidationError):
        register(published, applicant("y@example.org"), now=timezone.now(), wait=True)


def test_a_cancelled_session_offers_nothing(published, full, session):
    waiting(published, "c")
    Session.objects.update(status="cancelled")
    publish(session.edition, note="Annulée.")

    cancel(full[0], find("demo", session.code), now=timezone.now())

    assert states()["c"] == "waiting"
    assert close_lists() == 0


def test_leaving_the_list_is_told_and_costs_no_seat(published, full):
    first = waiting(published, "c")
    sent()

    assert cancel(first, published, now=timezone.now())

    assert subjects() == [("c", "Vous avez quitté la liste d’attente")]
    assert Session.objects.get().seats_waiting == 0


def test_coming_back_after_an_offer_let_go_is_the_end_of_the_queue(published, full):
    first, second = waiting(published, "c"), waiting(published, "d")
    cancel(first, published, now=timezone.now())

    assert take_again(first, published, now=timezone.now()).state == "waiting"

    assert (second.position(), first.position()) == (1, 2)


def test_a_popular_session_that_fills_with_unconfirmed_holds_gives_less_time(published, session, settings):
    seats.set_capacity(session, 4)
    held = [register(published, applicant(f"{name}@example.org"), now=timezone.now()) for name in "abc"]

    assert [registration.hold_hours for registration in held] == [24, 24, 4]


def test_a_person_who_waits_and_registers_again_gets_their_link_and_keeps_their_place(published, full):
    first = waiting(published, "c")
    waiting(published, "d")
    Message.objects.update(created_at=soon(hours=-1))
    sent()

    again = register(published, applicant("c@example.org"), now=timezone.now(), wait=True)

    assert (again, again.position()) == (first, 1)
    (mail,) = sent()
    assert "Vous êtes déjà en liste d’attente pour cette séance." in mail.body


# Pages -----------------------------------------------------------------------------------------------------------


def test_from_a_full_session_to_a_seat_by_the_pages_alone(client, published, full, session):
    form_url = f"/demo/seances/{session.code}/inscription/"
    assert "Rejoindre la liste d’attente" in client.get(f"/demo/seances/{session.code}/").content.decode()
    page = client.get(form_url).content.decode()
    assert "S’inscrire</button>" not in page
    refused = client.post(form_url, form_data("c@example.org") | {"send": "1"})
    assert 'value="c@example.org"' in refused.content.decode()  # as it was typed, with the button to wait

    told = client.post(form_url, form_data("c@example.org") | {"wait": "1"}, follow=True).content.decode()

    assert "Votre demande est en liste d’attente" in told
    (mail,) = [message for message in sent() if message.to == ["c@example.org"]]
    link = link_in(mail)
    assert "Vous êtes en 1re position" in client.get(link).content.decode()
    cancel(full[0], published, now=timezone.now())
    offered = client.get(link).content.decode()
    assert "Prendre la place" in offered
    assert "Laisser la place" in offered
    taken = client.post(link, {"action": "confirm"}, follow=True).content.decode()
    assert "Votre inscription est confirmée." in taken


def test_the_page_after_joining_is_the_same_for_a_known_address(client, published, full, session):
    form_url = f"/demo/seances/{session.code}/inscription/"
    pages = [
        client.post(form_url, form_data(email) | {"wait": "1"}, follow=True).content.decode().replace(email, "")
        for email in ("a@example.org", "nouvelle@example.org")
    ]

    assert strip_tokens(pages[0]) == strip_tokens(pages[1])


def test_a_group_takes_fewer_seats_from_its_page(client, published, full):
    Session.objects.update(most_companions=3)
    waiting(published, "g", party=2)
    cancel(full[0], published, now=timezone.now())
    link = link_in(next(message for message in sent() if message.to == ["g@example.org"]))

    page = client.get(link).content.decode()
    assert "1 place sur vos 2 est libre" in page
    taken = client.post(link, {"action": "fewer", "places": "1"}, follow=True).content.decode()

    assert "Votre inscription est confirmée." in taken
    assert client.post(link, {"action": "fewer", "places": "x" * 300}, follow=True).status_code == 200


def move_to(session: Session, start: dt.datetime) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + dt.timedelta(hours=2))
    days = {"starts_on": start.date() - dt.timedelta(days=1), "ends_on": start.date() + dt.timedelta(days=1)}
    Edition.objects.update(**days)
    publish(Edition.objects.get(), note="Nouvel horaire.")


def strip_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]
