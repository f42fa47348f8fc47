"""Who is registered already for a session: by their address, or by the form that they sent."""

import datetime as dt
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Q, QuerySet, UUIDField

from innovation_week.prepared import PreparedObjects, Slot
from registrations import holds
from registrations.addresses import normalise
from registrations.models import Registration
from sessions.models import Session


def _of_person_or_form() -> QuerySet[Registration]:
    same_person = Q(email_key=Slot("email_key", CharField()), state__in=Registration.LIVE)
    same_form = Q(public_id=Slot("public_id", UUIDField()))
    return Registration.objects.filter(same_person | same_form, session_id=Slot("session", BigIntegerField()))


_found = PreparedObjects(Registration, _of_person_or_form)


def find_known(row: Session, email: str, identifier: UUID | None, now: dt.datetime) -> tuple[Registration | None, bool]:
    """The live registration of the address, else of the identifier, and whether the identifier is taken.

    An overdue one is not live.
    """
    key = normalise(email)
    found = _found.all(session=row.pk, email_key=key, public_id=identifier)
    live = [registration for registration in found if registration.state in Registration.LIVE]
    known = max(live, key=lambda registration: registration.email_key == key, default=None)
    if known is not None and known.is_overdue(now):
        holds.expire(row, known, now=now)
        known = None
    return known, any(registration.public_id == identifier for registration in found)
