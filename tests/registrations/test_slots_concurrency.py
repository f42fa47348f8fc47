"""Real threads on the database in use: slots are changed in both directions, and for the last seat, at once."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from registrations import seats, services, slots
from registrations.models import Registration
from tests.factories import EditionFactory
from tests.registrations.test_concurrency import together
from tests.registrations.test_slots import capacity, confirmed, take
from tests.registrations.test_slots import visits as visits  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition(transactional_db):
    return EditionFactory(slug="demo", is_current=True)


def changing(registration: Registration, target) -> Callable[[], str]:
    """From a tab that knows the registration as it was a moment ago."""
    stale = Registration.objects.get(pk=registration.pk)

    def act() -> str:
        slots.change(stale, target, now=timezone.now())
        return "changed"

    return act


def held_in_all() -> int:
    return Registration.objects.filter(state__in=Registration.HAS_SLOT).count()


def test_people_who_change_in_opposite_directions_do_not_wait_for_each_other(visits):
    for visit in visits[:2]:
        capacity(visit, 12)
    there = [confirmed(visits[0], f"a{number}@example.org") for number in range(6)]
    back = [confirmed(visits[1], f"b{number}@example.org") for number in range(6)]

    said = together(
        *(changing(registration, visits[1]) for registration in there),
        *(changing(registration, visits[0]) for registration in back),
    )

    assert said == {"changed": 12}
    assert seats.recount() == []
    assert {each.session.code for each in Registration.objects.filter(email__startswith="a")} == {visits[1].item.code}


def test_two_seats_and_six_people_who_want_to_change_for_them(visits):
    capacity(visits[0], 6)
    capacity(visits[1], 2)
    people = [confirmed(visits[0], f"a{number}@example.org") for number in range(6)]

    said = together(*(changing(registration, visits[1]) for registration in people))

    assert said == {"changed": 2, "full": 4}
    assert held_in_all() == 6  # nobody lost the first one
    assert seats.recount() == []


def test_one_person_who_takes_two_slots_at_once_has_one(visits):
    for visit in visits:
        capacity(visit, 5)

    said = together(*[lambda visit=visit: str(take(visit).session.code) for visit in visits] * 2)

    assert sum(said.values()) == 6
    (kept,) = Registration.objects.all()
    assert said == {kept.session.code: 6}
    assert seats.recount() == []


def test_one_person_who_changes_for_two_slots_at_once_has_one_of_them(visits):
    mine = confirmed(visits[0])

    said = together(changing(mine, visits[1]), changing(mine, visits[2]), changing(mine, visits[1]))

    assert set(said) == {"changed"}  # or refused, as the slot was changed a moment ago
    assert held_in_all() == 1
    assert seats.recount() == []


def test_cancelling_and_changing_at_once_leaves_one_true_state(visits):
    for number in range(4):
        mine = confirmed(visits[0], f"a{number}@example.org")

        def cancelling(pk: int = mine.pk) -> str:
            services.cancel(Registration.objects.get(pk=pk), visits[0], now=timezone.now())
            return "cancelled"

        together(cancelling, changing(mine, visits[1]))

        assert seats.recount() == []
        if held_in_all():
            services.cancel(Registration.objects.get(pk=mine.pk), visits[1], now=timezone.now())
        assert held_in_all() == 0


def test_accepting_an_offer_while_the_other_tab_changes_the_slot(visits):
    mine = confirmed(visits[0])
    other = confirmed(visits[1], "sacha@example.org")
    waiting = take(visits[1], wait=True)
    services.cancel(other, visits[1], now=timezone.now())

    def accepting() -> str:
        services.confirm(Registration.objects.get(pk=waiting.pk), visits[1], now=timezone.now())
        return "accepted"

    together(accepting, changing(mine, visits[2]), accepting)

    assert held_in_all() == 1
    assert seats.recount() == []
