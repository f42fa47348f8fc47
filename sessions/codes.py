"""Short public codes: printed, spoken at the door, typed by hand."""

import secrets

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 O 1 I, which are misread
LENGTH = 6

validate_code = RegexValidator(
    rf"^[{ALPHABET}]{{{LENGTH}}}$", _("A code is six capital letters or digits, without 0, O, 1 and I.")
)


def new_code() -> str:
    """Six characters out of 32: a thousand million codes, so a clash is left to the unique constraint."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
