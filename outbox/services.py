"""Write a message in the transaction of the fact it announces; ``outbox.sending`` takes it from there."""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation

from innovation_week.prepared import PreparedInsert
from outbox.links import PersonalLink
from outbox.models import Attachment, Message, MessageQuerySet

BATCH = 500
_messages = PreparedInsert(Message)
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f]+")


@transaction.atomic(savepoint=False)
def queue(
    *,
    kind: str,
    to: str,
    subject: str,
    language: str,
    template: str = "",
    context: Mapping[str, Any] | None = None,
    about: str = "",
    reply_to: str = "",
    attachments: Iterable[Attachment] = (),
    links: Iterable[PersonalLink] = (),
    priority: int = Message.Priority.AWAITED,
    news: str = "",
) -> Message:
    """Write a message to be sent as soon as the transaction is committed.

    ``template`` names two templates, ``<template>.txt`` and ``<template>.html``, rendered in ``language``. Without
    one, the preparation of its kind (``outbox.preparation``) writes the message as it leaves.
    A personal link in the context prints as a placeholder; the sender fills only those listed in ``links``, so
    that a placeholder typed by a stranger into a name stays what it is: text.
    """
    now = timezone.now()
    message = Message(
        kind=kind,
        about=about,
        news=news,
        priority=priority,
        to=to,
        reply_to=reply_to,
        language=language,
        links=[str(link) for link in links],
        message_id=_new_identifier(),
        created_at=now,
        next_attempt_at=now,
    )
    message.subject = _one_line(subject)
    if template:
        write(message, subject=subject, template=template, context=context or {})
    _messages.save(message)
    files = list(attachments)
    for file in files:
        file.message = message
    if files:
        Attachment.objects.bulk_create(files)
    return message


def queue_once(*, news: str, to: str, **message: Any) -> Message | None:
    """``queue``, unless this address was told this news before: then None, also when two tell it at the same time.

    ``news`` names what is told, such as ``moved:ABC123:release-12``, whoever is told.
    """
    if _was_told(news, to):
        return None
    try:
        with transaction.atomic():
            return queue(news=news, to=to, **message)
    except IntegrityError:
        if _was_told(news, to):
            return None
        raise


@dc.dataclass(frozen=True, slots=True)
class Letter:
    """To whom one of many messages goes; the preparation of its kind writes it as it leaves."""

    to: str
    about: str
    subject: str
    language: str
    reply_to: str = ""
    links: tuple[PersonalLink, ...] = ()


@transaction.atomic(savepoint=False)
def queue_for_many(
    letters: Iterable[Letter],
    *,
    kind: str,
    news: str,
    not_before: dt.datetime | None = None,
    priority: int = Message.Priority.MASS,
) -> int:
    """``queue_once`` for each, in a few statements: how many addresses had not been told this news before.

    None of them leaves before ``not_before``.
    """
    now = timezone.now()
    messages = [
        Message(
            kind=kind,
            about=letter.about,
            news=news,
            priority=priority,
            to=letter.to,
            reply_to=letter.reply_to,
            language=letter.language,
            subject=_one_line(letter.subject),
            links=[str(link) for link in letter.links],
            message_id=_new_identifier(),
            created_at=now,
            next_attempt_at=not_before or now,
        )
        for letter in letters
    ]
    told = Message.objects.filter(news=news)
    before = told.count()
    Message.objects.bulk_create(messages, batch_size=BATCH, ignore_conflicts=True)  # the constraint on news decides
    return told.count() - before


def drop_unsent(messages: MessageQuerySet) -> int:
    """Those that are still here and in no sender's hands will not leave; how many."""
    return messages.in_nobodys_hands(timezone.now()).update(state=Message.State.DROPPED)


def _was_told(news: str, to: str) -> bool:
    return Message.objects.alias(address=Lower("to")).filter(news=news, address=Lower(Value(to))).exists()


def write(message: Message, *, subject: str, template: str, context: Mapping[str, Any]) -> None:
    """Fill subject and both bodies, without saving."""
    values = {**context, "subject": subject, "site_url": settings.SITE_URL, "is_demo": settings.DEMO}
    with translation.override(message.language):
        message.subject = _one_line(subject)
        # Plain text is not HTML: an apostrophe must not leave as &#x27;.
        plain: Any = get_template(f"{template}.txt")  # of the Django backend, which gives its own
        message.text = plain.template.render(Context(values, autoescape=False)).strip() + "\n"
        message.html = get_template(f"{template}.html").render(values)


@transaction.atomic(savepoint=False)
def queue_copy(message: Message, *, kind: str, to: str) -> Message:
    """The words of a message that is not saved, for somebody who is none of its readers: without its links."""
    now = timezone.now()
    copy = Message(kind=kind, to=to, message_id=_new_identifier(), created_at=now, next_attempt_at=now)
    for name in ("language", "subject", "text", "html"):
        setattr(copy, name, getattr(message, name))
    copy.subject = _one_line(copy.subject)
    copy.save(force_insert=True)
    return copy


def _one_line(subject: str) -> str:
    return _LINE_BREAKS.sub(" ", subject)[:250]


@transaction.atomic(savepoint=False)
def write_again(message: Message, *, to: str, links: Iterable[PersonalLink]) -> Message:
    """The same words for another address, where ``message`` did not arrive. Each of its links becomes the one of
    ``links`` for the same purpose: what it opened belonged to the former address.
    """
    by_purpose = {link.purpose: link for link in links}
    now = timezone.now()
    again = Message(to=to, message_id=_new_identifier(), created_at=now, next_attempt_at=now)
    for name in ("kind", "about", "priority", "reply_to", "language", "subject", "text", "html"):
        setattr(again, name, getattr(message, name))
    for placeholder in message.links:
        renewed = str(by_purpose[PersonalLink.from_placeholder(placeholder).purpose])
        again.links.append(renewed)
        again.text, again.html = again.text.replace(placeholder, renewed), again.html.replace(placeholder, renewed)
    again.save()
    Attachment.objects.bulk_create(
        Attachment(message=again, name=file.name, content_type=file.content_type, content=file.content)
        for file in message.attachments.all()
    )
    Message.objects.filter(pk=message.pk).update(replaced_by=again)
    return again


def send_again(messages: MessageQuerySet) -> int:
    """Put those in error back in the queue, with all their attempts before them; how many. Not those whose text is
    erased."""
    now = timezone.now()
    # A mail that is written when it leaves may have failed before it had a text.
    failed = messages.failed().exclude(text="", created_at__lt=now - dt.timedelta(days=settings.MESSAGE_DAYS))
    fresh = {"attempts": 0, "next_attempt_at": now, "leased_until": None}
    return failed.update(state=Message.State.QUEUED, error="", reason="", reported_at=None, **fresh)


def _new_identifier() -> str:
    return f"<{uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>"
