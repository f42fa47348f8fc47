from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from registrations import seats
from registrations.locks import lock_one
from sessions.models import Session
from tests.factories import RegistrationFactory, SessionFactory

pytestmark = pytest.mark.django_db


def take(session: Session, party: int = 1) -> bool:
    registration = RegistrationFactory.build(session=session, party=party)
    with transaction.atomic():
        return seats.take(lock_one(session.pk), registration, "confirmed", at=timezone.now(), actor="test")


def test_the_database_itself_refuses_one_seat_too_many():
    session = SessionFactory(seats=1)
    assert (take(session), take(session)) == (True, False)

    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.update(seats_taken=2)


def test_several_seats_are_taken_together_or_not_at_all():
    session = SessionFactory(seats=3)

    assert (take(session, 2), take(session, 2), take(session)) == (True, False, True)


def test_saving_a_session_that_was_loaded_before_does_not_bring_back_its_count():
    session = SessionFactory(seats=3)
    take(session)
    session.title = "Autre titre"
    session.save()

    assert Session.objects.get().seats_taken == 1


def test_lowering_the_seats_below_those_taken_is_refused_with_their_number():
    session = SessionFactory(seats=3)
    take(session, 2)

    with pytest.raises(ValidationError) as caught:
        seats.set_capacity(session, 1)

    assert caught.value.messages == [
        "2 places sont prises\u00a0: donnez au moins autant de places, ou libérez-en d’abord."
    ]
    seats.set_capacity(session, 2)
    assert Session.objects.get().seats == 2
    assert session.history.latest().seats == 2


def recount(*arguments: str) -> tuple[str, int]:
    output = StringIO()
    try:
        call_command("recount_seats", *arguments, stdout=output, stderr=StringIO())
    except SystemExit as stopped:
        return output.getvalue(), stopped.code
    return output.getvalue(), 0


def test_recounting_reports_a_drift_and_puts_it_right_when_asked():
    session = SessionFactory(title="Fail camp", seats=9, seats_taken=5)
    RegistrationFactory(session=session, party=3)
    RegistrationFactory(session=session, held=True)
    RegistrationFactory(session=session, state="waiting", queued_at=timezone.now(), party=2)
    RegistrationFactory(session=session, state="cancelled")
    SessionFactory()
    told = "".join(
        f"{session.code} Fail camp: {column}\n"
        for column in ("seats_taken is 5, counted 4", "seats_held is 0, counted 1", "seats_waiting is 0, counted 2")
    )

    assert recount() == (told, 1)
    assert recount("--fix") == (told, 0)
    assert recount() == ("Every count is right.\n", 0)
    session.refresh_from_db()
    assert (session.seats_taken, session.seats_held, session.seats_waiting) == (4, 1, 2)
