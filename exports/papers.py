"""Papers of one page about a registration: ticket, convocation, certificate. Made when somebody asks for them."""

import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language

from exports.layout import PICTOGRAMS, typeset
from publishing.richtext import to_text
from registrations.models import Registration
from registrations.published import PublishedSession

AT_A_TIME = 2  # by one process of the site: each costs more than a second and sixty megabytes
PATIENCE = 20  # seconds
# The page has an end: above so many characters that are printed whole, letters are smaller, and texts about the venue
# shorter.
ROOMY = 400
LONGEST, LONGEST_WHEN_DENSE = 700, 400

_places = threading.BoundedSemaphore(AT_A_TIME)


class Busy(Exception):
    """Too many papers are being made: to be asked for again."""


def make(template: str, published: PublishedSession, context: Mapping[str, Any]) -> bytes:
    """The PDF in the active language; Busy, or TypesettingError."""
    source = paper_html(template, published, context)
    if not _places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return typeset(source, lambda message: None)
    finally:
        _places.release()


def paper_html(template: str, published: PublishedSession, context: Mapping[str, Any]) -> str:
    is_dense = sum(map(len, _words(published, context["registration"]))) > ROOMY
    longest = LONGEST_WHEN_DENSE if is_dense else LONGEST
    values = {
        **context,
        "published": published,
        "programme": published.programme,
        "how_to_come": in_short(published.place.access, longest) if published.place else "",
        "accessibility": in_short(published.place.accessibility, longest) if published.place else "",
        "is_dense": is_dense,
        "today": timezone.localdate(timezone=published.zone),
        "theme": settings.THEME,
        "is_demo": settings.DEMO,
        "language": get_language(),
        "site": settings.SITE_URL.split("//")[1],
    }
    return PICTOGRAMS.sub("", render_to_string(f"exports/papers/{template}.html", values))


def _words(published: PublishedSession, registration: Registration) -> list[str]:
    """All that somebody typed and that is printed whole."""
    item, place, room = published.item, published.place, published.room
    words = [item.title, item.note, str(registration), registration.employer_name]
    words += [place.name, place.address, place.city] if place else []
    return words + ([room.name, room.floor] if room else [])


def in_short(sanitised: str, longest: int) -> str:
    """A text of the programme in as many lines as it needs and no more: a list of forty words is not forty lines."""
    return Truncator(" ".join(to_text(sanitised).split())).chars(longest)
