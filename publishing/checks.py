"""What stops a release: faults of the edition as a whole, conflicts of the sessions that it takes from the draft."""

import dataclasses as dc
import datetime as dt
import functools
from collections.abc import Collection, Iterable, Iterator

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from planning.conflicts import Conflict, Occurrence, Planned, find_conflicts
from publishing.programme import Item, Programme
from sessions.models import Edition, Session

FORCE = "publishing.force_release"


class Checks:
    """Finds the conflicts of one or more drafts of the same moment; reads the database once, when it has to.

    ``only`` are the codes of the sessions that these drafts may take.
    """

    def __init__(self, edition: Edition, only: Collection[str] | None = None) -> None:
        self._edition = edition
        self._only = only

    @functools.cached_property
    def _planned(self) -> Planned:
        return Planned.read(self._edition, only=self._only)

    @functools.cached_property
    def _rows(self) -> dict[str, Session]:
        # All rows of the edition rather than a condition with hundreds of codes.
        return {row.code: row for row in Session.objects.filter(edition=self._edition).only("code", "title")}

    def of(self, programme: Programme, chosen: Collection[str], changed: Collection[str]) -> list[Conflict]:
        """Of the sessions ``chosen``: among themselves and with the others, as the public has them.

        What stands in the way of sessions that a release does not change is no reason to stop it: it warns.
        """
        kept = [item for item in programme.items if item.code not in chosen]
        beside = self._occurrences(programme, kept, kept=True)
        days = (programme.starts_on, programme.ends_on)
        found = find_conflicts(self._edition, planned=self._planned, only=chosen, beside=beside, days=days)
        return [
            conflict
            if any(session.code in changed for session in conflict.sessions)
            else dc.replace(conflict, level="warn")
            for conflict in found
        ]

    def of_published(self, programme: Programme, code: str) -> list[Conflict]:
        """Of one session with the others, all as ``programme`` has them: the draft does not count."""
        others = [item for item in programme.items if item.code != code]
        beside = [
            *self._occurrences(programme, [programme.item_by_code[code]], kept=False),
            *self._occurrences(programme, others, kept=True),
        ]
        days = (programme.starts_on, programme.ends_on)
        return find_conflicts(self._edition, planned=Planned([], {}, []), beside=beside, days=days)

    def _occurrences(self, programme: Programme, items: Iterable[Item], *, kept: bool) -> Iterator[Occurrence]:
        for item in items:
            starts_at, ends_at = item.slot.starts_at, item.slot.ends_at
            if item.state != "scheduled" or starts_at is None or ends_at is None or item.code not in self._rows:
                continue
            room, place = programme.room_of(item.slot), programme.place_by_slug.get(item.slot.place)
            yield Occurrence(
                session=self._rows[item.code],
                title=item.title,
                starts_at=starts_at,
                ends_at=ends_at,
                zone=programme.zone_of(item.slot),
                room=(item.slot.place, item.slot.room) if room else None,
                room_name=f"{room.name} ({place.name})" if room and place else "",
                people={part.person: programme.person_by_code[part.person].name for part in item.parts},
                is_kept=kept,
            )


def faults_of(programme: Programme) -> Iterator[ValidationError]:
    """What no choice of sessions settles."""
    if not programme.items:
        yield ValidationError(_("There would be no session at all: approve one first."), code="empty")
    days = [programme.date_of(item) for item in programme.items if item.slot.starts_at is not None]
    if days and not any(programme.starts_on <= day <= programme.ends_on for day in days):
        message = _("No session takes place on the edition's days, from %(first)s to %(last)s: check its dates.")
        params = {"first": _day(programme.starts_on), "last": _day(programme.ends_on)}
        yield ValidationError(message, code="days", params=params)


def _day(date: dt.date) -> str:
    return date_format(date, "j F Y")


def check_exceptions(forced: Collection[Conflict], *, user: User | None, reason: str) -> None:
    """Forcing asks for a right and a reason. Without a user it is whoever works on the server."""
    if not forced:
        return
    if user is not None and not user.has_perm(FORCE):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("Say why it is published despite the conflict: the reason is kept."), code="reason")
