"""Compiled messages (.mo) are not kept in the repository: they are made from the .po files when those are newer."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed


def compile_stale() -> list[Path]:
    """Compile each catalogue whose .mo is missing or older than its .po, and give back those that were."""
    catalogues = [path for folder in settings.LOCALE_PATHS for path in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))]
    stale = [path for path in catalogues if _is_stale(path)]
    for path in stale:
        _compile(path)
        # What this process read before would otherwise stay: a first command would go on in English.
        translation_file_changed(None, path.with_suffix(".mo"))
    return stale


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def _compile(path: Path) -> None:
    """Through a temporary file: another process may be reading the old one, or compiling at the same time."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parent.parent.name)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as compiled:
        write_mo(compiled, catalogue)
    os.chmod(compiled.name, 0o644)
    os.replace(compiled.name, path.with_suffix(".mo"))
