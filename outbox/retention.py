"""What is kept of a message when its text has served: that it was, to whom, and what became of it."""

import datetime as dt

from django.db.models.functions import Coalesce

from innovation_week import batches
from outbox.models import Attachment, Message


def erase_texts(before: dt.datetime) -> int:
    """Of messages sent, or given up, before then: bodies, attachments, links, and what servers said; how many.

    Subject, kind, state and reason stay: they tell staff what became of it.
    """
    written = Message.objects.alias(since=Coalesce("sent_at", "created_at")).filter(since__lt=before).exclude(text="")
    return batches.each(written.exclude(state=Message.State.QUEUED), _erase)


def _erase(keys: list[int]) -> None:
    Attachment.objects.filter(message__in=keys).delete()
    Message.objects.filter(pk__in=keys).update(text="", html="", links=[], error="")
