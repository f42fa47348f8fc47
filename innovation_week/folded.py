"""Search without regard to accents or case, the same on both databases.

``icontains`` finds ``ÉCOLE`` for ``école`` on one engine only, and neither finds ``école`` for ``ecole``. The
lookup turns the words searched into a regular expression, which both engines have.
"""

import re
import unicodedata
from typing import Any

from django.db import models
from django.db.models.lookups import IRegex

_VARIANTS = {
    "a": "àâäáãåā",
    "c": "çćč",
    "e": "éèêëēėę",
    "g": "ğ",
    "i": "îïíìīı",
    "l": "ł",
    "n": "ñńň",
    "o": "ôöóòõøō",
    "r": "ř",
    "s": "śšş",
    "t": "ţť",
    "u": "ùûüúūů",
    "y": "ÿýỳ",
    "z": "źžż",
    "'": "’",
    "-": "‑–",
    " ": "\u00a0\u202f",
}
# Longest first: “oe” is one letter in “œuvre”.
_PAIRS = {"oe": "œŒ", "ae": "æÆ", "ss": "ßẞ"}
_PARTS = re.compile("|".join([*_PAIRS, "."]), re.DOTALL)


def pattern(text: str) -> str:
    """A regular expression that matches ``text``, with or without accents, in either case."""
    plain = "".join(_bare(character) for character in text.casefold())
    return _PARTS.sub(lambda part: _alternatives(part.group()), plain)


def _bare(character: str) -> str:
    for letter, variants in _VARIANTS.items():
        if character in variants:
            return letter
    for pair, letters in _PAIRS.items():
        if character in letters:
            return pair
    return unicodedata.normalize("NFD", character)[0]


def _alternatives(part: str) -> str:
    if part in _PAIRS:
        letters = "".join(_alternatives(letter) for letter in part)
        return f"(?:{letters}|[{_PAIRS[part]}])"
    variants = _VARIANTS.get(part, "")
    # Both cases are spelt out: PostgreSQL folds only the letters that its locale knows.
    return f"[{re.escape(part)}{variants}{variants.upper()}]" if variants else re.escape(part)


@models.CharField.register_lookup
@models.TextField.register_lookup
class Folded(models.Lookup):
    """``field__folded="ecole"`` finds ``École``; meant for ``search_fields``."""

    lookup_name = "folded"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return IRegex(self.lhs, pattern(str(self.rhs))).as_sql(compiler, connection)
