"""The logs of log-ins: superusers read them, nobody rewrites them."""

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from sessions.models import Audience
from tests.conftest import client_of

LOGS = [AccessAttempt, AccessFailureLog, AccessLog]


def line(model):
    extra = {"failures_since_start": 6} if model is AccessAttempt else {}
    return model.objects.create(username="camille", ip_address="192.0.2.1", attempt_time=timezone.now(), **extra)


def address(model, page: str, *args: int) -> str:
    return reverse(f"admin:axes_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", LOGS)
def test_a_superuser_reads_a_log_and_changes_nothing_in_it(superuser_client, model):
    row = line(model)
    changelist, change = address(model, "changelist"), address(model, "change", row.pk)

    seen = [superuser_client.get(page) for page in (changelist, change)]
    refused = [
        superuser_client.post(change, {"username": "autre"}),
        superuser_client.post(address(model, "delete", row.pk), {"post": "yes"}),
        superuser_client.get(address(model, "add")),
    ]
    superuser_client.post(
        changelist, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}, follow=True
    )

    assert [(page.status_code, "camille" in page.content.decode()) for page in seen] == [(200, True)] * 2
    assert "Conservées 180 jours" in seen[0].content.decode()
    assert [page.status_code for page in refused] == [403] * 3
    assert model.objects.get(pk=row.pk).username == "camille"


@pytest.mark.parametrize("model", LOGS)
def test_the_permission_to_see_a_log_is_not_enough(staff, model):
    lead = staff("Chef de projet")
    lead.user_permissions.set(Permission.objects.filter(content_type__app_label="axes"))
    row = line(model)

    client = client_of(lead)

    assert client.get(address(model, "changelist")).status_code == 403
    assert client.get(address(model, "change", row.pk)).status_code == 403
    assert "axes" not in client.get("/admin/").content.decode()


def test_the_back_office_confirms_in_plain_french(superuser_client):
    add = reverse("admin:programme_audience_add")
    fields = {"name": "Étudiants", "slug": "etudiants"}

    added = superuser_client.post(add, fields)
    change = reverse("admin:programme_audience_change", args=[Audience.objects.get().pk])
    changed = superuser_client.post(change, fields | {"name": "Étudiantes"})
    delete = reverse("admin:programme_audience_delete", args=[Audience.objects.get().pk])
    asked = superuser_client.get(delete).content.decode()
    deleted = superuser_client.post(delete, {"post": "yes"})

    told = [str(list(get_messages(page.wsgi_request))[-1]) for page in (added, changed, deleted)]
    assert [text.split("\u00a0:")[0] for text in told] == [
        "Ajout enregistré",
        "Modification enregistrée",
        "Suppression faite",
    ]
    assert "Voulez-vous supprimer" in asked
    assert "Oui, supprimer" in asked
