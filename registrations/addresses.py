"""A person is one e-mail address: its normal form, and the likely slip in its domain."""

import difflib
import functools

from outbox.addresses import normalise

__all__ = ["is_of_a_machine", "is_too_long", "normalise", "suggestion"]

LONGEST = 254  # characters, of the address and of its normal form

# Public domains that people in France write by hand. A typo is only guessed towards one of these.
COMMON_DOMAINS = (
    "gmail.com",
    "orange.fr",
    "wanadoo.fr",
    "hotmail.fr",
    "hotmail.com",
    "outlook.fr",
    "outlook.com",
    "live.fr",
    "yahoo.fr",
    "yahoo.com",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "neuf.fr",
    "bbox.fr",
    "icloud.com",
    "protonmail.com",
    "culture.gouv.fr",
    "developpement-durable.gouv.fr",
    "dgfip.finances.gouv.fr",
    "finances.gouv.fr",
    "interieur.gouv.fr",
    "intradef.gouv.fr",
    "justice.gouv.fr",
    "justice.fr",
    "modernisation.gouv.fr",
    "pm.gouv.fr",
    "sante.gouv.fr",
    "aphp.fr",
    "pole-emploi.fr",
)
# Real domains that look like a typo of another.
ALSO_REAL = frozenset({"gmx.com", "gmx.fr", "mail.com", "ymail.com", "live.com", "me.com", "ac.fr", "proton.me"})
LIKENESS = 0.84


def is_of_a_machine(email: str) -> bool:
    """Our mail server would deliver to itself, or to its neighbours behind the firewall."""
    return email.endswith(("@localhost", "]"))


def is_too_long(email: str) -> bool:
    return max(len(email), len(normalise(email))) > LONGEST


def suggestion(email: str) -> str | None:
    """The address with the domain that was probably meant, when a common one was mistyped."""
    local, _at, domain = email.rpartition("@")
    meant = _meant(domain.casefold())
    return f"{local}@{meant}" if meant else None


@functools.lru_cache(maxsize=1024)  # thousands of people write a few domains
def _meant(domain: str) -> str | None:
    if domain in COMMON_DOMAINS or domain in ALSO_REAL:
        return None
    close = difflib.get_close_matches(domain, COMMON_DOMAINS, n=1, cutoff=LIKENESS)
    return close[0] if close else None
