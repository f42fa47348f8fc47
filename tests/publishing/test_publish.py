import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from publishing.current import released
from publishing.models import Release
from publishing.publish import draft, publish, unpublished
from sessions.models import Session
from tests.factories import CandidacyFactory, EditionFactory, RoleFactory, RoomFactory, SessionFactory, at


@pytest.fixture
def session(db) -> Session:
    return SessionFactory(title="Fail camp")


def test_the_first_release_is_number_one_and_says_who_and_why(session, superuser):
    release = publish(session.edition, note="  Le programme ouvre. ", user=superuser)

    assert (release.number, release.note, release.created_by) == (1, "Le programme ouvre.", superuser)
    assert [item.title for item in release.programme().items] == ["Fail camp"]
    session.refresh_from_db()
    assert session.published_since == release.created_at


def test_the_public_reads_the_release_and_not_the_draft(session):
    publish(session.edition, note="Ouverture")
    session.title = "Titre au brouillon"
    session.save()

    found = released(session.edition.slug)

    assert [item.title for item in found.programme.items] == ["Fail camp"]
    assert [change.new.title for change in unpublished(session.edition)] == ["Titre au brouillon"]


def test_a_moved_session_remembers_where_it_was_announced(session):
    publish(session.edition, note="Ouverture")
    announced = released(session.edition.slug).programme.items[0].slot
    session.starts_at, session.ends_at = at(14), at(15)
    session.save()

    publish(session.edition, note="Nouvel horaire")

    [item] = released(session.edition.slug).programme.items
    assert item.moved_from == announced
    assert item.revision == 1


def test_a_session_moved_back_is_no_longer_said_to_have_moved(session):
    start, end = session.starts_at, session.ends_at
    publish(session.edition, note="Ouverture")
    for times in [(at(14), at(15)), (start, end)]:
        session.starts_at, session.ends_at = times
        session.save()
        publish(session.edition, note="Horaire")

    [item] = released(session.edition.slug).programme.items
    assert item.moved_from is None
    assert item.revision == 2


def test_an_unchanged_session_keeps_its_revision_and_date(session):
    first = publish(session.edition, note="Ouverture", at=at(8))
    SessionFactory(edition=session.edition, title="Nouvelle")

    publish(session.edition, note="Une séance de plus", at=at(9))

    by_title = {item.title: item for item in released(session.edition.slug).programme.items}
    assert by_title["Fail camp"].changed_at == first.created_at
    assert by_title["Nouvelle"].changed_at == at(9).astimezone(dt.UTC)


def test_a_cancelled_session_stays_in_the_document_with_its_state(session):
    publish(session.edition, note="Ouverture")
    session.status = Session.Status.CANCELLED
    session.save()

    proposed = draft(session.edition)
    publish(session.edition, note="Annulation")

    assert [change.new.title for change in proposed.changes.called_off] == ["Fail camp"]
    assert [item.state for item in released(session.edition.slug).programme.items] == ["cancelled"]


def test_nothing_changed_is_nothing_to_publish(session):
    publish(session.edition, note="Ouverture")

    with pytest.raises(ValidationError) as caught:
        publish(session.edition, note="Encore")

    assert caught.value.code == "unchanged"
    assert Release.objects.count() == 1


def test_a_release_asks_for_a_note(session):
    with pytest.raises(ValidationError) as caught:
        publish(session.edition, note="  ")

    assert caught.value.code == "note"


def test_what_was_agreed_to_is_what_is_published(session):
    publish(session.edition, note="Ouverture")
    SessionFactory(edition=session.edition)

    with pytest.raises(ValidationError) as caught:
        publish(session.edition, note="Vu avant l’ouverture", expected=0)

    assert caught.value.code == "outdated"
    assert Release.objects.count() == 1


def test_a_block_stops_the_release_and_says_what_to_do(session):
    RoleFactory(format=session.format, name="pionnier", required=3)

    with pytest.raises(ValidationError) as caught:
        publish(session.edition, note="Ouverture")

    [message] = caught.value.messages
    assert "Fail camp" in message
    assert "pionnier" in message
    assert Release.objects.count() == 0


def test_a_release_is_never_updated(session):
    release = publish(session.edition, note="Ouverture")
    release.note = "Autre chose"

    with pytest.raises(TypeError, match="never updated"):
        release.save()


def test_seats_are_not_an_unpublished_change(session):
    publish(session.edition, note="Ouverture")
    Session.objects.filter(pk=session.pk).update(seats=50, seats_taken=12)

    assert not unpublished(session.edition)


@pytest.mark.django_db(transaction=True)
def test_two_people_publishing_at_once_make_two_numbers_or_one_refusal():
    edition = EditionFactory()
    SessionFactory(edition=edition)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def go() -> None:
        start.wait()
        try:
            outcomes.append(str(publish(edition, note="Ouverture", expected=0).number))
        except ValidationError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["1", "outdated"]
    assert Release.objects.get().number == 1


@pytest.mark.django_db
def test_publishing_takes_the_same_number_of_queries_for_one_session_and_for_many(django_assert_max_num_queries):
    edition = EditionFactory()
    for _n in range(5):
        CandidacyFactory(session=SessionFactory(edition=edition, room=RoomFactory()))

    with django_assert_max_num_queries(23):
        publish(edition, note="Ouverture")
