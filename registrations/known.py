"""Who is registered already for a session: by their address, or by the form that they sent."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, CharField, Q, QuerySet, UUIDField

from publishing.prepared import Prepared, Slot
from registrations import holds
from registrations.addresses import normalise
from registrations.models import Registration
from sessions.models import Session

COLUMNS = [field.attname for field in Registration._meta.concrete_fields]


def _rows() -> QuerySet[Registration, Any]:
    same_person = Q(email_key=Slot("email_key", CharField()), state__in=Registration.LIVE)
    same_form = Q(public_id=Slot("public_id", UUIDField()))
    rows = Registration.objects.filter(same_person | same_form, session_id=Slot("session", BigIntegerField()))
    return rows.values_list(*COLUMNS)


_prepared_rows = Prepared(_rows)


def find_known(row: Session, email: str, identifier: UUID | None, now: dt.datetime) -> tuple[Registration | None, bool]:
    """The live registration of the address, else of the identifier, and whether the identifier is taken.

    An overdue one is not live.
    """
    key = normalise(email)
    rows = _prepared_rows.rows(session=row.pk, email_key=key, public_id=identifier)
    found = [Registration.from_db(connection.alias, COLUMNS, list(values)) for values in rows]
    live = [registration for registration in found if registration.state in Registration.LIVE]
    known = max(live, key=lambda registration: registration.email_key == key, default=None)
    if known is not None and known.is_overdue(now):
        holds.expire(row, known, now=now)
        known = None
    return known, any(registration.public_id == identifier for registration in found)
