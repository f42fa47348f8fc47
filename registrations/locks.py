"""Whoever takes, gives back, waits or changes capacity, and whoever changes a registration, first locks the rows of
the sessions concerned, in ascending primary key: without that order, two changes of slot wait for each other.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import BigIntegerField, CharField, QuerySet
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _

from innovation_week.prepared import PreparedObjects, Slot
from registrations.models import Registration
from sessions.models import Edition, Session

# What registering asks of a row; other fields are read when they are asked for.
LIVE_FIELDS = ["code", "edition", *Session.LIVE_FIELDS, *Session.COUNTERS, *Session.TELLINGS]


def lock(sessions: Iterable[int]) -> dict[int, Session]:
    """The rows of these sessions, by primary key, locked until the end of the transaction."""
    return {session.pk: session for session in _for_change().filter(pk__in=set(sessions)).order_by("pk")}


def lock_one(session: int) -> Session:
    return lock([session])[session]


def lock_of(registration: Registration) -> Session:
    """The row of its session; the registration is read again under the lock."""
    return lock_with(registration, [])[registration.session_id]


def lock_with(registration: Registration, sessions: Iterable[int]) -> dict[int, Session]:
    """The same with the rows of other sessions. ValidationError when it changed its session for one not locked."""
    rows = lock([registration.session_id, *sessions])
    registration.refresh_from_db()
    if registration.session_id not in rows:
        raise moved()
    return rows


def moved() -> ValidationError:
    return ValidationError(_("Your slot was changed a moment ago. See how things stand, then try again."), "changed")


def lock_by_code(edition: Edition, code: str) -> Session:
    _require_transaction()
    return _locked_by_code.get(edition=edition.pk, code=code)


def lock_live(session: int) -> Session:
    """As ``lock_one``, without what registering asks nothing of."""
    _require_transaction()
    return _locked_by_pk.get(pk=session)


def _require_transaction() -> None:
    """Django says so when it writes the query, which is once for a prepared one."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock lasts as long as a transaction, and there is none.")


def by_code(rows: QuerySet[Session]) -> QuerySet[Session]:
    """The one of these rows that a prepared query is told."""
    return rows.filter(edition_id=Slot("edition", BigIntegerField()), code=Slot("code", CharField()))


def _for_change() -> QuerySet[Session]:
    return Session.objects.select_for_update(of=("self",), no_key=True)


_locked = Session.objects.select_for_update(no_key=True)
_locked_by_code = PreparedObjects(Session, lambda: by_code(_locked), only=LIVE_FIELDS)
_locked_by_pk = PreparedObjects(Session, lambda: _locked.filter(pk=Slot("pk", BigIntegerField())), only=LIVE_FIELDS)
