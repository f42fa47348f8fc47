"""The code of a ticket: read by a camera, spelt by a voice, typed by hand.

It is the beginning of the registration's random identifier in the letters of our other codes: nothing more to
store, and unique as that is. Why is told in docs/decisions/0015-ticket-code.md.
"""

from uuid import UUID

import segno
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from registrations.models import Registration
from sessions.codes import ALPHABET

LENGTH = 12
GROUP = 4  # characters, as they are read out
_BITS = 5  # each character tells
_REST = 128 - _BITS * LENGTH  # bits of the identifier that the code does not tell
_BETWEEN_GROUPS = str.maketrans("", "", " -.\u00a0\u202f")


def code_of(registration: Registration) -> str:
    number = registration.public_id.int >> _REST
    return "".join(ALPHABET[(number >> _BITS * place) & 31] for place in reversed(range(LENGTH)))


def grouped(code: str) -> str:
    """“K7PM 3QXA 9RTB”."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def with_code(registrations: QuerySet[Registration], typed: str) -> QuerySet[Registration]:
    """The one that bears this code, in whatever case and groups it was typed; none when it is no code."""
    code = typed.translate(_BETWEEN_GROUPS).upper()
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return registrations.none()
    first = sum(ALPHABET.index(sign) << _BITS * place for place, sign in enumerate(reversed(code))) << _REST
    return registrations.filter(public_id__range=(UUID(int=first), UUID(int=first + (1 << _REST) - 1)))


def address(code: str) -> str:
    """What the picture of the ticket says, in capitals: a picture of capitals and digits has fewer and larger squares.

    In the main language, whose addresses have no prefix.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return (settings.SITE_URL + reverse("registrations:scanned", args=[code])).upper()


def picture(code: str) -> str:
    """The QR code as an address of an image: dark on light with its margin, whatever the page around it."""
    # At least a quarter of the picture may be scratched; omitsize: the style sheet says how large.
    return segno.make(address(code), error="q").svg_data_uri(light="#fff", omitsize=True)
