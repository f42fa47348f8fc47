"""Whoever takes, gives back, waits or changes capacity, and whoever changes a registration, first locks the rows of
the sessions concerned, in ascending primary key: without that order, two changes of slot wait for each other.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import BigIntegerField, CharField, QuerySet
from django.utils.translation import gettext as _

from publishing.prepared import Prepared, Slot
from registrations.models import Registration
from sessions.models import Edition, Session

# What registering asks of a row; other fields are read when they are asked for.
LIVE_FIELDS = ["id", "code", "edition", *Session.LIVE_FIELDS, *Session.COUNTERS, *Session.TELLINGS]
LIVE_COLUMNS = [field.attname for field in Session._meta.concrete_fields if field.name in LIVE_FIELDS]


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


def by_code(rows: QuerySet[Session]) -> QuerySet[Session]:
    """The one of these rows that a prepared query is told."""
    return rows.filter(edition_id=Slot("edition", BigIntegerField()), code=Slot("code", CharField()))


def from_columns(values: Iterable[Any]) -> Session:
    """The row of a session from its ``LIVE_COLUMNS``."""
    return Session.from_db(connection.alias, LIVE_COLUMNS, list(values))


_locked_rows = Prepared(lambda: by_code(Session.objects.select_for_update(no_key=True)).values_list(*LIVE_COLUMNS))


def lock_by_code(edition: Edition, code: str) -> Session:
    for values in _locked_rows.rows(edition=edition.pk, code=code):
        return from_columns(values)
    raise Session.DoesNotExist


def _for_change() -> QuerySet[Session]:
    return Session.objects.select_for_update(of=("self",), no_key=True)
