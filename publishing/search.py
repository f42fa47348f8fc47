"""Search that knows neither accents nor capitals, over the programme document: the same on every database."""

import re
import unicodedata
from typing import TYPE_CHECKING

from publishing.richtext import to_text

if TYPE_CHECKING:
    from publishing.programme import Item, Programme

# Letters that decomposition leaves whole.
_WHOLE_LETTERS = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
_COMBINING = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[\w+#]+")  # C++ and C# are words


def fold(text: str) -> str:
    """“L’École, à Nîmes” → “l ecole a nimes”."""
    if not text.isascii():
        for letter, plain in _WHOLE_LETTERS.items():
            text = text.replace(letter, plain)
        text = _COMBINING.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(_WORD.findall(text.casefold()))


def search_text(programme: "Programme", item: "Item") -> str:
    """All that a person may know of a session, folded."""
    thread = programme.thread_by_slug.get(item.thread)
    place = programme.place_by_slug.get(item.slot.place)
    room = programme.room_of(item.slot)
    people = [programme.person_by_code[part.person] for part in item.parts]
    words = [
        item.title,
        item.lead,
        *(to_text(html) for html in (item.text, item.course)),
        item.note,
        item.code,
        thread.title if thread else "",
        programme.formats.get(item.format, ""),
        *(part.label for part in item.parts),
        *(f"{person.name} {person.organisation}" for person in people),
        f"{place.name} {place.city}" if place else "",
        room.name if room else "",
    ]
    return fold(" ".join(words))


def search(programme: "Programme", wanted: str) -> frozenset[str]:
    """Codes of the sessions that hold every word of ``wanted``, whole or as a part of a word."""
    words = fold(wanted).split()
    return frozenset(code for code, text in programme.search_texts.items() if all(word in text for word in words))
