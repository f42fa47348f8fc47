"""Rows read with few instances say what instances would."""

import pytest

from innovation_week.light_rows import instances, rows
from sessions.models import Session
from tests.factories import EditionFactory, FormatFactory, RoomFactory, SequenceFactory, SessionFactory

pytestmark = pytest.mark.django_db
PATHS = ["sequence", "sequence__format", "format", "room", "room__venue"]


@pytest.fixture
def sessions():
    """Two in one room, of one sequence without a usual format; the third in no room."""
    edition, format_ = EditionFactory(), FormatFactory()
    sequence, room = SequenceFactory(edition=edition, format=None), RoomFactory()
    for title in ("A", "B"):
        SessionFactory(edition=edition, sequence=sequence, format=format_, room=room, title=title)
    other = SequenceFactory(edition=edition, format=format_)
    SessionFactory(edition=edition, sequence=other, format=format_, room=None, title="C")
    return Session.objects.order_by("title")


def test_rows_have_the_values_and_the_objects_of_select_related(sessions, django_assert_num_queries):
    told = [
        (session.title, session.starts_at, session.sequence, session.sequence.format, session.format, session.room)
        for session in sessions.select_related("sequence__format", "format", "room__venue")
    ]

    with django_assert_num_queries(1):
        found = [
            (row.title, row.starts_at, row.sequence, row.sequence.format, row.format, row.room)
            for row in rows(sessions, ["title", "starts_at"], *PATHS)
        ]
        assert [row[-1] and row[-1].venue.name for row in found] == [told[0][-1].venue.name] * 2 + [None]

    assert found == told


def test_instances_are_those_of_select_related(sessions, django_assert_num_queries):
    told = list(sessions.select_related("sequence__format", "format", "room__venue"))

    with django_assert_num_queries(1):
        found = instances(sessions, *PATHS)
        assert [(one.sequence.format, one.format, one.room) for one in found] == [
            (one.sequence.format, one.format, one.room) for one in told
        ]

    concrete = [field.attname for field in Session._meta.concrete_fields]
    assert [[getattr(one, name) for name in concrete] for one in found] == [
        [getattr(one, name) for name in concrete] for one in told
    ]


def test_what_several_rows_lead_to_is_one_object(sessions):
    first, second, third = rows(sessions, ["title"], *PATHS)

    assert first.room is second.room
    assert first.sequence is second.sequence
    assert third.sequence.format is first.format


def test_instances_can_be_saved(sessions):
    one = instances(sessions, *PATHS)[0]
    one.title = "Autre titre"
    one.save()

    assert Session.objects.get(pk=one.pk).title == "Autre titre"
