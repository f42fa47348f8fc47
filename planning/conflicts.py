"""What stands in the way of publishing an edition: each with its name and what to do about it."""

import dataclasses as dc
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import Edition, Role, Session
from speakers.models import Candidacy


@dc.dataclass(frozen=True, slots=True)
class Conflict:
    """``level`` is "block" (the release waits) or "warn" (staff decide)."""

    code: str
    level: str
    sessions: tuple[Session, ...]
    message: str
    advice: str


def find_conflicts(edition: Edition) -> list[Conflict]:
    """All conflicts among the sessions that the next release would hold. A constant number of queries."""
    sessions = list(
        Session.objects.filter(edition=edition, status=Session.Status.APPROVED)
        .select_related("room__venue", "format")
        .order_by("starts_at", "title", "pk")
    )
    by_pk = {session.pk: session for session in sessions}
    candidacies = Candidacy.objects.confirmed().filter(session__in=by_pk).select_related("speaker")
    cast: dict[int, list[Candidacy]] = {}
    for candidacy in candidacies:
        cast.setdefault(candidacy.session_id, []).append(candidacy)
    roles = list(Role.objects.filter(required__gt=0, format__sessions__in=by_pk).distinct())
    return [
        *_without_time(sessions),
        *_outside_edition(edition, sessions),
        *_same_room(sessions),
        *_same_person(by_pk, cast),
        *_room_too_small(sessions),
        *_roles_unfilled(sessions, cast, roles),
        *_without_room(sessions),
    ]


def _without_time(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        if session.starts_at is None:
            message = _("“%(title)s” has no time.") % {"title": session.title}
            yield Conflict("no_time", "block", (session,), message, _("Give its start and end, or leave it a draft."))


def _outside_edition(edition: Edition, sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        if session.starts_at is None or session.ends_at is None:
            continue
        first = session.starts_at.astimezone(session.time_zone).date()
        # The day of its start counts: a night may end on the morning after the last day.
        if edition.starts_on <= first <= edition.ends_on:
            continue
        message = _("“%(title)s” takes place on %(day)s, outside the edition's days.") % {
            "title": session.title,
            "day": date_format(first, "j F Y"),
        }
        yield Conflict("outside", "block", (session,), message, _("Move it, or change the edition's days."))


def _same_room(sessions: Iterable[Session]) -> Iterator[Conflict]:
    by_room: dict[int, list[Session]] = {}
    for session in sessions:
        if session.room_id is not None and session.starts_at is not None:
            by_room.setdefault(session.room_id, []).append(session)
    for held in by_room.values():
        for first, second in _overlaps(held):
            assert first.room is not None
            message = _("“%(first)s” and “%(second)s” are in %(room)s at the same time (%(when)s).") % {
                "first": first.title,
                "second": second.title,
                "room": first.room,
                "when": _when(second),
            }
            yield Conflict("same_room", "block", (first, second), message, _("Move one of them, or change its room."))


def _same_person(sessions: dict[int, Session], cast: dict[int, list[Candidacy]]) -> Iterator[Conflict]:
    by_speaker: dict[int, dict[int, Candidacy]] = {}
    for candidacies in cast.values():
        for candidacy in candidacies:
            by_speaker.setdefault(candidacy.speaker_id, {})[candidacy.session_id] = candidacy
    for parts in by_speaker.values():
        held = sorted((sessions[pk] for pk in parts if sessions[pk].starts_at), key=_start)
        for first, second in _overlaps(held):
            message = _("%(person)s is in “%(first)s” and “%(second)s” at the same time (%(when)s).") % {
                "person": parts[first.pk].speaker.name,
                "first": first.title,
                "second": second.title,
                "when": _when(second),
            }
            advice = _("Move one of them, or take the person out of one.")
            yield Conflict("same_person", "block", (first, second), message, advice)


def _room_too_small(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        capacity = session.room.capacity if session.room else None
        if capacity is None or session.seats is None or session.seats <= capacity:
            continue
        message = _("“%(title)s” offers %(seats)d seats; %(room)s holds %(capacity)d people.") % {
            "title": session.title,
            "seats": session.seats,
            "room": session.room,
            "capacity": capacity,
        }
        yield Conflict("room_too_small", "block", (session,), message, _("Choose a larger room or lower the seats."))


def _roles_unfilled(
    sessions: Iterable[Session], cast: dict[int, list[Candidacy]], roles: Iterable[Role]
) -> Iterator[Conflict]:
    by_format: dict[int, list[Role]] = {}
    for role in roles:
        by_format.setdefault(role.format_id, []).append(role)
    for session in sessions:
        filled = Counter(candidacy.role_id for candidacy in cast.get(session.pk, []))
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


def _overlaps(sessions: list[Session]) -> Iterator[tuple[Session, Session]]:
    """Pairs that share some time; ``sessions`` are in order of start, and one may begin when another ends."""
    for position, first in enumerate(sessions):
        for second in sessions[position + 1 :]:
            assert first.ends_at is not None
            if _start(second) >= first.ends_at:
                break
            yield first, second


def _start(session: Session) -> dt.datetime:
    assert session.starts_at is not None
    return session.starts_at


def _when(session: Session) -> str:
    local = _start(session).astimezone(session.time_zone)
    return date_format(local, "j F, H:i")
