"""Venues that want to know beforehand who comes: told before registering, and to who came too late."""

import datetime as dt

import pytest
from django.utils import timezone

from publishing.programme import AccessList
from publishing.publish import publish
from registrations import access_list
from registrations.access_list import marked
from registrations.attendance import check_in, undo
from registrations.links import ticket_link
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.services import confirm, register
from sessions.models import Session
from tests.registrations.conftest import applicant, sent

HOURS = 48


@pytest.fixture
def listed(session) -> PublishedSession:
    """The session, at a venue that asks for a list two days before, with the employer."""
    venue = session.room.venue
    venue.has_access_list, venue.access_list_hours = True, HOURS
    venue.identity_notice = "Présentez une carte d’identité ou une carte d’agent."
    venue.save()
    publish(session.edition, note="Liste d’accès")
    found = find("demo", session.code)
    assert found
    return found


def registered(listed: PublishedSession, *, at: dt.datetime, **values) -> Registration:
    """Confirmed at that moment."""
    held = register(listed, applicant(**values), now=timezone.now())
    Registration.objects.filter(pk=held.pk).update(expires_at=at + dt.timedelta(hours=1))
    confirm(held, listed, now=at)
    return held


@pytest.fixture
def given_at(listed) -> dt.datetime:
    return listed.starts_at - dt.timedelta(hours=HOURS)


def is_off_for_all(registration: Registration) -> bool:
    """As the lists of the staff have it."""
    return marked(Registration.objects.all()).get(pk=registration.pk).is_off_list


def test_the_document_tells_what_the_venue_wants(listed):
    assert listed.place.access_list == AccessList(HOURS, ("employer",))
    assert listed.place.identity_notice.startswith("Présentez")


@pytest.mark.parametrize(("late", "expected"), [(dt.timedelta(0), False), (dt.timedelta(seconds=1), True)])
def test_who_is_confirmed_after_the_list_was_given_is_off_it(listed, given_at, late, expected):
    registration = registered(listed, at=given_at + late)

    assert access_list.is_off(registration, listed) is expected
    assert is_off_for_all(registration) is expected


def test_who_was_asked_before_and_confirmed_after_is_off_it(listed, given_at):
    registration = registered(listed, at=given_at + dt.timedelta(hours=1))

    assert registration.created_at < given_at
    assert access_list.is_off(registration, listed)


def test_an_entry_that_is_undone_puts_nobody_off_the_list(listed, given_at):
    registration = registered(listed, at=given_at - dt.timedelta(hours=1))
    check_in(registration, now=listed.starts_at, actor="camille")
    undo(registration, now=listed.starts_at, actor="camille")

    assert not access_list.is_off(registration, listed)
    assert not is_off_for_all(registration)


@pytest.mark.parametrize("values", [{"state": "cancelled"}, {"is_online": True}])
def test_who_does_not_come_to_the_room_is_not_off_a_list(listed, given_at, values):
    registration = registered(listed, at=given_at + dt.timedelta(hours=1))
    Registration.objects.update(**values)
    registration.refresh_from_db()

    assert not access_list.is_off(registration, listed)
    assert not is_off_for_all(registration)


def test_a_venue_without_a_list_costs_no_question(published, django_assert_num_queries):
    registration = registered(published, at=published.starts_at - dt.timedelta(hours=1))

    with django_assert_num_queries(0):
        assert not access_list.is_off(registration, published)
    assert not is_off_for_all(registration)


def test_the_session_and_its_form_tell_the_list_and_what_to_show(stranger, listed, session):
    page = stranger.get(f"/demo/seances/{session.code}/").content.decode()
    form = stranger.get(f"/demo/seances/{session.code}/inscription/").content.decode()

    for html in [page, form]:
        assert "Présentez une carte d’identité ou une carte d’agent." in html
        assert "Le lieu reçoit les noms le" in html
    assert "Transmis au lieu, qui contrôle les entrées : nom, employeur." in " ".join(form.split())


def test_a_session_elsewhere_tells_nothing_of_a_list(stranger, published, session):
    form = stranger.get(f"/demo/seances/{session.code}/inscription/").content.decode()

    for words in ["Le lieu reçoit les noms", "Transmis au lieu", "À présenter à l’entrée"]:
        assert words not in form


def test_mail_ticket_and_personal_page_say_what_to_show_and_who_is_off_the_list(
    stranger, listed, given_at, monkeypatch
):
    late = given_at + dt.timedelta(hours=1)
    registration = registered(listed, at=late)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    mail = next(message for message in sent() if "/billets/" in message.body)
    ticket = stranger.get(f"/billets/{ticket_link(registration).token}/").content.decode()
    personal = stranger.get(f"/inscriptions/{registration.link.token}/").content.decode()

    for text in [mail.body, mail.alternatives[0].content, ticket, personal]:
        assert "Présentez une carte d’identité ou une carte d’agent." in text
        assert "Hors liste d’accès" in text


def test_who_is_on_the_list_reads_nothing_of_the_kind(stranger, listed, given_at):
    registration = registered(listed, at=given_at - dt.timedelta(hours=1))
    mail = next(message for message in sent() if "/billets/" in message.body)
    ticket = stranger.get(f"/billets/{ticket_link(registration).token}/").content.decode()

    assert "Hors liste d’accès" not in mail.body + ticket


def test_the_hours_of_a_list_are_told_by_the_release_not_by_the_draft(listed, given_at, session):
    registration = registered(listed, at=given_at + dt.timedelta(hours=1))
    Session.objects.update(
        starts_at=listed.starts_at + dt.timedelta(days=7), ends_at=listed.ends_at + dt.timedelta(days=7)
    )

    assert access_list.is_off(registration, find("demo", session.code))
