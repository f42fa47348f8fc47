"""Which rows the releases made so far hold: those that bear the name of the document, or ever did."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import migrations


def documents(apps: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each release with its document, the first ones first."""
    for release in apps.get_model("publishing", "Release").objects.order_by("pk").iterator(chunk_size=1):
        yield release, json.loads(release.document)


def rows_of(apps: Any, release: Any, document: dict[str, Any]) -> Iterator[tuple[str, int]]:
    items, places = document["items"], document["places"]
    parts = [(item, part) for item in items for part in item["parts"]]
    speakers = ids(apps, "speakers", "Speaker", code={person["code"] for person in document["people"]})
    venues = ids(apps, "venues", "Venue", slug={place["slug"] for place in places})
    formats = ids(apps, "programme", "Format", slug=set(document["formats"]))
    roles = ids(apps, "programme", "Role", slug={part["role"] for _item, part in parts}, format_id=formats)
    rooms = ids(
        apps, "venues", "Room", slug={room["slug"] for place in places for room in place["rooms"]}, venue_id=venues
    )
    threads = {thread["slug"] for thread in document["threads"]}
    sequences = ids(apps, "programme", "Sequence", slug=threads, edition_id={release.edition_id})
    audiences = apps.get_model("programme", "Audience").objects.filter(slug__in=list(document["audiences"]))
    sessions = apps.get_model("programme", "Session").objects.filter(code__in={item["code"] for item in items})
    candidacies = ids(
        apps,
        "speakers",
        "Candidacy",
        session_id=set(sessions.values_list("pk", flat=True)),
        role_id=roles,
        speaker_id=speakers,
        stage={"confirmed", "prepared", "came"},
    )
    for label, pks in {
        "speakers.Speaker": speakers,
        "speakers.Candidacy": candidacies,
        "venues.Venue": venues,
        "venues.Room": rooms,
        "programme.Format": formats,
        "programme.Role": roles,
        "programme.Sequence": sequences,
        "programme.Audience": set(audiences.values_list("pk", flat=True)),
    }.items():
        yield from ((label, pk) for pk in pks)


def ids(apps: Any, app: str, model: str, **values: set[Any]) -> set[int]:
    """Rows that are there, and have these values now or in an entry of their history."""
    lookups = {f"{name}__in": found for name, found in values.items()}
    past = apps.get_model(app, f"Historical{model}").objects.filter(**lookups).values_list("id", flat=True)
    rows = apps.get_model(app, model).objects
    there = set(rows.filter(pk__in=past).values_list("pk", flat=True))
    return there | set(rows.filter(**lookups).values_list("pk", flat=True))


def note(apps: Any, _schema_editor: Any) -> None:
    known: set[tuple[str, int]] = set()
    model = apps.get_model("publishing", "PublishedRow")
    for release, document in documents(apps):
        new = sorted(set(rows_of(apps, release, document)) - known)
        model.objects.bulk_create(model(model=label, row=pk, release=release) for label, pk in new)
        known |= set(new)


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0003_published_row"),
        ("programme", "0006_saved_list"),
        ("speakers", "0003_export_right"),
        ("venues", "0002_largest_capacity"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
