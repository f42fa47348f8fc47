"""Whatever people do with the slots of a sequence, in whatever order: one each, no seat lost or given twice, and
nobody loses a slot but by giving it back or not answering in time.
"""

import contextlib
import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from publishing.publish import publish
from registrations import counts, seats, services, slots, waiting_list
from registrations.holds import expire_holds
from registrations.models import Registration
from registrations.published import PublishedSession, find
from sessions.models import Session
from tests.factories import EditionFactory, RoomFactory, SequenceFactory, SessionFactory, at
from tests.registrations.conftest import applicant

people = st.sampled_from("abcd")
visits = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("register"), people, visits, st.sampled_from([1, 1, 2]), st.booleans()),
        st.tuples(st.just("confirm"), people, visits),
        st.tuples(st.just("cancel"), people, visits),
        st.tuples(st.just("again"), people, visits),
        st.tuples(st.just("fewer"), people, visits),
        st.tuples(st.just("change"), people, visits),
        st.tuples(st.just("change"), people, visits),
        st.tuples(st.just("capacity"), visits, st.integers(1, 3)),
        st.tuples(st.just("later"), st.integers(1, 30)),
        st.tuples(st.just("lapse"), st.integers(1, 30)),
    ),
    min_size=5,
    max_size=25,
)


class History:
    def __init__(self, sessions: list[PublishedSession]) -> None:
        self.sessions, self.now = sessions, timezone.now()

    def play(self, step: tuple[Any, ...]) -> None:
        before = self.with_a_slot()
        with contextlib.suppress(ValidationError):  # refused, as it may be: nothing has changed
            getattr(self, step[0])(*step[1:])
        self.check()
        lost = before - self.with_a_slot()
        if step[0] == "cancel":
            lost -= {f"{step[1]}@example.org"}
        assert lost == set() or step[0] == "later" or lost <= self.ran_out

    def with_a_slot(self) -> set[str]:
        rows = Registration.objects.filter(state__in=Registration.HAS_SLOT)
        self.ran_out = set(rows.filter(state="held", expires_at__lte=self.now).values_list("email", flat=True))
        return set(rows.values_list("email", flat=True)) - self.ran_out

    def of(self, name: str, visit: int) -> Registration | None:
        code = self.sessions[visit].item.code
        return Registration.objects.filter(email=f"{name}@example.org", session__code=code).order_by("-pk").first()

    def register(self, name: str, visit: int, party: int, wait: bool) -> None:
        person = applicant(f"{name}@example.org", party=party)
        services.register(self.sessions[visit], person, now=self.now, wait=wait)

    def confirm(self, name: str, visit: int) -> None:
        if found := self.of(name, visit):
            services.confirm(found, self.sessions[visit], now=self.now)

    def cancel(self, name: str, visit: int) -> None:
        if found := self.of(name, visit):
            services.cancel(found, self.sessions[visit], now=self.now)

    def again(self, name: str, visit: int) -> None:
        if found := self.of(name, visit):
            services.take_again(found, self.sessions[visit], now=self.now)

    def fewer(self, name: str, visit: int) -> None:
        if found := self.of(name, visit):
            services.take_fewer(found, self.sessions[visit], 1, now=self.now)
            services.bring_fewer(found, 1, now=self.now)

    def change(self, name: str, visit: int) -> None:
        held = Registration.objects.filter(email=f"{name}@example.org", state__in=Registration.HAS_SLOT).first()
        if held:
            slots.change(held, self.sessions[visit], now=self.now)

    def capacity(self, visit: int, number: int) -> None:
        seats.set_capacity(self.sessions[visit].row(), number, now=self.now)

    def later(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        expire_holds(self.now)
        waiting_list.serve_after_set_aside(self.now)

    def lapse(self, hours: int) -> None:
        """The worker has not come by yet."""
        self.now += dt.timedelta(hours=hours)

    def check(self) -> None:
        assert seats.recount() == []
        for row in Session.objects.all():
            assert row.seats_taken <= row.seats
            head = Registration.objects.queue(row.pk, is_online=False).first()
            free = counts.ROOM.free(row)
            assert head is None or not free or head.party > free
        held = list(Registration.objects.filter(state__in=Registration.HAS_SLOT).values_list("email_key", flat=True))
        assert len(held) == len(set(held))


class RandomHistories(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        edition = EditionFactory(slug="demo", is_current=True)
        sequence, room = SequenceFactory(edition=edition), RoomFactory()
        cls.codes = [
            SessionFactory(
                edition=edition,
                sequence=sequence,
                is_slot=True,
                starts_at=at(hour),
                room=room,
                seats=2,
                most_companions=1,
            ).code
            for hour in (10, 11, 12)
        ]
        publish(edition, note="Première version")

    @settings(max_examples=40, deadline=None)
    @given(steps)
    def test_one_slot_each_and_none_is_lost(self, steps: list[tuple[Any, ...]]) -> None:
        found = [find("demo", code) for code in self.codes]
        history = History([each for each in found if each])
        for step in steps:
            history.play(step)
