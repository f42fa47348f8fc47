"""From a programme document to the A4 booklet: HTML by a template here, PDF by ``exports.layout``."""

import dataclasses as dc
import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from exports.booklet_content import booklet
from exports.layout import PICTOGRAMS, Progress, typeset
from innovation_week import dates
from publishing.programme import Programme


@dc.dataclass(frozen=True, slots=True)
class Imprint:
    """Which release the booklet prints."""

    number: int
    published_on: dt.date


def make_booklet(programme: Programme, imprint: Imprint, language: str, progress: Progress | None = None) -> bytes:
    """The booklet in ``language``, or TypesettingError. Call it from the worker or the command line."""
    tell = progress or (lambda message: None)
    with translation.override(language):
        sessions = ngettext("%(count)d session", "%(count)d sessions", len(programme.lines))
        tell(
            gettext("Arranging the programme: %(sessions)s") % {"sessions": sessions % {"count": len(programme.lines)}}
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
