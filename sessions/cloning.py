"""The sequences, sessions and notices of an edition made again in another one, on the same days of the week."""

import dataclasses as dc
import datetime as dt
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model, QuerySet
from simple_history.utils import bulk_create_with_history

from innovation_week.staff import is_open
from sessions.codes import new_code
from sessions.models import AccessibilityStatement, Edition, LegalNotice, PrivacyNotice, Sequence, Session

Row = TypeVar("Row", bound=Model)
BATCH = 200
NOTICES = (PrivacyNotice, LegalNotice, AccessibilityStatement)
# What a session is, from one year to the next; the rest is what became of it. A test looks at each field.
TAKEN = ["format_id", "title", "lead", "text", "course", "note", "language", "is_online", "sign_language", "captions"]
TAKEN += ["entry", "seats", "walk_in_seats", "online_seats", "most_companions", "has_waiting_list", "is_slot"]
TAKEN += ["eligibility", "eligible_domains", "eligible_subdomains"]


@dc.dataclass(frozen=True, slots=True)
class Shift:
    """A whole number of weeks, the nearest to what lies between two first days: each day keeps its weekday."""

    weeks: int

    @classmethod
    def between(cls, old: dt.date, new: dt.date) -> "Shift":
        return cls(round((new - old).days / 7))

    def day(self, day: dt.date) -> dt.date:
        return day + dt.timedelta(weeks=self.weeks)

    def moment(self, moment: dt.datetime | None, zone: ZoneInfo) -> dt.datetime | None:
        """The same hour on the wall, also across a change of the clocks."""
        if moment is None:
            return None
        on_the_wall = moment.astimezone(zone).replace(tzinfo=None) + dt.timedelta(weeks=self.weeks)
        return on_the_wall.replace(tzinfo=zone).astimezone(dt.UTC)

    def times(self, session: Session) -> tuple[dt.datetime | None, dt.datetime | None]:
        start, end = self.moment(session.starts_at, session.time_zone), self.moment(session.ends_at, session.time_zone)
        if start and end and session.starts_at and session.ends_at and end <= start:
            end = start + (session.ends_at - session.starts_at)  # in the hour that the clocks take away
        return start, end


def sessions_to_clone(source: Edition) -> QuerySet[Session]:
    """Those that take place: what was cancelled, postponed or put away is not planned again."""
    sessions = Session.objects.filter(edition=source).alive()
    return sessions.select_related("edition", "sequence", "owner__limit", "room__venue").order_by(
        "starts_at", "title", "pk"
    )


def clone_row(row: Row, **changes: Any) -> Row:
    """The same values in a row that is not saved yet."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**{**values, **changes})


def create(model: type[Row], rows: list[Row], user: AbstractBaseUser | None) -> list[Row]:
    return bulk_create_with_history(rows, model, batch_size=BATCH, default_user=user) if rows else []


def clone_sequences(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    """Each at the same address, which is how the rest finds it again."""
    create(Sequence, [clone_row(row, edition_id=target.pk) for row in source.sequences.order_by("pk")], user)


def clone_notices(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    for model in NOTICES:
        rows = model._default_manager.filter(edition=source)
        create(model, [clone_row(row, edition_id=target.pk) for row in rows], user)


def clone_sessions(
    source: Edition, target: Edition, shift: Shift, user: AbstractBaseUser | None, *, rooms: bool, audiences: bool
) -> dict[int, Session]:
    """By primary key of the old one, the new session: in design, with a code of its own and nobody registered.

    The sequences of ``target`` are there already.
    """
    sequences = {sequence.slug: sequence.pk for sequence in target.sequences.all()}
    old = list(sessions_to_clone(source))
    codes = _new_codes(len(old))
    new = [
        _clone_session(row, target, sequences[row.sequence.slug], code, shift, rooms=rooms)
        for row, code in zip(old, codes, strict=True)
    ]
    made = {session.code: session for session in create(Session, new, user)}
    clones = {row.pk: made[code] for row, code in zip(old, codes, strict=True)}
    if audiences:
        _clone_audiences(clones)
    return clones


def _clone_session(row: Session, target: Edition, sequence: int, code: str, shift: Shift, *, rooms: bool) -> Session:
    start, end = shift.times(row)
    zone = ZoneInfo(row.edition.time_zone)
    return Session(
        edition=target,
        sequence_id=sequence,
        code=code,
        owner=row.owner if is_open(row.owner) else None,
        room_id=row.room_id if rooms else None,
        starts_at=start,
        ends_at=end,
        registration_opens_at=shift.moment(row.registration_opens_at, zone),
        ask_before=shift.day(row.ask_before) if row.ask_before else None,
        registration_closes_at=shift.moment(row.registration_closes_at, zone),
        **{name: getattr(row, name) for name in TAKEN},
    )


def _clone_audiences(clones: dict[int, Session]) -> None:
    """With what their first entry of history says of them: written in bulk, it would know of none."""
    rows = Session.audiences.through.objects.filter(session__in=list(clones)).order_by("pk")
    made = Session.audiences.through.objects.bulk_create(
        [Session.audiences.through(session_id=clones[row.session_id].pk, audience_id=row.audience_id) for row in rows],
        batch_size=BATCH,
    )
    new = [session.pk for session in clones.values()]
    entries = dict(Session.history.filter(id__in=new).order_by().values_list("id", "history_id"))
    kept = Session.history.model.audiences.model
    kept.objects.bulk_create(
        [
            kept(id=row.pk, session_id=row.session_id, audience_id=row.audience_id, history_id=entries[row.session_id])
            for row in made
        ],
        batch_size=BATCH,
    )


def _new_codes(number: int) -> list[str]:
    """That no session has: in bulk, a clash would refuse them all."""
    taken, codes = set(Session.objects.values_list("code", flat=True)), set[str]()
    while len(codes) < number:
        codes |= {new_code()} - taken
    return sorted(codes)
