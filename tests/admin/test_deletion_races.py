"""A release is made while somebody deletes what it holds: whoever comes second sees the other, on both databases."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.urls import reverse

from publishing.publish import publish
from sessions.models import Session
from tests.admin.test_deletion import words
from tests.conftest import client_of
from tests.factories import EditionFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/programme/session/"


@pytest.fixture
def session() -> Session:
    return SessionFactory(edition=EditionFactory(is_current=True), title="Fail camp")


def while_it_is_published(session: Session, delete: Callable[[], object]) -> list[object]:
    """What ``delete`` gives, or the class of its exception; it begins once the release is made, and not committed."""
    said: list[object] = []

    def run() -> None:
        try:
            said.append(delete())
        except Exception as refused:
            said.append(type(refused))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        publish(session.edition, note="Première version.")
        thread.start()
        thread.join(timeout=1)
    thread.join(timeout=30)
    return said


def test_rows_are_not_deleted_under_a_release(session):
    said = while_it_is_published(session, lambda: Session.objects.filter(pk=session.pk).delete())

    assert said == [ProtectedError]
    assert Session.objects.get().published_since is not None


def test_nor_is_one_row(session):
    read = Session.objects.get()

    assert while_it_is_published(session, read.delete) == [ProtectedError]
    assert Session.objects.exists()


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (LIST, {"action": "delete_selected", "post": "yes"}),
        ("delete", {"post": "yes"}),
    ],
)
def test_whoever_deletes_in_the_back_office_is_told_that_it_was_published(session, superuser, address, sent):
    client = client_of(superuser)
    address = address if address == LIST else reverse("admin:programme_session_delete", args=[session.pk])

    (answer,) = while_it_is_published(session, lambda: client.post(address, {**sent, ACTION_CHECKBOX_NAME: session.pk}))

    assert "« Fail camp » a été publiée" in words(answer)
    assert Session.objects.exists()


def test_what_a_release_brings_along_is_not_deleted_under_it(session, superuser):
    client, sequence = client_of(superuser), session.sequence
    address = reverse("admin:programme_sequence_delete", args=[sequence.pk])
    other = SessionFactory(edition=session.edition)

    def moved_then_deleted() -> HttpResponse:
        Session.objects.filter(pk=session.pk).update(sequence=other.sequence)
        return client.post(address, {"post": "yes"})

    (answer,) = while_it_is_published(session, moved_then_deleted)

    assert f"« {sequence} » a été publié" in words(answer)
    sequence.refresh_from_db()
