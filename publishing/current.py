"""The last release of an edition, parsed once per process."""

import dataclasses as dc
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet, SlugField

from innovation_week.prepared import Prepared, Slot
from publishing.models import Release
from publishing.programme import Programme
from sessions.models import AccessibilityStatement, Edition

KEPT = 8  # documents: the current edition in its last states, some old editions


@dc.dataclass(frozen=True, slots=True)
class Released:
    """``release`` comes without its document: ``programme`` is that, parsed."""

    edition: Edition
    release: Release
    programme: Programme


class _Documents:
    """Parsed documents by hash, the least used forgotten first. A release never changes, so nothing expires."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._programmes: OrderedDict[str, Programme] = OrderedDict()
        self._lock = threading.Lock()

    def programme(self, release: Release) -> Programme:
        with self._lock:
            found = self._programmes.get(release.sha256)
            if found is not None:
                self._programmes.move_to_end(release.sha256)
                return found
        programme = release.programme()
        with self._lock:
            self._programmes[release.sha256] = programme
            while len(self._programmes) > self._kept:
                self._programmes.popitem(last=False)
        return programme


_documents = _Documents(KEPT)


def _columns(model: type[Model], *, without: Collection[str] = ()) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname not in without]


# No public page needs what only the staff may read.
RELEASE = _columns(Release, without=["document", "only", "exceptions", "reason"])
EDITION = _columns(Edition)
STATEMENT = _columns(AccessibilityStatement)


def _newest() -> QuerySet:
    """The last release of an edition, with the edition and its accessibility statement: each page tells of them."""
    edition = [f"edition__{name}" for name in EDITION]
    statement = [f"edition__accessibility_statement__{name}" for name in STATEMENT]
    releases = Release.objects.filter(edition__slug=Slot("slug", SlugField())).newest_first()
    return releases.values_list(*RELEASE, *edition, *statement)[:1]


_newest_rows = Prepared(_newest)


def released(edition_slug: str) -> Released | None:
    """The last release of the edition, or None when there is no such edition or nothing is published."""
    for row in _newest_rows.rows(slug=edition_slug):
        return of(_from_row(row))
    return None


def _from_row(row: Sequence[Any]) -> Release:
    """As ``select_related`` would have made it."""
    first, second = len(RELEASE), len(RELEASE) + len(EDITION)
    release = Release.from_db(connection.alias, RELEASE, row[:first])
    release.edition = Edition.from_db(connection.alias, EDITION, row[first:second])
    states = row[second] is not None
    statement = AccessibilityStatement.from_db(connection.alias, STATEMENT, row[second:]) if states else None
    Edition._meta.get_field("accessibility_statement").set_cached_value(release.edition, statement)
    return release


def of(release: Release) -> Released:
    return Released(release.edition, release, _documents.programme(release))
