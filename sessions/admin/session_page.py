"""What the page of a session says beside its fields: seats, what is missing next, the last changes."""

import dataclasses as dc
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.actors import who
from sessions.admin.candidacies import parts_of
from sessions.models import Session
from speakers.casting import Part

LAST_CHANGES = 3


@dc.dataclass(frozen=True, slots=True)
class Missing:
    """What to do, and the part of the page where it is done."""

    words: str
    anchor: str


def missing(session: Session, cast: Iterable[Part]) -> Iterator[Missing]:
    """What keeps the session from being ready, in the order of the work. Nothing once it is called off."""
    if session.status in (Session.Status.CANCELLED, Session.Status.POSTPONED, Session.Status.ARCHIVED):
        return
    if session.starts_at is None:
        yield Missing(_("Give a time"), "row-starts_at")
    if session.room_id is None and not session.is_online:
        yield Missing(_("Choose a room"), "row-room")
    for part in cast:
        if part.vacant == 1:
            yield Missing(_("Fill the role “%(role)s”") % {"role": part.role}, "roles")
        elif part.vacant:
            words = _("Fill the role “%(role)s” (%(number)d places)")
            yield Missing(words % {"role": part.role, "number": part.vacant}, "roles")
    if not session.text.strip():
        yield Missing(_("Write the text"), "row-text")
    if session.status != Session.Status.APPROVED:
        yield Missing(_("Have it approved"), "row-status")


@dc.dataclass(frozen=True, slots=True)
class PastChange:
    record: Any
    who: str
    fields: str


def last_changes(session: Session) -> list[PastChange]:
    """One query: which fields, not their values, for which there is the history."""
    records = list(session.history.select_related("history_user")[: LAST_CHANGES + 1])
    older = [*records[1:], None]
    pairs = itertools.islice(zip(records, older, strict=True), LAST_CHANGES)
    return [PastChange(new, who(new), _changed(new, old)) for new, old in pairs]


def _changed(new: Any, old: Any) -> str:
    if old is None:
        return ""
    delta = new.diff_against(old, excluded_fields=["audiences"])
    names = (Session._meta.get_field(name) for name in delta.changed_fields)
    return ", ".join(capfirst(str(getattr(field, "verbose_name", field.name))) for field in names)


def session_page(request: HttpRequest, session: Session) -> dict[str, Any]:
    """For ``admin/programme/session/change_form.html``: a constant number of queries."""
    cast = parts_of(request, session)
    return {
        "cast": cast,
        "vacant": sum(part.vacant for part in cast),
        "missing": list(missing(session, cast)),
        "held": session.seats_held + session.online_seats_held,
        "waiting": session.seats_waiting + session.online_seats_waiting,
        "last_changes": last_changes(session),
    }
