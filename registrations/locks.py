"""Whoever takes, gives back, waits or changes capacity, and whoever changes a registration, first locks the rows of
the sessions concerned, in ascending primary key: without that order, two changes of slot wait for each other.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from sessions.models import Edition, Session

# What registering asks of a row; other fields are read when they are asked for.
LIVE_FIELDS = ["code", "edition", *Session.LIVE_FIELDS, *Session.COUNTERS]


def lock(sessions: Iterable[int]) -> dict[int, Session]:
    """The rows of these sessions, by primary key, locked until the end of the transaction."""
    return {session.pk: session for session in _for_change().filter(pk__in=set(sessions)).order_by("pk")}


def lock_one(session: int) -> Session:
    return lock([session])[session]


def lock_by_code(edition: Edition, code: str) -> Session:
    return _for_change().only(*LIVE_FIELDS).get(edition=edition, code=code)


def _for_change() -> QuerySet[Session]:
    return Session.objects.select_for_update(of=("self",), no_key=True)
