"""The connection of a session changed: those who come online are told once, by a mail written as it leaves."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from outbox.models import Message
from outbox.services import drop_unsent, queue_for_many
from registrations import connection, mails
from registrations.locks import lock_one
from registrations.published import find
from sessions.models import Session


@transaction.atomic
def tell(session: Session, *, now: dt.datetime) -> int:
    """After the staff changed it; how many people. Who confirms meanwhile waits for the lock, and reads the new link.

    What was to tell a former change and has not left yet does not leave any more.
    """
    Session.objects.filter(pk=session.pk).update(
        connection_changes=F("connection_changes") + 1, connection_changed_at=now
    )
    row = lock_one(session.pk)
    drop_unsent(Message.objects.filter(kind=mails.CONNECTION, news__startswith=_news(row, "")))
    published = find(row.edition.slug, row.code)
    if published is None or not (row.connection_link or row.connection_note):
        return 0
    letters = [mails.connection_changed(registration, published) for registration in connection.told(row, now)]
    return queue_for_many(letters, kind=mails.CONNECTION, news=_news(row, row.connection_changes))


def write(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail: nothing leaves to who gave up coming, or when there is no link any more."""
    registration = mails.registration_of(message)
    published = find(registration.session.edition.slug, registration.session.code) if registration else None
    if registration is None or published is None or connection.of(registration, published) is None:
        return None
    mails.write_later(message, registration, published)
    mails.attach_calendar(message, registration, published)
    return {}


def _news(session: Session, number: int | str) -> str:
    return f"connection:{session.code}:{number}"
