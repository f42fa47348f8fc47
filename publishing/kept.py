"""What was ever published stays: releases are frozen, and the addresses that people have noted go on meaning it."""

import json
from collections.abc import Callable
from typing import Any

from django.db.models import Model

from publishing.models import Release
from publishing.programme import Programme
from sessions.models import Audience, Format, Sequence
from speakers.models import Speaker
from venues.models import Room, Venue

# By model: what the row is known by in a document, and what the document knows.
KNOWN: dict[type[Model], tuple[Callable[[Any], Any], Callable[[Programme], set[Any]]]] = {
    Speaker: (lambda row: row.code, lambda programme: {person.code for person in programme.people}),
    Sequence: (lambda row: row.slug, lambda programme: {thread.slug for thread in programme.threads}),
    Format: (lambda row: row.slug, lambda programme: set(programme.formats)),
    Audience: (lambda row: row.slug, lambda programme: set(programme.audiences)),
    Venue: (lambda row: row.slug, lambda programme: {place.slug for place in programme.places}),
    Room: (
        lambda row: (row.venue.slug, row.slug),
        lambda programme: {(place.slug, room.slug) for place in programme.places for room in place.rooms},
    ),
}


def published_in(row: Model) -> Release | None:
    """The newest release that holds it. Sessions say it themselves: ``published_since``."""
    if type(row) not in KNOWN:
        return None
    known_by, knows = KNOWN[type(row)]
    key = known_by(row)
    word = key[-1] if isinstance(key, tuple) else key
    releases = Release.objects.filter(document__contains=json.dumps(word)).newest_first()
    if isinstance(row, Sequence):  # its address is its edition's
        releases = releases.filter(edition=row.edition_id)
    return next((release for release in releases.iterator(chunk_size=1) if key in knows(release.programme())), None)
