"""What a delivery report changes: the message it is about did not arrive, or is late.

A report is believed when it names a mail that we sent by what only its recipient and the servers on the way know,
its Message-ID or the envelope address made of it, and when it complains about the very address we wrote to.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from outbox.addresses import normalise
from outbox.envelope import identifiers_named_by
from outbox.models import Message
from outbox.reasons import reason_of
from outbox.reports import Report

# Between our clock and the mailbox's. A report that is older than the sending is about an earlier one.
DRIFT = dt.timedelta(minutes=10)


@transaction.atomic
def record(report: Report, *, arrived_at: dt.datetime) -> Message | None:
    """The message that did not arrive, marked; None when the report is about none of ours. Safe to call again."""
    message = _find(report, arrived_at)
    if message is None or message.state == Message.State.BOUNCED:
        return message
    message.reason = reason_of(report.code, report.diagnostic)
    message.error = report.diagnostic
    message.reported_at = arrived_at
    if report.is_permanent:
        message.state = Message.State.BOUNCED
        message.leased_until = None
    message.save(update_fields=["reason", "error", "reported_at", "state", "leased_until"])
    return message


def _find(report: Report, arrived_at: dt.datetime) -> Message | None:
    """Locked. Also one that is still queued: its sender was killed after the server had said yes."""
    named = Q(message_id__in=report.identifiers)
    for beginning in identifiers_named_by(report.envelope):
        named |= Q(message_id__startswith=beginning)
    left = Q(state__in=[Message.State.SENT, Message.State.BOUNCED]) | Q(state=Message.State.QUEUED, attempts__gt=0)
    for message in Message.objects.select_for_update().filter(named & left):
        is_earlier = message.sent_at is not None and arrived_at < message.sent_at - DRIFT
        if normalise(message.to) in report.recipients and not is_earlier:
            return message
    return None
