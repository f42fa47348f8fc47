"""Why a mail did not arrive, in words: from the codes of RFC 3463 and, where these say little, the server's text."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    ADDRESS = "address", _("This address does not exist.")
    DOMAIN = "domain", _("What stands after the @ receives no mail.")
    FULL = "full", _("The mailbox is full.")
    CLOSED = "closed", _("The mailbox is closed.")
    TOO_LARGE = "too_large", _("The mail is too large for this mailbox.")
    REFUSED = "refused", _("The recipient’s server refuses our mails.")
    UNREACHABLE = "unreachable", _("The recipient’s server could not be reached.")
    OTHER = "other", _("The recipient’s server gives no reason that we know.")


# Subject and detail of the code, without its class. Where practice differs from the RFC, practice: Exchange writes
# 1.10 for an unknown recipient, and Postfix 4.4 for a domain that does not exist.
_BY_CODE = {
    "1.1": Reason.ADDRESS,
    "1.2": Reason.DOMAIN,
    "1.3": Reason.ADDRESS,
    "1.6": Reason.ADDRESS,
    "1.10": Reason.ADDRESS,
    "2.1": Reason.CLOSED,
    "2.2": Reason.FULL,
    "2.3": Reason.TOO_LARGE,
    "3.4": Reason.TOO_LARGE,
    "4.2": Reason.UNREACHABLE,
    "4.4": Reason.DOMAIN,
    "4.7": Reason.UNREACHABLE,
}
_BY_WORDS = [
    (re.compile(words, re.IGNORECASE), reason)
    for words, reason in [
        (r"quota|(mail)?box( is|:)? full|over ?storage|insufficient storage|boîte.{0,20}pleine", Reason.FULL),
        (r"(domain|host)[^.]{0,20} not found|domain does not exist|no mx", Reason.DOMAIN),
        (r"(disabled|inactive|suspended|closed)\b", Reason.CLOSED),
        (
            r"(no such|unknown|invalid) (user|recipient|mailbox|address)|(user|recipient|address) unknown"
            r"|(user|recipient|mailbox|address)[^.]{0,40}(not found|not exist|n['’]existe pas|unavailable)"
            r"|recipient address rejected: access denied",
            Reason.ADDRESS,
        ),
        (r"too (large|big)|size limit", Reason.TOO_LARGE),
        (r"spam|blocked|black ?list|policy|denied|dmarc|reputation|not authori[sz]ed", Reason.REFUSED),
        (r"timed? ?out|no answer|unreachable|connection refused", Reason.UNREACHABLE),
    ]
]
_CODE = re.compile(r"(?<![\d.])[245](\.\d{1,3}){2}(?!\d|\.\d)")  # no part of an IP address
_STORAGE_EXCEEDED = re.compile(r"(?<!\d)552(?!\d)")


def code_in(text: str) -> str:
    """The first code that says something, such as “5.1.1”, else any; "" without one."""
    codes = [found.group() for found in _CODE.finditer(text)]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "")


def reason_of(code: str, text: str) -> Reason:
    known = _BY_CODE.get(code.partition(".")[2])
    if known:
        return known
    for words, reason in _BY_WORDS:
        if words.search(text):
            return reason
    if _STORAGE_EXCEEDED.search(text):
        return Reason.FULL
    return Reason.REFUSED if code[2:].startswith("7.") else Reason.OTHER
