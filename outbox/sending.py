"""Send what is due. At least once: a sender killed after the server said yes sends again, same Message-ID.

A message is leased before it is touched; a lease that ran out (``kill -9``) makes it due again. It is prepared and
sent outside the transaction of the lease: no lock is held while a mail server thinks.
"""

import datetime as dt
import logging
import smtplib
from collections import Counter
from collections.abc import Mapping
from email.header import Header
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape

from outbox import lanes
from outbox.addresses import normalise
from outbox.envelope import envelope_sender
from outbox.links import PersonalLink
from outbox.models import Message
from outbox.preparation import prepare
from outbox.reasons import code_in, reason_of

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=4)
MAX_ATTEMPTS = 14  # more than a day, pauses included

# The mail server is away or will not have us: the next message would fare no better.
AWAY = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)
CLOSING = 421  # RFC 5321, section 3.8: whatever was asked


class Mail(EmailMultiAlternatives):
    """With a subject that begins on the line of its name: Django encodes it into words too long for that line."""

    def message(self, **options: Any) -> Any:
        message = super().message(**options)  # refuses line breaks
        if not str(self.subject).isascii():
            subject = Header(str(self.subject), "utf-8", header_name="Subject")
            message.replace_header("Subject", subject.encode())
        return message


class ServerAway(Exception):
    """Raised once the message in hand has been put off."""


class _LaneTaken(Exception):
    """Nothing was leased."""


def send_due(*, limit: int | None = None) -> Counter[str]:
    """Send at most ``limit`` messages; count them by the state they end in, ``queued`` meaning put off.

    Stops when the mail server is away, so that an outage costs one message one attempt, not all of them.
    """
    outcomes: Counter[str] = Counter()
    connection = get_connection()
    try:
        while limit is None or outcomes.total() < limit:
            message = lease(timezone.now())
            if message is None:
                break
            _send(message, connection)
            outcomes[message.state] += 1
    except ServerAway:
        outcomes[Message.State.QUEUED] += 1
    finally:
        connection.close()
    return outcomes


def lease(now: dt.datetime) -> Message | None:
    """Take the message that comes first out of the other senders' hands. Counts the attempt.

    Those for a domain that has had its share of the minute wait, and let the others pass.
    """
    while True:
        try:
            return _lease(now)
        except _LaneTaken:  # by a sender that looked at the same time: that domain is busy now
            continue


@transaction.atomic
def _lease(now: dt.datetime) -> Message | None:
    due = Message.objects.due(now)
    if settings.MAIL_PER_DOMAIN_PER_MINUTE > 0:
        # The lane first: whoever holds a message while they wait for its lane would be passed by a later one.
        domain = due.exclude(domain__in=lanes.busy(now)).values_list("domain", flat=True).first()
        if domain is None:
            return None
        if not lanes.enter(domain, now):
            raise _LaneTaken
        due = due.filter(domain=domain)
    message = due.select_for_update(skip_locked=True).first()
    if message is None:
        transaction.set_rollback(True)  # the place in the lane is another's
        return None
    message.leased_until = now + LEASE
    message.attempts += 1
    message.save(update_fields=["leased_until", "attempts"])
    return message


def _send(message: Message, connection: Any) -> None:
    if _is_withheld(message):
        return _settle(message, Message.State.WITHHELD)
    try:
        values = prepare(message, timezone.now())
        if values is None:
            return _settle(message, Message.State.DROPPED)
        connection.open()  # kept for the next message
        _mail(message, values, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        ((code, said),) = error.recipients.values()  # a message has one recipient
        if _is_permanent(code):
            return _settle(message, Message.State.BOUNCED, **_refusal(code, said))
        return _put_off(message, error, is_away=code == CLOSING)
    except smtplib.SMTPDataError as error:
        if _is_permanent(error.smtp_code):
            return _settle(message, Message.State.FAILED, **_refusal(error.smtp_code, error.smtp_error))
        return _put_off(message, error, is_away=error.smtp_code == CLOSING)
    except Exception as error:
        if _is_away(error):
            return _put_off(message, error, is_away=True)
        # One message that cannot be prepared or written must not hold up those behind it.
        logger.exception("Message %s could not be sent.", message.pk)
        connection.close()
        return _put_off(message, error)
    return _settle(message, Message.State.SENT, sent_at=timezone.now())


def _is_withheld(message: Message) -> bool:
    """MAIL_ONLY_TO restricts all mail; a training site, whose people may be copies of real ones, has its own list."""
    lists = [settings.MAIL_ONLY_TO] if settings.MAIL_ONLY_TO else []
    if settings.TRAINING:
        lists.append(settings.TRAINING_ADDRESSES)
    return any(normalise(message.to) not in map(normalise, addresses) for addresses in lists)


def _mail(message: Message, values: Mapping[str, str], connection: Any) -> Mail:
    tokens = {link: PersonalLink.from_placeholder(link).token for link in message.links}
    texts = tokens | {f"~{name}~": value for name, value in values.items()}
    mail = Mail(
        subject=_fill(message.subject, texts),
        body=_fill(message.text, texts),
        from_email=envelope_sender(message),
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    if message.html:
        texts = {placeholder: escape(value) for placeholder, value in texts.items()}
        mail.attach_alternative(_fill(message.html, texts), "text/html")
    for file in message.attachments.all():
        mail.attach(file.name, file.content, file.content_type)
    return mail


def _fill(text: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def _put_off(message: Message, error: Exception, *, is_away: bool = False) -> None:
    """Twice as long each time; given up after ``MAX_ATTEMPTS``."""
    reason = f"{type(error).__name__}: {error}"
    if message.attempts >= MAX_ATTEMPTS:
        _settle(message, Message.State.FAILED, error=reason)
    else:
        pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
        _settle(message, Message.State.QUEUED, error=reason, next_attempt_at=timezone.now() + pause)
    if is_away:
        raise ServerAway from error


def _settle(message: Message, state: str, **values: Any) -> None:
    """Write the outcome, unless the lease ran out meanwhile and another sender has the message."""
    mine = Message.objects.filter(pk=message.pk, state=Message.State.QUEUED, leased_until=message.leased_until)
    mine.update(state=state, leased_until=None, **values)
    message.state = state


def _is_away(error: Exception) -> bool:
    """Also no network, no certificate, no disk for files: OSErrors, as smtplib’s own are, of another kind."""
    return isinstance(error, AWAY) or (isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException))


def _is_permanent(code: int) -> bool:
    return 500 <= code < 600


def _refusal(code: int, said: bytes | str) -> dict[str, Any]:
    """What the server said, kept, and the reason in words."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    error = f"{code} {text}"
    return {"error": error, "reason": reason_of(code_in(text), error), "reported_at": timezone.now()}
