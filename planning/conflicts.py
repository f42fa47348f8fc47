"""What stands in the way of publishing sessions: each conflict with its name and what to do about it."""

import dataclasses as dc
import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation_week import dates
from innovation_week.light_rows import Row, instances, rows
from planning.models import Service
from planning.models.service import unconfirmed
from sessions.models import Edition, Role, Session
from speakers.models import Candidacy


@dc.dataclass(frozen=True, slots=True)
class Conflict:
    """``level`` is "block" (its sessions wait) or "warn" (staff decide)."""

    code: str
    level: str
    sessions: tuple[Session, ...]
    message: str
    advice: str


@dc.dataclass(frozen=True, slots=True)
class Occurrence:
    """When, where and with whom a session takes place: as the draft has it or, if it ``is_kept``, the public."""

    session: Session
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: ZoneInfo
    room: tuple[str, str] | None  # slugs of venue and room
    room_name: str
    people: Mapping[str, str]  # names by code
    is_kept: bool = False


@dc.dataclass(frozen=True, slots=True)
class Planned:
    """What conflicts are found in: approved sessions in order of start, who is confirmed in each, what each needs."""

    sessions: list[Session]
    cast: dict[int, list[Row]]  # by primary key of the session: ``role_id``, code and name of the speaker
    roles: list[Role]  # required ones

    @classmethod
    def read(cls, edition: Edition, *, only: Collection[str] | None = None) -> Self:
        """Three queries. ``only`` are the codes of the sessions to look at."""
        approved = Session.objects.filter(edition=edition, status=Session.Status.APPROVED)
        if only is not None:
            approved = approved.filter(code__in=only)
        ordered = approved.order_by("starts_at", "title", "pk")
        sessions = instances(ordered, "edition", "room", "room__venue")
        pks = [session.pk for session in sessions]
        confirmed = Candidacy.objects.confirmed().filter(session__in=pks)
        cast: dict[int, list[Row]] = {}
        for part in rows(confirmed, ["session_id", "role_id", "speaker__code", "speaker__name"]):
            cast.setdefault(part.session_id, []).append(part)
        return cls(sessions, cast, list(Role.objects.filter(required__gt=0, format__sessions__in=pks).distinct()))


def find_conflicts(
    edition: Edition,
    *,
    planned: Planned | None = None,
    only: Collection[str] | None = None,
    beside: Iterable[Occurrence] = (),
    days: tuple[dt.date, dt.date] | None = None,
) -> list[Conflict]:
    """All conflicts among the sessions that the next release would hold.

    ``only``: codes of the sessions that it takes from the draft; ``beside`` are then the others as the public goes
    on knowing them, and what these have among themselves is told no more. ``days`` are the first and the last that
    the release gives the edition.
    """
    planned = planned or Planned.read(edition, only=only)
    cast = planned.cast
    sessions = [session for session in planned.sessions if only is None or session.code in only]
    drafted = (_occurrence(session, cast.get(session.pk, [])) for session in sessions if session.starts_at)
    occurrences = sorted((*drafted, *beside), key=lambda held: (held.starts_at, held.title, held.session.code))
    return [
        *_without_time(sessions),
        *_outside_edition(days or (edition.starts_on, edition.ends_on), occurrences),
        *_same_room(occurrences),
        *_same_person(occurrences),
        *_room_too_small(sessions),
        *_roles_unfilled(sessions, cast, planned.roles),
        *_without_room(sessions),
        *_access_unconfirmed(sessions),
    ]


def in_the_way(edition: Edition, proposed: Collection[Session], others: Iterable[Session]) -> list[Conflict]:
    """Of sessions that are not saved yet, what is in their room at the same time: others, and themselves."""
    occurrences = [_occurrence(session, []) for session in (*proposed, *others) if session.starts_at]
    found = find_conflicts(edition, planned=Planned([], {}, []), beside=occurrences)
    codes = {session.code for session in proposed}
    return [conflict for conflict in found if conflict.code == "same_room" and _touches(conflict, codes)]


def _touches(conflict: Conflict, codes: Collection[str]) -> bool:
    return any(session.code in codes for session in conflict.sessions)


def _occurrence(session: Session, cast: Iterable[Row]) -> Occurrence:
    assert session.starts_at is not None
    assert session.ends_at is not None
    return Occurrence(
        session=session,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.time_zone,
        room=(session.room.venue.slug, session.room.slug) if session.room else None,
        room_name=str(session.room or ""),
        people={part.speaker__code: part.speaker__name for part in cast},
    )


