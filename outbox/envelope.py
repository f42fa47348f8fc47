"""The address that a mail is sent from, where reports come back to. It may name the message (VERP)."""

import re
from collections.abc import Iterable

from django.conf import settings

from outbox.models import Message

MARK = "*"  # in BOUNCE_ADDRESS: where the name of the message stands


def envelope_sender(message: Message) -> str:
    """Without BOUNCE_ADDRESS, whoever the mails are from."""
    address: str = settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL
    return address.replace(MARK, _name(message.message_id))


def identifiers_named_by(addresses: Iterable[str]) -> list[str]:
    """The beginnings of the Message-IDs, up to the @, that these addresses name."""
    before, mark, after = settings.BOUNCE_ADDRESS.partition(MARK)
    if not mark:
        return []
    pattern = re.compile(f"{re.escape(before)}([^@]+){re.escape(after)}", re.IGNORECASE)
    return [f"<{found.group(1)}@" for address in addresses if (found := pattern.fullmatch(address))]


def _name(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]
