"""What people type, on one line or on several: nothing that the eye cannot see."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls and marks of direction, halves of pairs, breaks
JOINERS = "\u200c\u200d"  # they shape words of several scripts, and faces
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs for Unicode that are drawn as nothing
BREAKS = "\t\n\r"


def validate_one_line(value: str) -> None:
    _refuse_unseen(value)


def validate_text(value: str) -> None:
    """Several lines."""
    _refuse_unseen(value, kept=BREAKS)


def seen(value: str) -> str:
    """The text without what the eye cannot see; its line breaks stay. For what nobody can be asked to type again."""
    return "".join(character for character in value if character in BREAKS or not _is_unseen(character))


def validate_has_letter(value: str) -> None:
    """For the names of people."""
    if not any(character.isalpha() for character in value):
        raise ValidationError(_("A name holds at least one letter. Write it as people read it."), code="letterless")


def _refuse_unseen(value: str, kept: str = "") -> None:
    for index, character in enumerate(value):
        if _is_unseen(character) and character not in kept:
            near = seen(value[max(0, index - 15) : index + 16])
            message = _("“%(near)s” holds a line break or a character that cannot be seen: type these words again.")
            raise ValidationError(message, code="unseen", params={"near": near})


def _is_unseen(character: str) -> bool:
    return character in BLANKS or (unicodedata.category(character) in UNSEEN and character not in JOINERS)
