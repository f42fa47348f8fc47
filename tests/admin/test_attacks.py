"""What a hostile member of the staff would try: forged keys, earlier versions, addresses of others."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publishing.publish import publish
from sessions.models import Session
from tests.admin.change_forms import fields_of, opened
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    CandidacyFactory,
    EditionFactory,
    RoomFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    SpeakerFactory,
    TaskFactory,
    UserFactory,
)

LIST = reverse("admin:programme_session_changelist")


@pytest.fixture
def mine(db) -> Session:
    edition = EditionFactory(is_current=True)
    sequence = SequenceFactory(edition=edition, title="Séquence à nous")
    return SessionFactory(edition=edition, sequence=sequence, title="Séance à nous")


@pytest.fixture
def other(mine) -> Session:
    sequence = SequenceFactory(edition=mine.edition, title="Séquence ailleurs")
    return SessionFactory(edition=mine.edition, sequence=sequence, title="Séance ailleurs")


@pytest.fixture
def limited(staff, mine) -> Client:
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[mine.sequence])
    return client_of(user)


def address(row: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk, *args])


def restored(client: Client, row: Any, record: Any, field: str) -> str:
    """What the page says, before the field is sent by hand."""
    html = client.get(address(row, "restore", record.pk)).content.decode()
    sent = {"field": [field], "newest": str(row.history.first().pk)}
    client.post(address(row, "restore", record.pk), sent)
    row.refresh_from_db()
    return html


def test_restoring_moves_no_session_out_of_reach(limited, mine, other):
    ours, mine.sequence = mine.sequence, other.sequence
    mine.save()
    record = mine.history.first()
    mine.sequence = ours
    mine.save()

    html = restored(limited, mine, record, "sequence")

    assert mine.sequence == ours
    assert "Séquence ailleurs" not in html


@pytest.mark.parametrize("kind", ["history", "change"])
def test_the_history_of_a_session_names_no_sequence_that_it_once_belonged_to(limited, mine, other, kind):
    ours, mine.sequence = mine.sequence, other.sequence
    mine.save()
    mine.sequence = ours
    mine.save()

    html = limited.get(address(mine, kind)).content.decode()

    assert "Séquence ailleurs" not in html
    assert ("(hors de votre portée)" in html) == (kind == "history")


@pytest.mark.parametrize("factory", [CandidacyFactory, ServiceFactory, TaskFactory])
def test_nor_does_that_of_what_once_hung_on_a_session_of_others(limited, mine, other, factory):
    row = factory(session=other, **({"edition": mine.edition} if factory is TaskFactory else {}))
    row.session = mine
    row.save()

    html = limited.get(address(row, "history")).content.decode()

    assert "Séance ailleurs" not in html
    assert "Séance à nous" in html


def test_who_sees_every_sequence_reads_them_in_the_history(project_lead, mine, other):
    mine.sequence = other.sequence
    mine.save()

    html = project_lead.get(address(mine, "history")).content.decode()

    assert "Séquence ailleurs" in html


@pytest.mark.parametrize("factory", [CandidacyFactory, ServiceFactory])
def test_restoring_hangs_nothing_on_a_session_out_of_reach(limited, mine, other, factory):
    row = factory(session=other)
    record = row.history.first()
    row.session = mine
    row.save()

    html = restored(limited, row, record, "session")

    assert row.session == mine
    assert "Séance ailleurs" not in html


def test_going_back_to_what_is_public_leaves_no_sequence_of_the_account(limited, mine, other):
    ours, mine.sequence = mine.sequence, other.sequence
    mine.status, mine.starts_at = "approved", dt.datetime.combine(mine.edition.starts_on, dt.time(12), dt.UTC)
    mine.ends_at = mine.starts_at + dt.timedelta(hours=1)
    mine.save()
    publish(mine.edition, note="Premier", only=[mine.code])
    mine.refresh_from_db()
    mine.sequence = ours
    mine.save()
    page = limited.get(address(mine, "revert"))

    response = limited.post(address(mine, "revert"), {"seen": page.context["seen"]})

    mine.refresh_from_db()
    assert (response.status_code, mine.sequence) == (403, ours)


def somebody_changes(session: Session) -> None:
    again = Session.objects.get(pk=session.pk)
    again.title = "Autre titre"
    again.save()


def test_a_comparison_names_no_row_that_is_no_choice(limited, mine, other):
    sent = opened(limited, address(mine, "change"))
    somebody_changes(mine)

    html = limited.post(address(mine, "change"), sent | {"title": "Mien", "sequence": other.sequence_id})

    assert "hors de vos choix" in html.content.decode()
    assert "Séquence ailleurs" not in html.content.decode()


@pytest.mark.parametrize("typed", ["x", "9" * 30, "-1", "\x00"])
def test_a_comparison_bears_what_is_no_key(limited, mine, typed):
    sent = opened(limited, address(mine, "change"))
    somebody_changes(mine)

    response = limited.post(address(mine, "change"), sent | {"title": "Mien", "sequence": typed, "owner": typed})

    assert response.status_code == 200


def test_pasted_cells_tell_no_address_of_a_colleague(staff, mine):
    UserFactory(is_staff=True, username="kdupont", email="karim.secret@example.org")
    client = client_of(staff("Éditorial"))
    url = reverse("admin:programme_session_paste")

    sent = fields_of(client.get(url)) | {"text": "titre\tresponsable\nX\tkarim.secre@example.org"}
    html = client.post(url, sent).content.decode()

    assert "Rien ne s’appelle" in html
    assert "karim.secret@" not in html


def test_warnings_of_the_list_name_no_draft_of_others(limited, mine, other):
    room, start = RoomFactory(), timezone.now() + dt.timedelta(days=3)
    for session in (mine, other):
        session.status, session.starts_at, session.ends_at = "approved", start, start + dt.timedelta(hours=1)
    mine.room, other.room = None, room
    mine.save()
    other.save()
    sent = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": mine.pk,
        "form-0-room": room.name,
        "initial-form-0-room": "",
        "_save": "x",
    }
    start_words = f"{timezone.localtime(start):%Y-%m-%dT%H:%M}"
    sent |= {"form-0-starts_at": start_words, "initial-form-0-starts_at": start_words}

    html = limited.post(LIST, sent, follow=True).content.decode()

    assert "prise par une séance d’une autre séquence" in html
    assert "Séance ailleurs" not in html


def test_the_way_to_the_public_page_tells_no_code_of_others(limited, mine, other):
    kind = ContentType.objects.get_for_model(Session)

    to_mine, to_other = (limited.get(reverse("admin:view_on_site", args=[kind.pk, row.pk])) for row in (mine, other))

    assert (to_mine.status_code, to_other.status_code) == (302, 404)
    assert mine.code in to_mine["Location"]


def test_counts_are_of_the_sequences_of_the_account(limited, mine, other):
    person = SpeakerFactory()
    for session in (mine, other):
        CandidacyFactory(session=session, speaker=person, stage="confirmed")

    listed = limited.get(reverse("admin:speakers_speaker_changelist")).context["cl"]

    assert [row.n_confirmed for row in listed.result_list] == [1]


def test_taking_back_archives_no_session_that_people_expect(staff, mine):
    """They registered meanwhile, which leaves no entry in the history of the session."""
    client = client_of(staff("Chef de projet"))
    Session.objects.filter(pk=mine.pk).update(status="archived")
    mine.refresh_from_db()
    mine.save()
    sent = fields_of(
        client.post(f"{LIST}?status__exact=archived", {"action": "change_several", "_selected_action": [mine.pk]})
    )
    read = client.post(reverse("admin:programme_session_bulk"), sent | {"status": "approved"})
    client.post(reverse("admin:programme_session_bulk"), fields_of(read) | {"apply": "x"})
    mine.refresh_from_db()
    assert mine.status == "approved"

    Session.objects.filter(pk=mine.pk).update(seats_taken=1)
    client.post(reverse("admin:programme_session_undo"))

    mine.refresh_from_db()
    assert mine.status == "approved"


def test_a_session_published_since_it_was_read_is_not_deleted(mine):
    read = Session.objects.get(pk=mine.pk)
    Session.objects.filter(pk=mine.pk).update(published_since=timezone.now())

    with pytest.raises(ProtectedError):
        read.delete()

    assert Session.objects.filter(pk=mine.pk).exists()
