"""Which language a text is in, by its commonest small words: for files that do not tell it."""

import html
import re
from collections import Counter

# No word stands under two languages ("on", "des", "in", "die", "plus" are left out), so that each found counts for one.
STOP_WORDS = {
    "fr": "au aux avec ce ces cette dans du elle est et ils l la le les leur mais nous où par pas pour qu que qui sa "
    "sans ses son sont sur un une vous être à",
    "en": "and are as be by can for from has have how i is it its not of or our that the their there these they this "
    "to we what which will with you your",
    "de": "auf aus bei das dem den der ein eine einen einer für ich im ist kann mit nicht oder sich sie sind und von "
    "werden wie wir zu zum zur über",
}
_LANGUAGES = {word: language for language, words in STOP_WORDS.items() for word in words.split()}
_TAGS = re.compile(r"<[^>]*>|https?://\S+|`[^`]*`")
_WORDS = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str:
    """``fr``, ``en`` or ``de``; or "" when fewer than two small words, or not twice as many as of any other, tell it.

    ``text`` may be HTML or Markdown. A title alone is often too short to tell: who asks must have another answer.
    """
    words = _WORDS.findall(_TAGS.sub(" ", html.unescape(text)).lower())
    found = Counter(_LANGUAGES[word] for word in words if word in _LANGUAGES).most_common(2)
    first = found[0][1] if found else 0
    second = found[1][1] if len(found) > 1 else 0
    return found[0][0] if first >= max(2, 2 * second) else ""
