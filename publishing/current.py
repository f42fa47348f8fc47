"""The last release of an edition, parsed once per process."""

import dataclasses as dc
import threading
from collections import OrderedDict

from publishing.models import Release
from publishing.programme import Programme
from sessions.models import Edition

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


def released(edition_slug: str) -> Released | None:
    """The last release of the edition, or None when there is no such edition or nothing is published."""
    release = (
        Release.objects.without_document()
        .select_related("edition__accessibility_statement")
        .filter(edition__slug=edition_slug)
        .newest_first()
        .first()
    )
    return of(release) if release else None


def of(release: Release) -> Released:
    return Released(release.edition, release, _documents.programme(release))
