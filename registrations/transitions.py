"""A registration goes from one state to another: saved, counted, and how it came about kept."""

import datetime as dt
from typing import Any

from innovation_week.prepared import PreparedInsert
from registrations import access_needs, counts
from registrations.models import Registration, Transition
from sessions.models import Session

PERSON = "person"
WORKER = "worker"
_registrations, _transitions = PreparedInsert(Registration), PreparedInsert(Transition)


def move(
    registration: Registration, to: str, *, row: Session, at: dt.datetime, actor: str, reason: str = "", **values: Any
) -> None:
    """Save the new state with ``values``. ``row`` is the session, locked; IntegrityError when it has no seat left.

    A registration that is not saved yet begins its life here.
    """
    is_new = registration._state.adding
    before, was = ("", {}) if is_new else (registration.state, counts.counted(registration))
    registration.state = Registration.State(to)
    for name, value in values.items():
        setattr(registration, name, value)
    counts.shift(row, was, counts.counted(registration))
    if is_new:
        _registrations.save(registration)
    else:
        registration.save(update_fields=["state", *values])
    record(registration, before, at=at, actor=actor, reason=reason)


def relocate(
    registration: Registration,
    to: str,
    *,
    source: Session,
    target: Session,
    at: dt.datetime,
    actor: str,
    reason: str = "",
    **values: Any,
) -> None:
    """The same from one session to another, both locked. IntegrityError when the second has no seat left."""
    before, was = registration.state, counts.counted(registration)
    registration.session, registration.state = target, Registration.State(to)
    for name, value in values.items():
        setattr(registration, name, value)
    counts.shift(target, {}, counts.counted(registration))
    counts.shift(source, was, {})
    registration.save(update_fields=["session", "state", *values])
    access_needs.session_changed(registration)
    record(registration, before, at=at, actor=actor, reason=reason, left_session=source)


def record(
    registration: Registration,
    before: str,
    *,
    at: dt.datetime,
    actor: str,
    reason: str = "",
    left_session: Session | None = None,
) -> None:
    made = Transition(
        registration=registration,
        from_state=before,
        to_state=registration.state,
        at=at,
        actor=actor,
        reason=reason,
        left_session=left_session,
    )
    _transitions.save(made)
