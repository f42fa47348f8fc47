import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions.codes import ALPHABET, new_code
from sessions.models import AccessibilityStatement, Edition, Session
from tests.factories import EditionFactory, SequenceFactory, SessionFactory

pytestmark = pytest.mark.django_db


def test_saving_a_session_never_writes_the_seats_taken():
    session = SessionFactory(seats=30)
    Session.objects.filter(pk=session.pk).update(seats_taken=12)

    session.title = "Autre titre"
    session.save()

    session.refresh_from_db()
    assert (session.title, session.seats_taken) == ("Autre titre", 12)


def test_saving_a_session_loaded_earlier_does_not_forget_that_it_was_published():
    session = SessionFactory()
    Session.objects.filter(pk=session.pk).update(published_since=session.starts_at)

    session.save()

    session.refresh_from_db()
    assert session.published_since == session.starts_at


def test_the_database_itself_refuses_more_seats_taken_than_seats():
    session = SessionFactory(seats=2)

    with pytest.raises(IntegrityError, match="session_seats_taken_within_seats"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(seats_taken=3)


def test_a_session_ends_after_it_starts():
    session = SessionFactory()
    session.ends_at = session.starts_at

    with pytest.raises(ValidationError) as caught:
        session.full_clean()

    assert caught.value.messages == ["Une séance doit finir après son début. Indiquez les deux heures, ou aucune."]


def test_a_session_stays_in_the_edition_of_its_sequence():
    session = SessionFactory()
    session.sequence = SequenceFactory(title="D’ailleurs")

    with pytest.raises(ValidationError) as caught:
        session.full_clean()

    assert list(caught.value.message_dict) == ["sequence"]


def test_one_edition_is_current():
    EditionFactory(is_current=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        EditionFactory(is_current=True)

    assert Edition.objects.current().count() == 1


def test_an_edition_cannot_take_an_address_of_the_site():
    with pytest.raises(ValidationError) as caught:
        EditionFactory.build(slug="admin").full_clean()

    assert list(caught.value.message_dict) == ["slug"]


def test_codes_are_six_characters_that_nobody_misreads():
    code = new_code()

    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert not set("0O1I") & set(ALPHABET)


def test_almost_full_means_nine_seats_out_of_ten():
    for taken, title in [(8, "Il reste de la place"), (9, "Presque pleine"), (10, "Pleine")]:
        session = SessionFactory(title=title, seats=10)
        Session.objects.filter(pk=session.pk).update(seats_taken=taken)
    SessionFactory(title="Sans limite", seats=None)

    assert sorted(session.title for session in Session.objects.filter(Session.LAST_SEATS)) == [
        "Pleine",
        "Presque pleine",
    ]


@pytest.mark.parametrize(
    ("audited_days_ago", "rate", "status"),
    [
        (None, 100, "none"),
        (10, None, "none"),
        (10, 100, "full"),
        (10, 50, "partial"),
        (10, 49, "none"),
        (1200, 100, "none"),
    ],
)
def test_accessibility_status_needs_a_valid_audit_of_the_last_three_years(audited_days_ago, rate, status):
    today = dt.date(2026, 11, 23)
    audited_on = audited_days_ago and today - dt.timedelta(days=audited_days_ago)

    assert AccessibilityStatement(audited_on=audited_on, rate=rate).status(today) == status


@pytest.mark.parametrize("was_public", [True, False])
@pytest.mark.parametrize("status", Session.Status)
def test_a_session_goes_out_when_the_query_of_public_ones_finds_it(status, was_public):
    session = SessionFactory(status=status)
    if was_public:
        Session.objects.filter(pk=session.pk).update(published_since=timezone.now())
    session = Session.objects.get(pk=session.pk)

    assert session.goes_out == Session.objects.filter(pk=session.pk).public().exists()
