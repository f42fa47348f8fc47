"""What is left to do on sessions: one rule for the dashboard's lines and for the lists that they open."""

import dataclasses as dc
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.counts import waits_with_seats_in_sight
from sessions.models import Session
from speakers.casting import lacks_required_role

# Who of the staff a thing waits for, when nobody carries it by name: the roles of docs/roles.md, in the words of the
# database.
LEAD, EDITORS, RECRUITERS, LOGISTICS = "Chef de projet", "Éditorial", "Intervenants", "Logistique"
REFERENT = "Référent accessibilité"


@dc.dataclass(frozen=True, slots=True)
class SessionTask:
    """``word`` stands in the address of the list, ``name`` in its filter, ``line`` on the dashboard after a number."""

    word: str
    name: Any
    line: Any
    waits_for: str
    condition: Q
    is_for_owner: bool = True  # whoever carries the session has it among their own


SESSION_TASKS = (
    SessionTask(
        "roles",
        _("Roles to fill"),
        _("sessions with roles to fill"),
        RECRUITERS,
        Session.ALIVE & Q(lacks_required_role()),
    ),
    SessionTask(
        "time",
        _("Without day and time"),
        _("sessions without day and time"),
        EDITORS,
        Session.ALIVE & Q(starts_at__isnull=True),
    ),
    SessionTask("room", _("Without room"), _("sessions without room"), LOGISTICS, Session.WITHOUT_ROOM),
    SessionTask("text", _("Without text"), _("sessions without text"), EDITORS, Session.ALIVE & Q(lead="", text="")),
    SessionTask(
        "review",
        _("In approval"),
        _("sessions in approval"),
        LEAD,
        Q(status=Session.Status.REVIEW),
        is_for_owner=False,
    ),
    SessionTask(
        "owner",
        _("Without owner"),
        _("sessions that nobody carries"),
        LEAD,
        Session.ALIVE & Q(owner__isnull=True),
        is_for_owner=False,
    ),
    SessionTask("seats", _("Almost full"), _("sessions almost full"), LOGISTICS, Session.ALIVE & Session.LAST_SEATS),
    SessionTask(
        "waiting",
        _("Waiting list that moves"),
        _("sessions whose waiting list has seats free or offered"),
        LOGISTICS,
        Session.ALIVE & waits_with_seats_in_sight(),
    ),
)
BY_WORD = {task.word: task for task in SESSION_TASKS}
