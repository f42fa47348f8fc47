import datetime as dt

from registrations.models import Registration, Transition

PERSON = "person"
WORKER = "worker"


def move(registration: Registration, to: str, *, at: dt.datetime, actor: str, reason: str = "") -> None:
    """Save the new state, and how it came about. The caller holds the lock of the session."""
    before, registration.state = registration.state, Registration.State(to)
    registration.save(update_fields=["state"])
    record(registration, before, at=at, actor=actor, reason=reason)


def record(registration: Registration, before: str, *, at: dt.datetime, actor: str, reason: str = "") -> None:
    Transition.objects.create(
        registration=registration, from_state=before, to_state=registration.state, at=at, actor=actor, reason=reason
    )
