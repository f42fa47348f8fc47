"""The booklet is made once per release and language, by the worker, and kept until a newer release has its own."""

import fcntl
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from exports.booklet_pdf import Imprint, make_booklet
from exports.layout import Progress
from publishing.models import Release
from publishing.release_files import booklet_path

logger = logging.getLogger(__name__)

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)  # the first is made first
_OURS = re.compile(r"[0-9a-f]{64}-\d+-[a-z]{2}\.(pdf|failed)")
_UNFINISHED = ".unfinished"
_FAILED = ".failed"
RETRY_AFTER = 600  # seconds between two attempts at a booklet that could not be made


def missing() -> list[tuple[Release, str]]:
    """Booklets of the last releases that nobody has made yet: French ones first, current edition first."""
    releases = _last_releases()
    return [
        (release, language)
        for language in LANGUAGES
        for release in releases
        if not booklet_path(release, language).exists()
    ]


def make_missing(progress: Progress | None = None) -> int:
    """Make the missing booklets; return how many. Returns 0 at once when another process is at it.

    A booklet that cannot be made is logged and tried again later: the others are made all the same.
    """
    made = 0
    with _alone() as alone:
        if not alone:
            return 0
        for release, language in missing():
            if not _failed_lately(booklet_path(release, language)):
                made += _make_one(release, language, progress)
        _remove_old()
    return made


def render(release: Release, language: str, progress: Progress | None = None) -> bytes:
    """The PDF itself; TypesettingError says what stopped it."""
    imprint = Imprint(release.number, timezone.localdate(release.created_at))
    return make_booklet(release.programme(), imprint, language, progress)


def write_whole(path: Path, content: bytes) -> None:
    """All of the file or nothing of it, even after a power cut: readers see the old one until the new one is whole."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=_UNFINISHED)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _last_releases() -> list[Release]:
    newest = Release.objects.filter(edition=OuterRef("edition")).newest_first().values("pk")[:1]
    return list(
        Release.objects.without_document()
        .select_related("edition")
        .filter(pk=Subquery(newest))
        .order_by("-edition__is_current", "-edition__starts_on", "pk")
    )


def _make_one(release: Release, language: str, progress: Progress | None) -> bool:
    path = booklet_path(release, language)
    try:
        write_whole(path, render(release, language, progress))
    except Exception:
        logger.exception("The booklet of %s in %s could not be made", release, language)
        path.with_suffix(_FAILED).touch()
        return False
    path.with_suffix(_FAILED).unlink(missing_ok=True)
    logger.info("Booklet of %s in %s: %d kB", release, language, path.stat().st_size // 1000)
    return True


def _failed_lately(path: Path) -> bool:
    try:
        failed_at = path.with_suffix(_FAILED).stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - failed_at < RETRY_AFTER


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this process is the only one that makes booklets here. The lock dies with its process."""
    folder = Path(settings.RELEASE_FILES_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _remove_old() -> None:
    """Booklets of releases that are no longer the last, once those are all made, and what a killed process left."""
    folder = Path(settings.RELEASE_FILES_ROOT)
    for path in folder.glob(f"*{_UNFINISHED}"):
        path.unlink(missing_ok=True)
    if missing():
        return
    wanted = {booklet_path(release, language) for release in _last_releases() for language in LANGUAGES}
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.with_suffix(".pdf") not in wanted:
            path.unlink(missing_ok=True)
