"""From HTML to PDF, in a process of its own: ``exports.typeset``. Used by the booklet and by papers of one page."""

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder
from django.utils.translation import gettext

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]

TYPESET = [sys.executable, "-m", "exports.typeset"]
PROGRESS_LINE = re.compile(r"(page|pages) (\d+)\n")  # as ``exports.typeset`` writes them
PAGES_TOLD = 10  # one page in so many is told
LINES_KEPT = 20  # of what the process says beside its progress

# Emoji and other small pictures, which no font of ours has: they would be printed as empty boxes.
PICTOGRAMS = re.compile("[\u2300-\u23ff\u2600-\u2712\u2719-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U0001f000-\U0001faff]")


class TypesettingError(Exception):
    """The pages could not be laid out: how the process ended, and its last words."""


def own_files() -> list[str]:
    """The address of the site, the folder of the portraits, those of the static files."""
    finders = (FileSystemFinder(), AppDirectoriesFinder())  # the sources: collected files may be those of yesterday
    static = [str(storage.location) for finder in finders for storage in finder.storages.values()]
    return [settings.SITE_URL, str(Path(settings.MEDIA_ROOT) / "portraits"), *static]


def typeset(source: str, tell: Progress) -> bytes:
    """The PDF of this HTML, or TypesettingError. What goes in and out has no name that could stay behind."""
    with (
        tempfile.TemporaryFile() as html,
        tempfile.TemporaryFile() as pdf,
        tempfile.TemporaryDirectory() as folder,  # of the fonts: a killed process cannot remove its own
    ):
        html.write(source.encode())
        html.seek(0)
        with subprocess.Popen(
            [*TYPESET, *own_files()],
            stdin=html, stdout=pdf, stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
            cwd=settings.BASE_DIR, env={**os.environ, "TMPDIR": folder},
        ) as process:  # fmt: skip
            try:
                words = _listen(process, tell)
            except BaseException:  # Ctrl-C, for one
                process.kill()
                raise
        if process.returncode:
            raise TypesettingError(f"{_ending(process.returncode)}\n{words}".strip())
        if words:
            logger.warning("Laying out the pages: %s", words)
        pdf.seek(0)
        return pdf.read()


def _listen(process: "subprocess.Popen[str]", tell: Progress) -> str:
    """Tell the progress until the process ends; return the last of what else it said."""
    words: deque[str] = deque(maxlen=LINES_KEPT)
    told = 0  # pages that refer to later ones are laid out again
    for line in process.stderr or ():
        found = PROGRESS_LINE.fullmatch(line)
        if found is None:
            words.append(line)
        elif found[1] == "pages":
            tell(gettext("Writing the file: %(count)d pages") % {"count": int(found[2])})
        elif int(found[2]) >= told + PAGES_TOLD:
            told += PAGES_TOLD
            tell(gettext("Page %(number)d") % {"number": told})
    return "".join(words).strip()


def _ending(code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        return gettext("The layout of the pages was killed (%(signal)s): is memory short?") % {"signal": name}
    return gettext("The layout of the pages failed (exit code %(code)d):") % {"code": code}
