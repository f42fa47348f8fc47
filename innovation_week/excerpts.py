"""Where two texts differ, as the staff reads it: of a draft and what is public, of a value before and after."""

from django.utils.text import Truncator

LONGEST = 300  # characters of a value told
CONTEXT = 60  # characters before the first that differs


def excerpts(old: str, new: str) -> tuple[str, str]:
    """The part where two texts begin to differ: the typo may stand on the second page."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((position for position, (before, after) in pairs if before != after), min(len(old), len(new)))
    start = max(same - CONTEXT, 0) if max(len(old), len(new)) > LONGEST else 0
    return _excerpt(old, start), _excerpt(new, start)


def _excerpt(text: str, start: int) -> str:
    return Truncator(("…" if start else "") + text[start:]).chars(LONGEST)
