"""Which rows a release has held: noted when it is made, and found again for the releases made before."""

import importlib

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.kept import KNOWN, published_in
from publishing.models import PublishedRow
from publishing.publish import publish
from sessions.models import Audience
from tests.factories import AudienceFactory, CandidacyFactory, EditionFactory, RoleFactory, RoomFactory, SessionFactory


def published_session():
    session = SessionFactory(edition=EditionFactory(is_current=True), room=RoomFactory())
    CandidacyFactory(session=session, role=RoleFactory(format=session.format))
    session.audiences.add(AudienceFactory())
    publish(session.edition, note="Première version.")
    return session


def held(session):
    candidacy, room = session.candidacies.get(), session.room
    audience = session.audiences.get()
    return [
        session.sequence,
        session.format,
        candidacy,
        candidacy.role,
        candidacy.speaker,
        audience,
        room,
        room.venue,
    ]


def test_each_row_says_the_first_release_that_held_it(db):
    session = published_session()
    later = SessionFactory(edition=session.edition, sequence=session.sequence, format=session.format)
    session.title = "Autre titre"
    session.save()
    publish(session.edition, note="Deuxième version.")

    assert {type(row) for row in held(session)} == set(KNOWN)
    assert {published_in(row).number for row in held(session)} == {1}
    assert published_in(later.room).number == 2


def test_what_no_release_held_is_not_kept(db):
    published_session()

    assert published_in(RoomFactory()) is None


def test_publishing_again_notes_nothing_more(db):
    session = published_session()
    session.title = "Autre titre"
    session.save()

    with CaptureQueriesContext(connection) as queries:
        publish(session.edition, note="Deuxième version.")

    assert PublishedRow.objects.count() == len(KNOWN)
    assert [query["sql"] for query in queries if "INSERT" in query["sql"] and "publishedrow" in query["sql"]] == []


def test_releases_made_before_are_read_with_the_names_that_rows_had_then(db):
    session = published_session()
    rows = held(session)
    for row in rows:
        # Audiences had no history before releases noted their rows.
        if hasattr(row, "slug") and hasattr(row, "history") and not isinstance(row, Audience):
            row.slug = f"autre-{row.slug}"
            row.save()
    expected = set(PublishedRow.objects.values_list("model", "row", "release"))
    PublishedRow.objects.all().delete()
    migration = importlib.import_module("publishing.migrations.0004_rows_of_releases")

    migration.note(apps, None)

    assert set(PublishedRow.objects.values_list("model", "row", "release")) == expected
