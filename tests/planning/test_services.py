import pytest
from django.core.exceptions import ValidationError

from planning.conflicts import find_conflicts
from planning.models import Service
from tests.factories import CandidacyFactory, EditionFactory, ServiceFactory, SessionFactory


def unconfirmed(edition) -> list[tuple[str, str]]:
    conflicts = find_conflicts(edition)
    return [(found.level, found.message) for found in conflicts if found.code == "access_unconfirmed"]


def test_what_is_announced_and_not_confirmed_is_a_point_to_check(db):
    session = SessionFactory(title="Fail camp", sign_language=True)
    warning = (
        "warn",
        "«\u00a0Fail camp\u00a0» annonce «\u00a0Interprétation en langue des signes\u00a0», "
        "et aucune prestation ne le confirme.",
    )
    assert unconfirmed(session.edition) == [warning]

    ServiceFactory(session=session, kind="captions", state="confirmed")
    service = ServiceFactory(session=session, kind="sign_language", state="ordered")
    assert unconfirmed(session.edition) == [warning]

    service.state = Service.State.CONFIRMED
    service.save()
    assert unconfirmed(session.edition) == []


def test_what_is_not_announced_needs_no_service(db):
    edition = EditionFactory()
    SessionFactory(edition=edition)
    ServiceFactory(session=SessionFactory(edition=edition), kind="sign_language", state="asked")

    assert unconfirmed(edition) == []


def test_conflicts_ask_as_much_for_three_sessions_as_for_one(db, django_assert_num_queries):
    edition = EditionFactory()
    for _number in range(3):
        session = SessionFactory(edition=edition, sign_language=True, captions=True)
        ServiceFactory(session=session, kind="captions", state="confirmed")
        CandidacyFactory(session=session)

    with django_assert_num_queries(4):
        assert len(unconfirmed(edition)) == 3


def test_another_service_says_what_it_is_and_amounts_are_not_negative(db):
    session = SessionFactory()
    for fields, words in [({"kind": "other"}, "Précisez"), ({"kind": "sound", "amount": -1}, "supérieure ou égale")]:
        with pytest.raises(ValidationError) as caught:
            Service(session=session, **fields).full_clean()
        assert words in str(caught.value)
    Service(session=session, kind="other", label="Fleurs").full_clean()
