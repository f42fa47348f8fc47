"""Every kind of personal data has an end: all the durations, and what applies them. docs/operating.md tells the same.

Safe to run at any time, to run again, and to be killed: what is erased is erased in short transactions.
"""

import dataclasses as dc
import datetime as dt
import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from innovation_week import batches
from innovation_week.back_office.personal_export import forget_exports
from innovation_week.durations import (
    ACCESS_NEEDS,
    CORRECTIONS,
    EXPORTS,
    LINK_REQUESTS,
    LOGINS,
    MESSAGES,
    PACES,
    STAFF_ACTIONS,
)
from innovation_week.logins import forget_ended_sessions, forget_logins
from outbox.lanes import forget_paces
from outbox.retention import erase_texts
from registrations import access_needs, unclaimed
from registrations.retention import erase_outdated, forget_other_messages, forget_requests

logger = logging.getLogger(__name__)


@dc.dataclass(frozen=True, slots=True)
class Kind:
    what: str
    kept: dt.timedelta | None  # None: each row tells its own end
    erase: Callable[[dt.datetime], int]  # what is older than the moment; how many


def forget_staff_actions(before: dt.datetime) -> int:
    """Django's own log, which the history of each object tells better."""
    return batches.delete(LogEntry.objects.filter(action_time__lt=before))


def kinds() -> list[Kind]:
    return [
        Kind("registrants", None, erase_outdated),
        Kind("accessibility needs", ACCESS_NEEDS, access_needs.erase),
        Kind("needs and answers to be claimed", CORRECTIONS, unclaimed.erase),
        Kind("texts of messages", dt.timedelta(days=settings.MESSAGE_DAYS), erase_texts),
        Kind("requests for links", LINK_REQUESTS, forget_requests),
        Kind("messages about no registration", MESSAGES, forget_other_messages),
        Kind("log-ins", LOGINS, forget_logins),
        Kind("browser sessions", None, forget_ended_sessions),
        Kind("exports of people", EXPORTS, forget_exports),
        Kind("actions of the staff", STAFF_ACTIONS, forget_staff_actions),
        Kind("paces of domains", PACES, forget_paces),
    ]


def purge() -> dict[str, int]:
    """Apply every duration; how much of each kind was erased. One that fails does not keep the others from it."""
    now = timezone.now()
    counts: dict[str, int] = {}
    failures: list[Exception] = []
    for kind in kinds():
        try:
            counts[kind.what] = kind.erase(now - kind.kept if kind.kept else now)
        except (OperationalError, InterfaceError):
            raise  # the database is away: for the others too
        except Exception as error:
            failures.append(error)
    if any(counts.values()):
        logger.info("Erased: %s.", ", ".join(f"{what} {count}" for what, count in counts.items() if count))
    if failures:
        raise ExceptionGroup("Not everything could be erased", failures)
    return counts
