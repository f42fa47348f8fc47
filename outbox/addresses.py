"""The form under which two writings of one e-mail address are equal."""

import contextlib


def normalise(email: str) -> str:
    """Case folded, domain in ASCII (IDNA). Nothing provider-specific: dots and “+tags” make different addresses."""
    local, _at, domain = email.strip().casefold().rpartition("@")
    # A domain that has no such form stays as written: the form refuses it, and a guess could merge two people.
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"
