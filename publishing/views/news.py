"""What changed, release by release, newest first."""

import dataclasses as dc
import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render

from publishing.diff import Change, changes
from publishing.models import Release
from publishing.pages import Page, released_page
from publishing.programme import Programme, Room
from publishing.rows import Row, row


@dc.dataclass(frozen=True, slots=True)
class Moved:
    """A session with where it was before this release."""

    row: Row
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    room: Room | None


@dc.dataclass(frozen=True, slots=True)
class Entry:
    """``release`` is None for what a preview holds and no release does yet."""

    release: Release | None
    published_at: dt.datetime | None
    is_first: bool
    count: int
    added: tuple[Row, ...]
    called_off: tuple[Row, ...]
    moved: tuple[Moved, ...]
    rewritten: tuple[Row, ...]
    removed: tuple[Row, ...]
    around: tuple[str, ...]


@released_page
def news(page: Page) -> HttpResponse:
    return render(page.request, "publishing/news.html", {"page": page, "entries": _entries(page)})


def _entries(page: Page) -> list[Entry]:
    """Read one document after the other: two in memory, however many releases there are."""
    entries: list[Entry] = []
    before: Programme | None = None
    for release in Release.objects.filter(edition=page.edition).order_by("number").iterator(chunk_size=1):
        programme = release.programme()
        entries.append(_entry(page, release, before, programme))
        before = programme
    if page.is_preview:
        entries.append(_entry(page, None, before, page.programme))
    return entries[::-1]


def _entry(page: Page, release: Release | None, before: Programme | None, programme: Programme) -> Entry:
    found = changes(before, programme, by_line=True)
    of_that_time = dc.replace(page, programme=programme)
    # What is removed takes its people and its place along: only the release before knows them.
    of_the_last = dc.replace(page, programme=before or programme)
    return Entry(
        release=release,
        published_at=release.created_at.astimezone(programme.zone).replace(microsecond=0) if release else None,
        is_first=before is None,
        count=len(programme.lines),
        added=tuple(row(of_that_time, item) for item in found.added) if before else (),
        called_off=tuple(row(of_that_time, change.new) for change in found.called_off),
        moved=tuple(_moved(of_that_time, change, before) for change in found.moved if before),
        rewritten=tuple(row(of_that_time, change.new) for change in found.rewritten),
        removed=tuple(row(of_the_last, item) for item in found.removed),
        around=found.around,
    )


def _moved(page: Page, change: Change, before: Programme) -> Moved:
    slot = change.old.slot
    return Moved(row(page, change.new), *before.local_times(slot), before.room_of(slot))
