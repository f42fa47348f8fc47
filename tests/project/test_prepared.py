import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, F, IntegerField
from django.db.models.functions import Coalesce, Upper
from django.test.utils import CaptureQueriesContext

from innovation_week.prepared import Prepared, PreparedInsert, PreparedObjects, PreparedUpdate, Slot
from registrations.models import Registration
from sessions.models import Session
from tests.factories import RegistrationFactory, SessionFactory, at

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


def test_a_row_is_inserted_as_by_save():
    registration = RegistrationFactory.build(session=SessionFactory(), employer=None, public_id=uuid4())

    PreparedInsert(Registration).save(registration)

    found = Registration.objects.get()
    assert (found.pk, registration._state.adding) == (registration.pk, False)
    assert {field.attname: getattr(found, field.attname) for field in Registration._meta.concrete_fields} == {
        field.attname: getattr(registration, field.attname) for field in Registration._meta.concrete_fields
    }
    registration.party = 2
    registration.save()
    assert Registration.objects.get().party == 2


def test_a_row_that_the_database_refuses_is_an_integrity_error():
    registration = RegistrationFactory()
    twin = RegistrationFactory.build(session=registration.session, employer=None, public_id=registration.public_id)

    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedInsert(Registration).save(twin)
    assert Registration.objects.count() == 1


def test_an_update_counts_on_what_the_database_holds():
    session, other = SessionFactory(seats=9), SessionFactory(seats=9)
    more = PreparedUpdate(
        lambda: Session.objects.filter(pk=Slot("pk", BigIntegerField())),
        seats=F("seats") + Slot("more", IntegerField()),
    )

    more.run(pk=session.pk, more=2)
    more.run(pk=session.pk, more=-1)

    assert list(Session.objects.order_by("pk").values_list("pk", "seats")) == [(session.pk, 10), (other.pk, 9)]


def kept_by_the_server():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'prepared_%'")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestStatementsKeptByTheServer:
    def test_each_connection_keeps_a_statement_once(self):
        query = Prepared(sessions)
        connection.close()

        for title in ("Première", "Seconde"):
            query.rows(title=title, opens_at=None)
        first = kept_by_the_server()
        connection.close()
        query.rows(title="Première", opens_at=None)

        assert (len(first), len(kept_by_the_server())) == (1, 1)
        assert "programme_session" in first[0]

    def test_a_transaction_that_failed_takes_none_along(self):
        query = Prepared(sessions)
        with transaction.atomic():
            query.rows(title="Première", opens_at=None)
            transaction.set_rollback(True)

        assert query.rows(title="Première", opens_at=None) == []

    def test_behind_a_pool_by_the_transaction_none_is_kept(self):
        connection.close()
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
        try:
            assert Prepared(sessions).rows(title="Première", opens_at=None) == []
            assert kept_by_the_server() == []
        finally:
            connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
