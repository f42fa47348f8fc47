"""Mails that say how a registration stands, as they leave. A mail server may put one off for hours, and let a later one
through meanwhile: what is no longer so is not said after that.

They leave in order otherwise, also one that the next takes back: its calendar file may be what the next builds upon.
"""

import datetime as dt
from collections.abc import Mapping

from outbox.models import Message
from registrations import mails
from registrations.models import Registration

State = Registration.State

# What each says, by the states in which it is so.
SAID: dict[str, tuple[str, ...]] = {
    mails.CONFIRMED: Registration.EXPECTED,
    mails.SLOT_CHANGED: Registration.EXPECTED,
    mails.MOVED: Registration.EXPECTED,
    mails.WAITING: (State.WAITING,),
    mails.CANCELLED: (State.CANCELLED,),
    mails.LIST_CLOSED: (State.EXPIRED,),
    mails.NOT_TAKEN: (State.EXPIRED,),
    mails.LINK: tuple(State),
}
# Each says what is so from then on, whatever was said before.
NEWS = (*(kind for kind in SAID if kind != mails.LINK), mails.HOLD, mails.OFFER)


def still_so(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of these mails: None, and nothing leaves, once it is no longer so, or its link opens nothing."""
    registration = mails.registration_of(message)
    if registration is None or str(registration.link) not in message.links:
        return None
    later = Message.objects.filter(about=message.about, kind__in=NEWS, pk__gt=message.pk).only("state", "sent_at")
    if any(each.sent_at is not None for each in later):
        return None
    is_followed = any(each.state == Message.State.QUEUED for each in later)
    return {} if is_followed or registration.state in SAID[message.kind] else None
