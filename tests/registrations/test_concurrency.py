"""Real threads on the database in use: the last seats, and two wishes for one registration."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from outbox.models import Message
from registrations import invitations, seats
from registrations.holds import expire_holds
from registrations.models import Invitation, Registration
from registrations.services import Applicant, cancel, confirm, register, take_again
from sessions.models import Session
from tests.factories import InvitationFactory
from tests.registrations.conftest import applicant

pytestmark = pytest.mark.django_db(transaction=True)


def together(*actions: Callable[[], str]) -> Counter[str]:
    """Run the actions at the same moment, one thread each; count what they say."""
    barrier = threading.Barrier(len(actions))
    said: list[str] = []

    def run(action: Callable[[], str]) -> None:
        try:
            barrier.wait(timeout=20)
            said.append(action())
        except ValidationError as refused:
            said.append(refused.code)
        except Exception as error:
            said.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(said)


def registering(published, email: str) -> Callable[[], str]:
    return lambda: str(register(published, applicant(email), now=timezone.now()).state)


def test_sixteen_people_and_the_last_five_seats(published, session):
    seats.set_capacity(session, 5)

    said = together(*(registering(published, f"p{number}@example.org") for number in range(16)))

    assert said == {"held": 5, "full": 11}
    session.refresh_from_db()
    assert (session.seats_taken, Registration.objects.live().count(), Message.objects.count()) == (5, 5, 5)
    assert seats.recount() == []


def test_the_same_person_twice_at_once_has_one_registration(published, session):
    said = together(*(registering(published, email) for email in ["alix@example.org", "ALIX@EXAMPLE.ORG"] * 4))

    assert said == {"held": 8}
    session.refresh_from_db()
    assert (Registration.objects.count(), session.seats_taken, Message.objects.count()) == (1, 1, 1)


def test_confirming_and_cancelling_at_once_leaves_one_true_state(published, session):
    for number in range(5):
        registration = register(published, applicant(f"p{number}@example.org"), now=timezone.now())

        def confirming(pk: int = registration.pk) -> str:
            return f"confirm {confirm(Registration.objects.get(pk=pk), published, now=timezone.now())}"

        def cancelling(pk: int = registration.pk) -> str:
            return f"cancel {cancel(Registration.objects.get(pk=pk), published, now=timezone.now())}"

        said = together(confirming, cancelling)

        registration.refresh_from_db()
        assert said["cancel True"] == 1
        assert (registration.state, seats.recount()) == ("cancelled", [])


def test_expiring_and_confirming_at_once_gives_the_seat_back_once(published, session):
    registration = register(published, applicant(), now=timezone.now())
    Registration.objects.update(expires_at=timezone.now())

    def confirming() -> str:
        return f"confirmed {confirm(Registration.objects.get(), published, now=timezone.now())}"

    together(confirming, *[lambda: str(expire_holds())] * 3)

    registration.refresh_from_db()
    session.refresh_from_db()
    assert (registration.state, session.seats_taken) == ("expired", 0)
    assert registration.transitions.filter(to_state="expired").count() == 1


def test_eight_people_with_one_invitation_have_one_seat(published, session):
    seats.set_capacity(session, 20)
    Session.objects.update(eligibility=Session.Eligibility.INVITATION)
    invitation = InvitationFactory(session=session)

    def using(number: int) -> Callable[[], str]:
        person = applicant(f"p{number}@example.org", invitation=invitation.link.token)
        return lambda: str(register(published, person, now=timezone.now()).state)

    said = together(*map(using, range(8)))

    assert said == {"held": 1, "invitation": 7}
    assert (Registration.objects.count(), seats.recount()) == (1, [])


def test_an_invitation_is_used_or_revoked_never_both(published, session):
    Session.objects.update(eligibility=Session.Eligibility.INVITATION)
    seats.set_capacity(session, 20)
    for number in range(5):
        invitation = InvitationFactory(session=session)
        person = applicant(f"p{number}@example.org", invitation=invitation.link.token)

        def registering(person: Applicant = person) -> str:
            return str(register(published, person, now=timezone.now()).state)

        def revoking(invitation: Invitation = invitation) -> str:
            return f"revoked {invitations.revoke(invitation, now=timezone.now(), actor='chef')}"

        said = together(registering, revoking)

        assert said in ({"held": 1, "used": 1}, {"revoked True": 1, "invitation": 1})


def test_taking_one_seat_again_from_many_tabs(published, session):
    registration = register(published, applicant(), now=timezone.now())
    cancel(registration, published, now=timezone.now())

    def again() -> str:
        return str(take_again(Registration.objects.get(), published, now=timezone.now()).state)

    assert together(*[again] * 6) == {"confirmed": 6}
    assert Session.objects.get().seats_taken == 1


def test_lowering_the_capacity_while_people_register(published, session):
    seats.set_capacity(session, 8)

    def lowering() -> str:
        seats.set_capacity(session, 4)
        return "lowered"

    said = together(lowering, *(registering(published, f"p{number}@example.org") for number in range(10)))

    session.refresh_from_db()
    assert session.seats_taken <= session.seats
    assert said["held"] == session.seats_taken
    assert set(said) <= {"held", "full", "lowered", "taken"}
