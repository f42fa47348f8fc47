"""From a programme document to the A4 booklet: HTML by a template, PDF by WeasyPrint, tagged as PDF/UA-1."""

import dataclasses as dc
import datetime as dt
import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from weasyprint import HTML, Document

from exports.booklet_content import booklet
from exports.fetcher import OwnFilesFetcher
from innovation_week import dates
from publishing.programme import Programme

Progress = Callable[[str], None]

VARIANT = "pdf/ua-1"
LAYOUT_STEP = "Step 5"  # the only step of WeasyPrint that lasts

# Emoji and other small pictures, which no font of ours has: they would be printed as empty boxes.
PICTOGRAMS = re.compile("[\u2300-\u23ff\u2600-\u2712\u2719-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U0001f000-\U0001faff]")


@dc.dataclass(frozen=True, slots=True)
class Imprint:
    """Which release the booklet prints."""

    number: int
    published_on: dt.date


class _Pages(logging.Handler):
    """Passes on the pages WeasyPrint says it has laid out, a few at a time."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        page = record.args[0] if isinstance(record.args, tuple) and record.args else None
        if str(record.msg).startswith(LAYOUT_STEP) and isinstance(page, int) and page % 10 == 0:
            self._progress(gettext("Page %(number)d") % {"number": page})


def make_booklet(programme: Programme, imprint: Imprint, language: str, progress: Progress | None = None) -> bytes:
    """The booklet in ``language``. About 20 ms a session; call it from the worker or the command line."""
    tell = progress or (lambda message: None)
    with translation.override(language):
        sessions = ngettext("%(count)d session", "%(count)d sessions", len(programme.items))
        tell(
            gettext("Arranging the programme: %(sessions)s") % {"sessions": sessions % {"count": len(programme.items)}}
        )
        source = _html(programme, imprint)
        tell(gettext("Laying out the pages"))
        document = _layout(source, tell)
        tell(gettext("Writing the file: %(count)d pages") % {"count": len(document.pages)})
        return document.write_pdf(pdf_variant=VARIANT)


def _html(programme: Programme, imprint: Imprint) -> str:
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


def _layout(source: str, tell: Progress) -> Document:
    steps = logging.getLogger("weasyprint.progress")
    handler, level, propagate = _Pages(tell), steps.level, steps.propagate
    steps.addHandler(handler)
    steps.setLevel(logging.INFO)
    steps.propagate = False  # the log of the worker has no use for each page
    try:
        html = HTML(string=source, base_url=f"{settings.SITE_URL}/", url_fetcher=OwnFilesFetcher())
        return html.render(pdf_variant=VARIANT)
    finally:
        steps.removeHandler(handler)
        steps.setLevel(level)
        steps.propagate = propagate
