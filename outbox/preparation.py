"""What other apps do just before one of their messages leaves: start a delay that runs from the sending, or drop
a message that a later fact has made void. They register it; this app knows none of them.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from django.db import transaction

from outbox.models import Message

# Gives what to write in place of ``~name~`` in the message, or None to drop it.
Preparation = Callable[[Message, dt.datetime], Mapping[str, str] | None]

_preparations: dict[str, Preparation] = {}


def prepare_with(kind: str, preparation: Preparation) -> None:
    _preparations[kind] = preparation


def prepare(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Committed before the mail leaves: what it promises then stands in the database."""
    preparation = _preparations.get(message.kind)
    if preparation is None:
        return {}
    with transaction.atomic():
        return preparation(message, now)
