"""Files made once per release, by whoever makes them: where they are, so that pages can tell their size."""

from pathlib import Path

from django.conf import settings

from publishing.models import Release


def booklet_path(release: Release, language: str) -> Path:
    """Where the booklet is, or will be. The number is in it: going back to an earlier state prints a new cover."""
    return Path(settings.RELEASE_FILES_ROOT) / f"{release.sha256}-{release.number}-{language}.pdf"


def booklet_size(release: Release, language: str) -> int | None:
    """Bytes of the booklet; None while it is not ready."""
    try:
        return booklet_path(release, language).stat().st_size
    except FileNotFoundError:
        return None
