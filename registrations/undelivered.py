"""Mails about registrations that did not arrive: whom they did not reach, and how they reach the right address."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import BigIntegerField, Max, QuerySet
from django.db.models.functions import Cast, Substr

from outbox.models import Message
from outbox.services import write_again
from registrations import mails, participants
from registrations.links import ticket_link
from registrations.models import Registration
from registrations.published import PublishedSession


def not_reached() -> QuerySet[Registration]:
    """Live, and a mail about it did not arrive."""
    number = Cast(Substr("about", len(mails.ABOUT) + 1), BigIntegerField())
    failed = Message.objects.failed().filter(about__startswith=mails.ABOUT).order_by()
    return Registration.objects.live().filter(pk__in=failed.annotate(number=number).values("number"))


def lost(registration: Registration) -> list[Message]:
    """What a person should have read and did not: of each kind the last, of those that tell how things stand now."""
    last_change = registration.transitions.aggregate(at=Max("at"))["at"]
    failed = Message.objects.failed().filter(about=mails.about(registration)).exclude(text="").order_by("pk")
    present = failed.filter(created_at__gte=last_change) if last_change else failed
    return list({message.kind: message for message in present}.values())


def send_to_new_address(
    registration: Registration, published: PublishedSession | None, messages: Iterable[Message], *, now: dt.datetime
) -> None:
    """What was lost, or else a fresh link. Whatever did not arrive at the former address is settled thereby."""
    is_held = registration.state == Registration.State.HELD  # its mail is written when it leaves
    links = [registration.link, ticket_link(registration), participants.of(registration).link]
    written = [write_again(message, to=registration.email, links=links) for message in messages if not is_held]
    if not written and published is not None:
        mails.again(registration, published, now=now)
    about = Message.objects.filter(about=mails.about(registration))
    last = about.filter(to=registration.email).order_by("pk").last()
    if last is not None:
        about.failed().update(replaced_by=last)
