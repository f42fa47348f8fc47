"""The number of queries of a page does not depend on how many rows it shows."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AudienceFactory

# What hangs on each model, and is shown in lines on its page.
LINES = {
    "programme.session": "candidacies",
    "programme.format": "roles",
    "venues.venue": "rooms",
    "registrations.registration": "transitions",
    "outbox.message": "attachments",
}


def count(client: Client, address: str) -> int:
    client.get(address)  # content types and the like are kept after the first time
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def address(label: str, page: str, *args: int) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def counts_of_lists(client: Client) -> dict[str, int]:
    labels = [model._meta.label_lower for model in admin.site._registry]
    return {label: count(client, address(label, "changelist")) for label in labels}


def longest(label: str) -> int:
    """The object with the most lines."""
    objects = apps.get_model(label)._default_manager.annotate(number=Count(LINES[label]))
    pk: int = objects.order_by("-number", "pk").values_list("pk", flat=True)[0]
    return pk


def counts_of_forms(client: Client) -> dict[str, int]:
    return {label: count(client, address(label, "change", longest(label))) for label in LINES}


def counts_of_histories(client: Client) -> dict[str, int]:
    return {label: count(client, address(label, "history", longest(label))) for label in LINES}


@pytest.mark.parametrize("counts", [counts_of_lists, counts_of_forms, counts_of_histories])
def test_queries_do_not_grow_with_rows(counts, superuser_client, populate):
    populate(1)
    few = counts(superuser_client)

    populate(3)

    assert counts(superuser_client) == few


def test_the_dashboard_asks_as_much_for_three_sessions_as_for_one(superuser_client, populate):
    populate(1)
    few = count(superuser_client, reverse("admin:index"))

    populate(3)

    assert count(superuser_client, reverse("admin:index")) == few


def test_the_publish_page_asks_as_much_for_three_sessions_as_for_one(superuser_client, populate):
    populate(1)
    few = count(superuser_client, reverse("admin:publishing_release_publish"))

    populate(3)

    assert count(superuser_client, reverse("admin:publishing_release_publish")) == few


def test_the_list_of_releases_does_not_load_their_documents(superuser_client, populate):
    populate(1)

    with CaptureQueriesContext(connection) as queries:
        superuser_client.get(reverse("admin:publishing_release_changelist"))

    assert [query["sql"] for query in queries if '"document"' in query["sql"]] == []


def test_the_history_of_a_session_asks_as_much_for_many_changes_as_for_two(superuser_client, populate):
    session = populate(1).sessions.order_by("pk")[0]
    session.audiences.add(AudienceFactory())
    few = count(superuser_client, address("programme.session", "history", session.pk))

    for number in range(3):
        session.audiences.add(AudienceFactory())
        session.title = f"Titre {number}"
        session.save()

    assert count(superuser_client, address("programme.session", "history", session.pk)) == few
