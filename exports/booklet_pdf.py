"""From a programme document to the A4 booklet: HTML by a template here, PDF by a process of its own."""

import dataclasses as dc
import datetime as dt
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
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from exports.booklet_content import booklet
from innovation_week import dates
from publishing.programme import Programme

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


@dc.dataclass(frozen=True, slots=True)
class Imprint:
    """Which release the booklet prints."""

    number: int
    published_on: dt.date


def make_booklet(programme: Programme, imprint: Imprint, language: str, progress: Progress | None = None) -> bytes:
    """The booklet in ``language``, or TypesettingError. Call it from the worker or the command line."""
    tell = progress or (lambda message: None)
    with translation.override(language):
        sessions = ngettext("%(count)d session", "%(count)d sessions", len(programme.items))
        tell(
            gettext("Arranging the programme: %(sessions)s") % {"sessions": sessions % {"count": len(programme.items)}}
        )
        source = booklet_html(programme, imprint)
        del programme  # large, and of no use during the layout
        tell(gettext("Laying out the pages"))
        return typeset(source, tell)


def booklet_html(programme: Programme, imprint: Imprint) -> str:
    """In the active language."""
    context = {
        "booklet": booklet(programme, printed_on=imprint.published_on),
        "programme": programme,
        "imprint": imprint,
        "published": dates.day(imprint.published_on, with_year=True),
        "theme": settings.THEME,
        "is_demo": settings.DEMO,
        "language": translation.get_language(),
        "site": settings.SITE_URL.split("//")[1],
        "address": settings.SITE_URL + reverse("publishing:programme", args=[programme.edition]),
    }
    return PICTOGRAMS.sub("", render_to_string("exports/booklet.html", context))


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
            logger.warning("Laying out the booklet: %s", words)
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
        return gettext("The layout of the booklet was killed (%(signal)s): is memory short?") % {"signal": name}
    return gettext("The layout of the booklet failed (exit code %(code)d):") % {"code": code}
