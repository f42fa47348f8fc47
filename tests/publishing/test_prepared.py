import datetime as dt

import pytest
from django.db import connection
from django.db.models import CharField, DateTimeField
from django.db.models.functions import Coalesce, Upper
from django.test.utils import CaptureQueriesContext

from publishing.prepared import Prepared, PreparedObjects, Slot
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


def titled():
    return Session.objects.filter(title=Slot("title", CharField())).annotate(shouted=Upper("title"))


def test_objects_are_those_of_django():
    session = SessionFactory(title="Première")

    found = PreparedObjects(Session, titled, annotated=["shouted"]).get(title="Première")

    assert found == session
    assert {field.attname: getattr(found, field.attname) for field in Session._meta.concrete_fields} == {
        field.attname: getattr(session, field.attname) for field in Session._meta.concrete_fields
    }
    assert found.shouted == "PREMIÈRE" or connection.vendor == "sqlite"  # which leaves accents alone
    found.title = "Autre"
    found.save()
    assert Session.objects.get().title == "Autre"


def test_objects_with_some_fields_read_the_others_when_they_are_asked_for(django_assert_num_queries):
    SessionFactory(title="Première", lead="Une séance.")
    query = PreparedObjects(Session, titled, only=["code", "title"])

    with django_assert_num_queries(1):
        found = query.get(title="Première")
        assert found.title == "Première"
    with django_assert_num_queries(1):
        assert found.lead == "Une séance."


def test_an_object_that_is_not_there_is_said_as_by_django():
    with pytest.raises(Session.DoesNotExist):
        PreparedObjects(Session, titled).get(title="Autre")
    assert PreparedObjects(Session, titled).all(title="Autre") == []
