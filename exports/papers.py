"""Papers of one page about a registration: ticket, convocation, certificate. Made when somebody asks for them."""

import enum
import threading

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language

from exports.layout import PICTOGRAMS, typeset
from publishing.richtext import to_text
from registrations import connection
from registrations.models import Registration
from registrations.papers import has_certificate, has_convocation, has_ticket
from registrations.published import PublishedSession
from registrations.views.tickets import ticket_context

AT_A_TIME = 2  # by one process of the site: each costs more than a second and sixty megabytes
PATIENCE = 20  # seconds
# The page has an end: above so many characters that are printed whole, letters are smaller, and texts about the venue
# shorter.
ROOMY = 400
LONGEST, LONGEST_WHEN_DENSE = 700, 300

_places = threading.BoundedSemaphore(AT_A_TIME)


class Busy(Exception):
    """Too many papers are being made: to be asked for again."""


class Paper(enum.StrEnum):
    """By the name of its template and of its file."""

    TICKET = "ticket"
    CONVOCATION = "convocation"
    CERTIFICATE = "certificate"

    def is_for(self, registration: Registration, published: PublishedSession) -> bool:
        if self is Paper.TICKET:
            return has_ticket(registration, published)
        if self is Paper.CONVOCATION:
            return has_convocation(registration, published)
        return has_certificate(registration, published, timezone.now())


def make(paper: Paper, registration: Registration, published: PublishedSession) -> bytes:
    """The PDF in the active language; Busy, or TypesettingError."""
    return laid_out(paper_html(paper, registration, published))


def laid_out(source: str) -> bytes:
    """Busy, or TypesettingError."""
    if not _places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return typeset(source, lambda message: None)
    finally:
        _places.release()


def paper_html(paper: Paper, registration: Registration, published: PublishedSession) -> str:
    place = None if registration.is_online else published.place
    is_dense = sum(map(len, _words(registration, published))) > ROOMY
    longest = LONGEST_WHEN_DENSE if is_dense else LONGEST
    values = {
        **ticket_context(registration, published),
        "signatory": published.edition.signatory or published.programme.name,
        "programme": published.programme,
        "how_to_come": in_short(place.access, longest) if place else "",
        "accessibility": in_short(place.accessibility, longest) if place else "",
        "is_dense": is_dense,
        "today": timezone.localdate(timezone=published.zone),
        "theme": settings.THEME,
        "is_demo": settings.DEMO,
        "language": get_language(),
        "site": settings.SITE_URL.split("//")[1],
    }
    return PICTOGRAMS.sub("", render_to_string(f"exports/papers/{paper}.html", values))


def _words(registration: Registration, published: PublishedSession) -> list[str]:
    """All that somebody typed and that is printed whole."""
    item, place, room = published.item, published.place, published.room
    known = connection.of(registration, published)
    words = [known.words if known else "", item.title, item.note, str(registration), registration.employer_name]
    words += [place.name, place.address, place.city, place.identity_notice] if place else []
    return words + ([room.name, room.floor] if room else [])


def in_short(sanitised: str, longest: int) -> str:
    """A text of the programme in as many lines as it needs and no more: a list of forty words is not forty lines."""
    return Truncator(" ".join(to_text(sanitised).split())).chars(longest)
