"""Livrables: due, delivered, accepted; their files are handed out to those who may see them only."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports.models import LARGEST_FILE, Deliverable
from sessions.models import Edition
from tests.factories import DeliverableFactory, EditionFactory, ReleaseFactory

LIST = "/admin/exports/deliverable/"
ADD = "/admin/exports/deliverable/add/"
PDF = b"%PDF-1.7\nun livrable"


@pytest.fixture
def edition(db) -> Edition:
    return EditionFactory(is_current=True)


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def listed(client: Client, **query: str) -> list[str]:
    return [deliverable.title for deliverable in client.get(LIST, query).context["cl"].result_list]


def send(client: Client, edition: Edition, name: str, content: bytes):
    sent = {"edition": edition.pk, "title": "Bilan / 2026", "due_on": "01/12/2026"}
    return client.post(ADD, sent | {"file": SimpleUploadedFile(name, content)})


def test_filters_tell_what_is_late_awaited_delivered_and_accepted(reader, edition):
    DeliverableFactory(edition=edition, title="En retard", due_on=days(-1))
    DeliverableFactory(edition=edition, title="Aujourd’hui", due_on=days(0))
    DeliverableFactory(edition=edition, title="Livré", due_on=days(-3), delivered_on=days(-1))
    accepted = {"delivered_on": days(-9), "accepted_on": days(-8), "accepted_by": "Camille Exemple"}
    DeliverableFactory(edition=edition, title="Accepté", due_on=days(-9), **accepted)

    found = {state: listed(reader, state=state) for state in ("late", "awaited", "delivered", "accepted")}

    assert found == {
        "late": ["En retard"],
        "awaited": ["En retard", "Aujourd’hui"],
        "delivered": ["Livré"],
        "accepted": ["Accepté"],
    }
    assert '<span class="state state-late">En retard</span>' in reader.get(LIST).content.decode()


def test_acceptance_asks_for_a_name_and_a_day(project_lead, edition):
    delivered = DeliverableFactory(edition=edition, delivered_on=days(-2))
    awaited = DeliverableFactory(edition=edition)
    ticked = {"action": "accept", "_selected_action": [delivered.pk, awaited.pk], "index": "0"}

    assert "accepted_by" in project_lead.post(LIST, ticked).content.decode()
    too_early = {"accepted_by": "Camille Exemple", "accepted_on": f"{days(-3):%d/%m/%Y}"}
    assert "livré après ce jour" in project_lead.post(LIST, ticked | too_early).content.decode()
    delivered.refresh_from_db()
    assert delivered.accepted_on is None
    project_lead.post(LIST, ticked | too_early | {"accepted_on": f"{days(0):%d/%m/%Y}"})

    delivered.refresh_from_db()
    awaited.refresh_from_db()
    assert (delivered.accepted_by, delivered.accepted_on) == ("Camille Exemple", days(0))
    assert awaited.accepted_on is None
    assert delivered.history.count() == 2


def test_what_cannot_be_accepted_asks_for_nothing(project_lead, edition):
    waiting = DeliverableFactory(edition=edition, due_on=days(3))

    html = project_lead.post(LIST, {"action": "accept", "_selected_action": [waiting.pk]}).content.decode()

    assert "Aucun des livrables choisis n’est livré et à accepter." in html
    assert 'name="accepted_by"' not in html


def test_a_reader_accepts_and_delivers_nothing(reader, edition):
    deliverable = DeliverableFactory(edition=edition, delivered_on=days(-2))
    for action in ("accept", "deliver_today"):
        sent = {"action": action, "_selected_action": [deliverable.pk], "index": "0"}
        reader.post(LIST, sent | {"accepted_by": "Moi", "accepted_on": f"{days(0):%d/%m/%Y}"})

    assert deliverable.history.count() == 1
    assert Deliverable.objects.get().accepted_on is None


def test_the_database_refuses_an_acceptance_without_delivery_or_without_a_name(edition):
    for fields in [{"accepted_on": days(0), "accepted_by": "X"}, {"delivered_on": days(0), "accepted_on": days(0)}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliverableFactory(edition=edition, **fields)


def test_a_file_is_handed_out_to_the_staff_only_under_a_safe_name(editor, reader, receptionist, stranger, edition):
    response = send(editor, edition, "../../<b>é vil.PDF", PDF)

    assert response.status_code == 302
    deliverable = Deliverable.objects.get()
    stored = Path(deliverable.file.path)
    assert stored.parent == Path(settings.DELIVERABLES_ROOT)
    assert stored.suffix == ".pdf"
    assert "vil" not in stored.name
    answer = reader.get(deliverable.file.url)
    assert answer.getvalue() == PDF  # read to its end, the file is closed
    assert answer["Content-Disposition"] == 'attachment; filename="bilan-2026.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert receptionist.get(deliverable.file.url).status_code in (403, 404)
    assert stranger.get(deliverable.file.url)["Location"].startswith(reverse("admin:login"))
    assert stranger.get(f"/media/{deliverable.file.name}").status_code == 404
    assert reader.get(reverse("admin:exports_deliverable_file", args=["..%2Fsecret_key"])).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bilan.html", b"<script>", "extension"),
        ("bilan.pdf", b"<script>", "n’est pas ce que dit son nom"),
        ("bilan.zip", PDF, "n’est pas ce que dit son nom"),
        ("bilan.pdf", PDF + b" " * (LARGEST_FILE * 1024 * 1024), "dépasse 20"),
    ],
)
def test_other_files_are_refused(editor, edition, name, content, words):
    response = send(editor, edition, name, content)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert Deliverable.objects.count() == 0


def test_a_file_that_is_gone_answers_not_found(editor, edition):
    send(editor, edition, "bilan.pdf", PDF)
    deliverable = Deliverable.objects.get()
    Path(deliverable.file.path).unlink()

    assert editor.get(deliverable.file.url).status_code == 404
    assert editor.get(reverse("admin:exports_deliverable_change", args=[deliverable.pk])).status_code == 200


def test_a_release_is_one_of_the_edition(edition):
    deliverable = DeliverableFactory.build(edition=edition, release=ReleaseFactory())

    with pytest.raises(ValidationError) as caught:
        deliverable.full_clean()

    assert caught.value.messages == ["Choisissez une version publiée de cette édition."]
