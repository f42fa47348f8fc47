"""What was ever published stays: releases are frozen, and the addresses that people have noted go on meaning it.

A row is known in a document by its address or its code, which may change later: ``publish`` notes which row it was.
Sessions say it themselves: ``published_since``.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

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


WIDEST = max(len(columns) for columns, _held in KNOWN.values())


def keep(release: Release, programme: Programme) -> None:
    """Note the rows that the release, whose document this is, holds before any other did."""
    known = set(PublishedRow.objects.values_list("model", "row"))
    new = (
        PublishedRow(model=model, row=pk, release=release)
        for model, pk in _rows(programme, release.edition)
        if (model, pk) not in known
    )
    PublishedRow.objects.bulk_create(new, ignore_conflicts=True)


def _rows(programme: Programme, edition: Edition) -> Iterator[tuple[str, int]]:
    """Label of the model and primary key of each row that the document holds: one query for them all."""
    held = {model: {_as_text(key) for key in keys(programme, edition)} for model, (_columns, keys) in KNOWN.items()}
    by_label = {model._meta.label: keys for model, keys in held.items()}
    first, *others = (_candidates(model, columns, held[model]) for model, (columns, _keys) in KNOWN.items())
    return ((label, pk) for label, pk, *key in first.union(*others, all=True) if tuple(key) in by_label[label])


def _candidates(model: type[Model], columns: tuple[str, ...], keys: set[tuple[str, ...]]) -> QuerySet:
    """Rows that have the last of the columns of a key, and all these columns."""
    last = len(columns) - 1
    found = model._default_manager.filter(**{f"{columns[last]}__in": {key[last] for key in keys}}).order_by()
    texts: list[Any] = [Cast(column, TextField()) for column in columns]
    texts += [Value("", TextField())] * (WIDEST - len(columns))
    named = {f"key_{place}": text for place, text in enumerate(texts)}
    label = Value(model._meta.label, TextField())
    return found.annotate(label=label, **named).values_list("label", "pk", *named)


def _as_text(key: Key) -> tuple[str, ...]:
    """As wide as the widest: rows of one query have as many columns for each model."""
    return (*map(str, key), *[""] * (WIDEST - len(key)))


def published_in(row: Model) -> Release | None:
    """The first release that held it."""
    found = PublishedRow.objects.filter(model=row._meta.label, row=row.pk)
    kept = found.select_related("release__edition").defer("release__document").first()
    return kept.release if kept else None
