"""Words that come from outside, in a mail: a name is text, whatever it looks like."""

import re

WORD_JOINER = "\u2060"  # no width, and no line breaks there
# After what makes an address of words, wide forms too; after “~”, which begins what the sender fills in.
_BEFORE_MORE = re.compile(r"(?<=[.:/@~．。｡：／＠])(?=[\w/])")


def unlinked(words: str) -> str:
    """As people read it; no mail reader takes “http://evil.example” or “evil.example” for a link."""
    return _BEFORE_MORE.sub(WORD_JOINER, words)