def _without_time(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        if session.starts_at is None:
            message = _("“%(title)s” has no time.") % {"title": session.title}
            yield Conflict("no_time", "block", (session,), message, _("Give its start and end, or leave it a draft."))


def _outside_edition(days: tuple[dt.date, dt.date], occurrences: Iterable[Occurrence]) -> Iterator[Conflict]:
    for held in occurrences:
        first = held.starts_at.astimezone(held.zone).date()
        # The day of its start counts: a night may end on the morning after the last day.
        if held.is_kept or days[0] <= first <= days[1]:
            continue
        message = _("“%(title)s” takes place on %(day)s, outside the edition's days.") % {
            "title": held.title,
            "day": date_format(first, "j F Y"),
        }
        yield Conflict("outside", "block", (held.session,), message, _("Move it, or change the edition's days."))


def _same_room(occurrences: Iterable[Occurrence]) -> Iterator[Conflict]:
    by_room: dict[tuple[str, str], list[Occurrence]] = {}
    for held in occurrences:
        if held.room is not None:
            by_room.setdefault(held.room, []).append(held)
    for in_room in by_room.values():
        for first, second in _overlaps(in_room):
            message = _("“%(first)s” and “%(second)s” are in %(room)s at the same time (%(when)s).") % {
                "first": _name(first),
                "second": _name(second),
                "room": first.room_name,
                "when": _when(second),
            }
            advice = _("Move one of them, or change its room.")
            yield Conflict("same_room", "block", (first.session, second.session), message, advice)


def _same_person(occurrences: Iterable[Occurrence]) -> Iterator[Conflict]:
    by_person: dict[str, list[Occurrence]] = {}
    for held in occurrences:
        for code in held.people:
            by_person.setdefault(code, []).append(held)
    for code, with_person in by_person.items():
        for first, second in _overlaps(with_person):
            message = _("%(person)s is in “%(first)s” and “%(second)s” at the same time (%(when)s).") % {
                "person": first.people[code],
                "first": _name(first),
                "second": _name(second),
                "when": _when(second),
            }
            advice = _("Move one of them, or take the person out of one.")
            yield Conflict("same_person", "block", (first.session, second.session), message, advice)


def _room_too_small(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        capacity = session.room.capacity if session.room else None
        if capacity is None:
            continue
        if session.seats_taken > capacity:
            yield _more_taken_than_places(session, capacity)
            continue
        if session.seats is None or session.seats <= capacity:
            continue
        message = _("“%(title)s” offers %(seats)d seats; %(room)s holds %(capacity)d people.") % {
            "title": session.title,
            "seats": session.seats,
            "room": session.room,
            "capacity": capacity,
        }
        yield Conflict("room_too_small", "block", (session,), message, _("Choose a larger room or lower the seats."))


def _more_taken_than_places(session: Session, capacity: int) -> Conflict:
    message = _("%(taken)d seats of “%(title)s” are taken; %(room)s holds %(capacity)d people.") % {
        "taken": session.seats_taken,
        "title": session.title,
        "room": session.room,
        "capacity": capacity,
    }
    return Conflict("room_too_small", "block", (session,), message, _("Choose a larger room: nobody is evicted."))


def _roles_unfilled(
    sessions: Iterable[Session], cast: dict[int, list[Row]], roles: Iterable[Role]
) -> Iterator[Conflict]:
    by_format: dict[int, list[Role]] = {}
    for role in roles:
        by_format.setdefault(role.format_id, []).append(role)
    for session in sessions:
        filled = Counter(part.role_id for part in cast.get(session.pk, []))
        for role in by_format.get(session.format_id, []):
            missing = role.required - filled[role.pk]
            if missing > 0:
                message = ngettext(
                    "“%(title)s” lacks %(missing)d person in the role “%(role)s”.",
                    "“%(title)s” lacks %(missing)d people in the role “%(role)s”.",
                    missing,
                ) % {"title": session.title, "missing": missing, "role": role.name}
                advice = _("Confirm somebody in this role, or leave the session a draft.")
                yield Conflict("role_unfilled", "block", (session,), message, advice)


def _without_room(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        if session.room_id is None and not session.is_online:
            message = _("“%(title)s” has no room.") % {"title": session.title}
            yield Conflict("no_room", "warn", (session,), message, _("Choose a room, or say that it is online."))


def _access_unconfirmed(sessions: Iterable[Session]) -> Iterator[Conflict]:
    """The boxes of a session say what is announced, a confirmed service makes it true."""
    announced = [session for session in sessions if session.sign_language or session.captions]
    services: dict[int, list[Service]] = {}
    for service in Service.objects.filter(session__in=announced, kind__in=Service.ANNOUNCED.values()):
        services.setdefault(service.session_id, []).append(service)
    for session in announced:
        for kind in unconfirmed(session, services.get(session.pk, [])):
            message = _("“%(title)s” announces “%(kind)s”, and no service confirms it.") % {
                "title": session.title,
                "kind": kind.label,
            }
            advice = _("Confirm the service, or announce it no longer.")
            yield Conflict("access_unconfirmed", "warn", (session,), message, advice)


def _overlaps(occurrences: list[Occurrence]) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Pairs that share some time; they are in order of start, and one may begin when another ends."""
    for position, first in enumerate(occurrences):
        for second in occurrences[position + 1 :]:
            if second.starts_at >= first.ends_at:
                break
            if not (first.is_kept and second.is_kept):
                yield first, second


def _name(held: Occurrence) -> str:
    return _("%s (as published)") % held.title if held.is_kept else held.title


def _when(held: Occurrence) -> str:
    local = held.starts_at.astimezone(held.zone)
    return f"{dates.day_and_month(local.date())}, {dates.clock(local)}"
