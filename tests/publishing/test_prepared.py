import datetime as dt

import pytest
from django.db import connection
from django.db.models import CharField, DateTimeField
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext

from publishing.prepared import Prepared, Slot
from sessions.models import Session
from tests.factories import SessionFactory, at

pytestmark = pytest.mark.django_db


def sessions():
    opening = Coalesce("registration_opens_at", Slot("opens_at", DateTimeField()))
    found = Session.objects.filter(title=Slot("title", CharField()), starts_at__gte=at(8))
    return found.annotate(opening=opening).values_list("code", "opening")


def test_the_same_query_is_run_again_with_other_values():
    query = Prepared(sessions)
    first, second = SessionFactory(title="Première"), SessionFactory(title="Seconde", registration_opens_at=at(9))

    assert [tuple(row) for row in query.rows(title="Première", opens_at=at(7))] == [(first.code, at(7))]
    assert [tuple(row) for row in query.rows(title="Seconde", opens_at=at(7))] == [(second.code, at(9))]


def test_a_value_may_be_missing_or_hold_what_would_break_a_query():
    query = Prepared(sessions)
    session = SessionFactory(title="L’été'; DROP TABLE %s")

    [row] = query.rows(title="L’été'; DROP TABLE %s", opens_at=None)

    assert tuple(row) == (session.code, None)
    assert query.rows(title="Autre", opens_at=None) == []


def test_times_come_back_aware():
    SessionFactory(title="Première")

    [(_code, opening)] = Prepared(sessions).rows(title="Première", opens_at=at(7))

    assert opening.utcoffset() == dt.timedelta(0)


def test_django_is_asked_for_the_query_once():
    asked = []

    def make():
        asked.append(1)
        return sessions()

    query = Prepared(make)
    with CaptureQueriesContext(connection) as queries:
        for _n in range(3):
            query.rows(title="Première", opens_at=None)

    assert (len(asked), len(queries)) == (1, 3)
