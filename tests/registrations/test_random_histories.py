"""Whatever people and staff do, in whatever order: no seat is lost or given twice, and nobody is passed over."""

import contextlib
import datetime as dt
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outbox.models import Message
from publishing.publish import publish
from registrations import counts, mails, seats, services, waiting_list
from registrations.holds import expire_holds
from registrations.models import Registration, Transition
from registrations.published import PublishedSession, find
from sessions.models import Session
from tests.factories import EditionFactory, SessionFactory
from tests.registrations.conftest import applicant

State = Registration.State
PEOPLE = "abcdef"

people = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("register"), people, st.sampled_from([1, 1, 2, 3]), st.just(True)),
        st.tuples(st.just("register"), people, st.just(1), st.just(False)),
        st.tuples(st.just("confirm"), people),
        st.tuples(st.just("cancel"), people),
        st.tuples(st.just("again"), people),
        st.tuples(st.just("fewer"), people, st.integers(1, 2)),
        st.tuples(st.just("promote"), people),
        st.tuples(st.just("capacity"), st.none() | st.integers(1, 6)),
        st.tuples(st.just("keep"), st.integers(0, 2)),
        st.tuples(st.just("later"), st.integers(1, 40)),
    ),
    min_size=3,
    max_size=20,
)


class History:
    """One session, and a clock that the steps move on."""

    def __init__(self, session: Session, published: PublishedSession) -> None:
        self.session, self.published, self.now = session, published, timezone.now()

    def play(self, step: tuple[Any, ...]) -> None:
        before = self.queue()
        with contextlib.suppress(ValidationError):  # refused, as it may be: nothing has changed
            getattr(self, step[0])(*step[1:])
        self.check(before, by_hand=step[0] == "promote")

    def queue(self) -> list[int]:
        return list(Registration.objects.queue(self.session.pk, is_online=False).values_list("pk", flat=True))

    def of(self, name: str) -> Registration | None:
        return Registration.objects.filter(email=f"{name}@example.org").order_by("-pk").first()

    def register(self, name: str, party: int, wait: bool) -> None:
        person = applicant(f"{name}@example.org", party=party)
        services.register(self.published, person, now=self.now, wait=wait)

    def confirm(self, name: str) -> None:
        if found := self.of(name):
            services.confirm(found, self.published, now=self.now)

    def cancel(self, name: str) -> None:
        if found := self.of(name):
            services.cancel(found, self.published, now=self.now)

    def again(self, name: str) -> None:
        if found := self.of(name):
            services.take_again(found, self.published, now=self.now)

    def fewer(self, name: str, places: int) -> None:
        if found := self.of(name):
            services.take_fewer(found, self.published, places, now=self.now)
            services.bring_fewer(found, places, now=self.now)

    def promote(self, name: str) -> None:
        if found := self.of(name):
            services.promote(found, now=self.now, actor="cheffe", reason="Raison.")

    def capacity(self, number: int | None) -> None:
        seats.set_capacity(Session.objects.get(), number, now=self.now)

    def keep(self, number: int) -> None:
        session = Session.objects.get()
        seats.check_capacity(session, session.seats, walk_in_seats=number)
        Session.objects.update(walk_in_seats=number)
        waiting_list.serve(Session.objects.get(), now=self.now)

    def later(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        expire_holds(self.now)
        waiting_list.serve_after_set_aside(self.now)
        waiting_list.close_lists(self.now)

    def check(self, before: list[int], *, by_hand: bool) -> None:
        row = Session.objects.get()
        assert seats.recount() == []
        assert row.seats is None or row.seats_taken + row.walk_in_seats <= row.seats
        self.check_nobody_waits_for_a_free_seat(row)
        if not by_hand:
            self.check_order(before)
        # From offered to offered, a group became smaller: that is no other offer.
        offers = Transition.objects.filter(to_state=State.OFFERED).exclude(from_state=State.OFFERED)
        offered = Counter(offers.values_list("registration", flat=True))
        mailed = Counter(Message.objects.filter(kind=mails.OFFER).values_list("about", flat=True))
        assert mailed == {f"registrations.registration:{pk}": number for pk, number in offered.items()}

    def check_nobody_waits_for_a_free_seat(self, row: Session) -> None:
        if not waiting_list.is_serving(self.published, self.now):
            return
        free = counts.ROOM.free(row)
        waiting = list(Registration.objects.queue(row.pk, is_online=False))
        assert free is not None or not waiting
        if free and waiting:
            head = waiting[0]
            assert head.party > free
            assert head.set_aside_until is not None
            assert head.set_aside_until > self.now or all(other.party > free for other in waiting)

    def check_order(self, before: list[int]) -> None:
        """Whoever was served had nobody before them but groups whose time was over."""
        served = set(Registration.objects.filter(pk__in=before, state=State.OFFERED).values_list("pk", flat=True))
        last = max((before.index(pk) for pk in served), default=0)
        passed = Registration.objects.filter(pk__in=before[:last], state=State.WAITING)
        for registration in passed:
            assert registration.party > 1


class RandomHistories(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        edition = EditionFactory(slug="demo", is_current=True)
        cls.session = SessionFactory(edition=edition, seats=3, most_companions=2)
        publish(edition, note="Première version")

    @settings(max_examples=40)
    @given(steps)
    @example([("capacity", None), ("fewer", "d", 1)])  # a group that is offered its seats becomes smaller
    def test_no_seat_is_lost_or_given_twice_and_the_order_is_kept(self, steps: list[tuple[Any, ...]]) -> None:
        published = find("demo", self.session.code)
        assert published
        history = History(self.session, published)
        for name in "abc":  # full, so that what follows is about who waits
            history.register(name, 1, False)
            history.confirm(name)
        history.register("d", 2, True)
        for step in steps:
            history.play(step)
