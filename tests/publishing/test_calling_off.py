"""A session called off: the public is told that alone, whatever else its draft holds."""

import dataclasses as dc
import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from publishing.calling_off import NewTimes, cancel, postpone
from publishing.models import Release
from publishing.programme import Item
from publishing.publish import publish
from registrations.seats import set_capacity
from sessions.models import Session
from tests.factories import EditionFactory, RegistrationFactory, RoomFactory, SessionFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(db) -> Session:
    session = SessionFactory(title="Fail camp")
    publish(session.edition, note="Ouverture")
    return session


def item(session: Session) -> Item:
    return Release.objects.newest_first()[0].programme().item_by_code[session.code]


def test_cancelling_tells_the_public_that_and_nothing_else_of_the_draft(session, superuser):
    before = item(session)
    session.title, session.text = "Brouillon à moitié", "Phrase inach"
    session.save()
    waiting = SessionFactory(edition=session.edition)
    registration = RegistrationFactory(session=session)

    release = cancel(session, note="Annulée.", user=superuser, expected=1)

    after = item(session)
    assert dc.replace(after, state="scheduled", revision=0, changed_at=before.changed_at) == before
    assert (after.state, after.revision) == ("cancelled", 1)
    assert waiting.code not in release.programme().item_by_code
    session.refresh_from_db()
    registration.refresh_from_db()
    assert (session.status, session.title) == (Session.Status.CANCELLED, "Brouillon à moitié")
    assert registration.state == "confirmed"
    assert session.history.first().status == Session.Status.CANCELLED


def test_a_session_whose_draft_was_put_back_to_design_is_cancelled_all_the_same(session):
    Session.objects.filter(pk=session.pk).update(status=Session.Status.DESIGN)

    cancel(session, note="Annulée.")

    assert item(session).state == "cancelled"


def test_a_refused_cancellation_leaves_the_draft_as_it_was(session):
    SessionFactory(edition=session.edition)
    publish(session.edition, note="D’une autre personne")

    with pytest.raises(ValidationError) as caught:
        cancel(session, note="Annulée.", expected=1)

    session.refresh_from_db()
    assert (caught.value.code, session.status) == ("outdated", Session.Status.APPROVED)


def test_a_session_that_is_not_public_has_nothing_to_cancel(session):
    draft = SessionFactory(edition=session.edition)

    with pytest.raises(ValidationError):
        cancel(draft, note="Annulée.")

    assert Release.objects.count() == 1


def test_postponed_without_a_date_it_says_so_and_remembers_what_was_announced(session):
    announced = item(session).slot

    postpone(session, note="Reportée.")

    after = item(session)
    assert (after.state, after.slot.starts_at, after.moved_from) == ("postponed", None, announced)
    session.refresh_from_db()
    assert (session.status, session.starts_at) == (Session.Status.POSTPONED, None)


def test_postponed_to_a_new_date_it_moves_and_takes_place(session):
    postpone(session, note="Reportée.")
    postpone(session, times=NewTimes(at(9, day=2), at(11, day=2)), note="Nouvelle date.")

    after = item(session)
    assert (after.state, after.slot.starts_at) == ("scheduled", at(9, day=2))
    session.refresh_from_db()
    assert (session.status, session.ends_at) == (Session.Status.APPROVED, at(11, day=2))


@pytest.mark.parametrize("times", [NewTimes(at(14), at(15)), NewTimes(at(9, day=30), at(10, day=30))])
def test_new_times_are_checked_against_what_the_public_knows(session, superuser, times):
    SessionFactory(edition=session.edition, room=session.room, starts_at=at(14), ends_at=at(15))
    publish(session.edition, note="Une autre")
    # The draft has moved to a free room: the public does not know.
    Session.objects.filter(pk=session.pk).update(room=RoomFactory())

    with pytest.raises(ValidationError):
        postpone(session, times=times, note="Reportée.", user=superuser)
    release = postpone(session, times=times, note="Reportée.", user=superuser, reason="Ils s’entendent.")

    assert [session.code in exception["sessions"] for exception in release.exceptions] == [True]


@pytest.mark.django_db(transaction=True)
def test_cancelling_while_others_publish_and_register_ends_well_for_all():
    edition = EditionFactory()
    sessions = SessionFactory.create_batch(3, edition=edition)
    publish(edition, note="Ouverture")
    Session.objects.filter(pk=sessions[1].pk).update(title="Un autre titre")
    SessionFactory(edition=edition)
    start, faults = threading.Barrier(4), []

    def go(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    acts = [
        lambda: cancel(sessions[0], note="Annulée."),
        lambda: postpone(sessions[2], note="Reportée."),
        lambda: publish(edition, note="Le reste", only=[sessions[1].code]),
        lambda: set_capacity(sessions[0], 12),
    ]
    threads = [threading.Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    last = Release.objects.newest_first()[0].programme().item_by_code
    assert faults == []
    assert sorted(Release.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert [last[session.code].state for session in sessions] == ["cancelled", "scheduled", "postponed"]
    assert last[sessions[1].code].title == "Un autre titre"
    assert Session.objects.get(pk=sessions[0].pk).seats == 12


def test_a_day_to_ask_before_that_would_come_after_the_new_time_is_told_no_more(session):
    Session.objects.update(starts_at=at(9, day=3), ends_at=at(10, day=3), ask_before=at(0, day=2).date())
    publish(session.edition, note="Besoins.")

    postpone(session, times=NewTimes(at(9, day=1), at(10, day=1)), note="Avancée.")

    session.refresh_from_db()
    assert (item(session).ask_before, session.ask_before) == (None, None)


def test_a_day_to_ask_before_that_still_holds_is_kept(session):
    Session.objects.update(ask_before=at(0).date())
    publish(session.edition, note="Besoins.")

    postpone(session, times=NewTimes(at(9, day=1), at(10, day=1)), note="Retardée.")

    session.refresh_from_db()
    assert (item(session).ask_before, session.ask_before) == (at(0).date(), at(0).date())
