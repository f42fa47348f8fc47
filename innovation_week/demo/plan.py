"""How the week of the demonstration is prepared: tasks, services, deliverables."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from exports.models import Deliverable
from planning.models import Service, Task
from publishing.models import Release
from sessions.models import Edition, Sequence, Session

SUPPLIER = {
    "supplier": "Prestataire exemple",
    "contact_name": "Alix Spécimen",
    "contact_email": "prestataire@example.org",
    "contact_phone": "01 99 00 00 00",  # of the numbers that the regulator keeps for fiction
}

Save = Callable[[Any], Any]


def load_plan(edition: Edition, data: dict[str, Any], save: Save) -> None:
    """After the first release: what the programme announces is confirmed, and a deliverable is that release."""
    _tasks(edition, data["tasks"], save)
    _services(edition, data, save)
    _deliverables(edition, data, save)


def _tasks(edition: Edition, tasks: list[dict[str, Any]], save: Save) -> None:
    sequences = {sequence.slug: sequence for sequence in Sequence.objects.filter(edition=edition)}
    for values in tasks:
        task = Task(
            edition=edition,
            title=values["title"],
            offset=values["offset"],
            sequence=sequences[values["sequence"]] if "sequence" in values else None,
            note=values.get("note", ""),
        )
        if values.get("done"):
            task.done_at = dt.datetime.combine(task.due_on, dt.time(17), ZoneInfo(edition.time_zone))
        save(task)


def _services(edition: Edition, data: dict[str, Any], save: Save) -> None:
    sessions = {session.title: session for session in Session.objects.filter(edition=edition)}
    for session in sessions.values():
        for name, kind in Service.ANNOUNCED.items():
            if getattr(session, name):
                amount = data["amounts"][name]
                save(Service(session=session, kind=kind, state="confirmed", amount=amount, **SUPPLIER))
    for values in data["services"]:
        session = sessions[values["session"]]
        save(Service(**{**values, **SUPPLIER, "session": session}))


def _deliverables(edition: Edition, data: dict[str, Any], save: Save) -> None:
    release = Release.objects.filter(edition=edition).newest_first().first()
    for values in data["deliverables"]:
        delivered, accepted = (
            edition.starts_on + dt.timedelta(days=values[name]) if name in values else None
            for name in ("delivered", "accepted")
        )
        deliverable = Deliverable(
            edition=edition,
            title=values["title"],
            due_on=edition.starts_on + dt.timedelta(days=values["offset"]),
            delivered_on=delivered,
            accepted_on=accepted,
            accepted_by=data["accepted_by"] if accepted else "",
            release=release if values.get("release") else None,
        )
        save(deliverable)
