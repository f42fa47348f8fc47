"""Read delivery reports from a mailbox, over IMAP.

Mails are read in the order of their identifiers, from where the last reading stopped, whether or not a person opened
them. What was recorded is marked as read; everything else stays as it is, unread, for people. A reader that is killed
reads a mail again, which changes nothing: first the message is marked, then the mail, then how far we came.
"""

import datetime as dt
import imaplib
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone

from innovation_week.environment import MailboxAddress
from outbox.bounces import record
from outbox.models import Mailbox
from outbox.reports import read

TIMEOUT = 20  # seconds without a word from the server
LONGEST = 256 * 1024  # bytes read of a mail: what a report says stands before the mail it returns
HORIZON = dt.timedelta(days=30)  # how far back the first reading goes


class MailboxAway(OSError):
    """The server cannot be reached, or does not let us in."""


def read_bounces() -> Counter[str]:
    """Record what the reports say; count mails by what became of them. Nothing without IMAP_URL."""
    outcomes: Counter[str] = Counter()
    address = settings.IMAP
    if address is None:
        return outcomes
    try:
        with _opened(address) as connection:
            mailbox = _progress(connection, address)
            for identifier in _new(connection, mailbox):
                outcomes[_take(connection, identifier)] += 1
                Mailbox.objects.filter(pk=mailbox.pk).update(last_identifier=identifier)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxAway(f"{address.host}: {error}") from error
    return outcomes


@contextmanager
def _opened(address: MailboxAddress) -> Iterator[Any]:
    trusted = ssl.create_default_context()  # imaplib would take any certificate
    if address.scheme == "imaps":
        connection: Any = imaplib.IMAP4_SSL(address.host, address.port, ssl_context=trusted, timeout=TIMEOUT)
    else:
        connection = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)
    with connection:  # logs out
        if address.scheme == "imap+tls":
            connection.starttls(trusted)
        connection.login(address.user, address.password)
        _done(connection.select(f'"{address.folder}"'))
        yield connection


def _progress(connection: Any, address: MailboxAddress) -> Mailbox:
    validity = int(connection.response("UIDVALIDITY")[1][0])
    mailbox, _is_new = Mailbox.objects.get_or_create(
        name=f"{address.user}@{address.host}/{address.folder}", defaults={"validity": validity}
    )
    if mailbox.validity != validity:  # the server numbered its mails anew
        mailbox.validity, mailbox.last_identifier = validity, 0
        mailbox.save()
    return mailbox


def _new(connection: Any, mailbox: Mailbox) -> list[int]:
    """Identifiers of the mails to read, in order."""
    since = imaplib.Time2Internaldate(timezone.now() - HORIZON)[1:12].strip()
    (found,) = _done(connection.uid("SEARCH", f"UID {mailbox.last_identifier + 1}:* SINCE {since}"))
    # A range that ends with a star holds the last mail at least, however small its number.
    return sorted(number for number in map(int, (found or b"").split()) if number > mailbox.last_identifier)


def _take(connection: Any, identifier: int) -> str:
    """Record what a mail says, if it is a report of ours."""
    answer = _done(connection.uid("FETCH", str(identifier), f"(INTERNALDATE BODY.PEEK[]<0.{LONGEST}>)"))
    parts = [part for part in answer if isinstance(part, tuple)]
    if not parts:
        return "gone"  # removed in the meantime
    report = read(parts[0][1])
    if report is None:
        return "left"
    message = record(report, arrived_at=_arrival(parts[0][0] + b" " + answer[-1]))
    if message is None:
        return "unknown"
    _done(connection.uid("STORE", str(identifier), "+FLAGS.SILENT", r"(\Seen)"))
    return "bounced" if report.is_permanent else "delayed"


def _arrival(answer: bytes) -> dt.datetime:
    """When the mailbox received it: unlike the date in the mail, nobody can write what they like there."""
    local = imaplib.Internaldate2tuple(answer)
    assert local is not None, f"No INTERNALDATE in {answer!r}"
    return dt.datetime.fromtimestamp(time.mktime(local), dt.UTC)


def _done(answer: tuple[str, Any]) -> Any:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"{kind} {data!r}")
    return data
