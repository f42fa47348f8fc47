"""What was ever published stays: releases are frozen, and the addresses that people have noted go on meaning it.

A row is known in a document by its address or its code, which may change later: ``publish`` notes which row it was.
Sessions say it themselves: ``published_since``.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model

from publishing.models import PublishedRow, Release
from publishing.programme import Programme
from sessions.models import Audience, Edition, Format, Role, Sequence
from speakers.models import Candidacy, Speaker
from venues.models import Room, Venue

Key = tuple[Any, ...]
# By model: the columns that say which row it is, and the values of these that a document of the edition holds.
KNOWN: dict[type[Model], tuple[tuple[str, ...], Callable[[Programme, Edition], set[Key]]]] = {
    Speaker: (("code",), lambda programme, _edition: {(person.code,) for person in programme.people}),
    Sequence: (
        ("edition", "slug"),
        lambda programme, edition: {(edition.pk, thread.slug) for thread in programme.threads},
    ),
    Format: (("slug",), lambda programme, _edition: {(slug,) for slug in programme.formats}),
    Role: (
        ("format__slug", "slug"),
        lambda programme, _edition: {(item.format, part.role) for item in programme.items for part in item.parts},
    ),
    Candidacy: (
        ("session__code", "role__slug", "speaker__code"),
        lambda programme, _edition: {
            (item.code, part.role, part.person) for item in programme.items for part in item.parts
        },
    ),
    Audience: (("slug",), lambda programme, _edition: {(slug,) for slug in programme.audiences}),
    Venue: (("slug",), lambda programme, _edition: {(place.slug,) for place in programme.places}),
    Room: (
        ("venue__slug", "slug"),
        lambda programme, _edition: {(place.slug, room.slug) for place in programme.places for room in place.rooms},
    ),
}


def keep(release: Release, programme: Programme) -> None:
    """Note the rows that the release, whose document this is, holds before any other did."""
    known = set(PublishedRow.objects.values_list("model", "row"))
    new = (
        PublishedRow(model=model._meta.label, row=pk, release=release)
        for model in KNOWN
        for pk in _rows(model, programme, release.edition)
        if (model._meta.label, pk) not in known
    )
    PublishedRow.objects.bulk_create(new, ignore_conflicts=True)


def _rows(model: type[Model], programme: Programme, edition: Edition) -> Iterator[int]:
    columns, held = KNOWN[model]
    keys = held(programme, edition)
    candidates = model._default_manager.filter(**{f"{columns[-1]}__in": {key[-1] for key in keys}})
    return (pk for pk, *key in candidates.order_by().values_list("pk", *columns) if tuple(key) in keys)


def published_in(row: Model) -> Release | None:
    """The first release that held it."""
    found = PublishedRow.objects.filter(model=row._meta.label, row=row.pk)
    kept = found.select_related("release__edition").defer("release__document").first()
    return kept.release if kept else None
