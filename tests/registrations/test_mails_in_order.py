"""A mail that the server put off does not say, once it leaves, what is no longer so."""

import datetime as dt

import pytest
from django.db.models import F
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import seats
from registrations.corrections import change_address
from registrations.models import Registration
from registrations.moving import move_to
from registrations.published import PublishedSession, find
from registrations.services import bring_fewer, cancel, confirm, register, rename, take_again
from tests.factories import SessionFactory
from tests.registrations.conftest import applicant, sent

AN_HOUR = dt.timedelta(hours=1)


@pytest.fixture
def held(published) -> Registration:
    registration = register(published, applicant(party=1), now=timezone.now())
    sent()
    return registration


@pytest.fixture
def confirmed(held, published) -> Registration:
    """Whose mail of confirmation is put off."""
    confirm(held, published, now=timezone.now())
    put_off()
    return held


def put_off() -> None:
    Message.objects.filter(state="queued").update(next_attempt_at=F("next_attempt_at") + AN_HOUR, attempts=1)


def tried_again() -> list[str]:
    """An hour later: what leaves, by kind."""
    Message.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    before = set(Message.objects.filter(state="sent").values_list("pk", flat=True))
    sent()
    left = Message.objects.filter(state="sent").exclude(pk__in=before).order_by("pk")
    return [kind.removeprefix("registration_") for kind in left.values_list("kind", flat=True)]


@pytest.mark.parametrize("silently", [False, True])
def test_a_confirmation_does_not_follow_a_cancellation(confirmed, published, silently):
    cancel(confirmed, published, now=timezone.now(), actor="chef", reason="Doublon.", silently=silently)
    first = [mail.subject.partition("\u00a0")[0] for mail in sent()]

    assert first == ([] if silently else ["Votre désinscription est enregistrée"])
    assert tried_again() == []
    assert Message.objects.get(kind="registration_confirmed").state == "dropped"


def test_a_cancellation_does_not_follow_the_seat_taken_again(confirmed, published):
    tried_again()
    cancel(confirmed, published, now=timezone.now())
    put_off()
    take_again(confirmed, published, now=timezone.now())

    assert [mail.subject.partition("\u00a0")[0] for mail in sent()] == ["Votre inscription est confirmée"]
    assert tried_again() == []


def test_of_two_confirmations_the_last_leaves(confirmed, published):
    cancel(confirmed, published, now=timezone.now())
    put_off()
    take_again(confirmed, published, now=timezone.now())
    sent()

    assert tried_again() == []
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == [
        "sent",
        "dropped",
        "dropped",
        "sent",
    ]


def test_a_confirmation_does_not_name_the_session_that_was_left(confirmed, session):
    other = SessionFactory(edition=session.edition, title="Ailleurs", seats=9)
    publish(session.edition, note="Deux séances.")
    move_to(confirmed, find("demo", other.code), now=timezone.now(), actor="chef", reason="Salle pleine.")
    sent()

    assert tried_again() == []


def test_who_was_offered_a_seat_is_not_told_to_wait(held, session, published: PublishedSession):
    seats.set_capacity(session, 1)
    register(published, applicant("attend@example.org"), now=timezone.now(), wait=True)
    put_off()
    cancel(held, published, now=timezone.now())

    assert sorted(mail.to[0] for mail in sent()) == ["alix@example.org", "attend@example.org"]
    assert tried_again() == []


def test_a_link_that_tells_how_things_stood_does_not_follow_what_became_of_them(confirmed, published):
    tried_again()
    Message.objects.update(created_at=timezone.now() - AN_HOUR)
    register(published, applicant(), now=timezone.now())
    put_off()
    cancel(confirmed, published, now=timezone.now())
    sent()

    assert tried_again() == []


def test_a_mail_to_an_address_that_was_corrected_does_not_leave_with_a_link_that_opens_nothing(confirmed, published):
    change_address(confirmed, "juste@example.org", published, now=timezone.now(), actor="chef")

    assert tried_again() == ["link"]


def test_what_is_still_so_leaves_late(confirmed, published):
    rename(Registration.objects.all(), first_name="Camille", last_name="Témoin", now=timezone.now())
    bring_fewer(confirmed, 1, now=timezone.now())

    assert tried_again() == ["confirmed"]


def test_after_an_outage_everything_leaves_in_the_order_in_which_it_happened(confirmed, published):
    """A calendar takes one file after the other."""
    cancel(confirmed, published, now=timezone.now())
    take_again(confirmed, published, now=timezone.now())

    assert tried_again() == ["confirmed", "cancelled", "confirmed"]


def test_one_that_a_refused_mail_took_back_does_not_leave_either(confirmed, published):
    cancel(confirmed, published, now=timezone.now())
    Message.objects.filter(kind="registration_cancelled").update(state="failed")

    assert tried_again() == []
