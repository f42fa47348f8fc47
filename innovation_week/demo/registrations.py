"""Seats taken by people who do not exist: confirmed rows, without a mail to anybody."""

import datetime as dt
from itertools import product
from typing import Any

from registrations import counts
from registrations.addresses import normalise
from registrations.locks import lock_one
from registrations.models import Employer, Invitation, Registration, Transition
from sessions.models import Session

ACTOR = "demo"


def fill(
    session: Session,
    count: int,
    *,
    names: dict[str, Any],
    employers: list[Employer],
    now: dt.datetime,
    first: int | None = None,
) -> None:
    """Take ``count`` seats, each for a registration of its own. The caller holds a transaction.

    ``first`` is the number of the first person, of whom each has one; without it, those that the session gets.
    """
    if not count:
        return
    row = lock_one(session.pk)
    free = counts.ROOM.free(row)
    if free is not None and free < count:
        raise ValueError(f"“{session}” has no {count} seats: correct the data of the demonstration.")
    counts.shift(row, {}, {counts.ROOM.taken: count})
    people = list(product(names["last_names"], names["first_names"]))
    start = session.pk * 17 if first is None else first
    rows = Registration.objects.bulk_create(
        _registration(session, (start + rank) % len(people), people, employers, now) for rank in range(count)
    )
    Transition.objects.bulk_create(
        Transition(registration=row, to_state=row.state, at=row.created_at, actor=ACTOR) for row in rows
    )


def invitation(session: Session, email: str, *, now: dt.datetime) -> Invitation:
    """Of somebody who does not exist: no mail takes its link to them. Good until the day of the session."""
    assert session.starts_at is not None, "People are invited to a session that has a day."
    return Invitation(
        session=session,
        email=email,
        email_key=normalise(email),
        last_day=session.starts_at.astimezone(session.time_zone).date(),
        invited_at=now,
        invited_by=ACTOR,
    )


def _registration(
    session: Session, number: int, people: list[tuple[str, str]], employers: list[Employer], now: dt.datetime
) -> Registration:
    """Person ``number`` has the same name, address and employer in every session."""
    last_name, first_name = people[number]
    employer = employers[number % len(employers)]
    email = f"agent{number + 1:03}@example.org"
    is_exclusive = session.is_slot and session.sequence.one_slot_per_person
    return Registration(
        session=session,
        exclusive_sequence=session.sequence if is_exclusive else None,
        state=Registration.State.CONFIRMED,
        first_name=first_name,
        last_name=last_name,
        email=email,
        email_key=email,
        employer=employer,
        employer_name=employer.name,
        branch=employer.branch,
        region=employer.region,
        created_at=now - dt.timedelta(hours=number % 200),
    )
