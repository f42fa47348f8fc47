"""What the form of a session proposes at one moment: to register, to wait, or nothing."""

import dataclasses as dc
import datetime as dt
from typing import Any, Self

from django.db.models import QuerySet, SlugField

from innovation_week.prepared import PreparedObjects, Slot
from registrations import counts, locks, questions, waiting_list
from registrations.published import PublishedSession
from sessions.domains import Domains
from sessions.models import Session

OPEN = ("open", "few")


@dc.dataclass(frozen=True, slots=True)
class Offer:
    state: str  # of the session
    most_companions: int
    is_hybrid: bool  # in a room and online: people choose
    full: tuple[str, ...]  # of a hybrid session: "room" or "online"
    can_wait: bool
    waiting: int  # people on the waiting list
    opens_at: dt.datetime | None
    has_questions: bool = False
    eligibility: str = Session.Eligibility.OPEN
    domains: Domains | None = None  # whose addresses may register, when those of some may

    @classmethod
    def of(cls, published: PublishedSession, now: dt.datetime, *, is_eligible: bool = False) -> Self:
        """One query. ``is_eligible``: to somebody whom a session by invitation takes."""
        item = published.item
        row: Any = _rows.get(edition=published.edition.pk, code=item.code, format=item.format)
        pools = {"room": counts.ROOM, "online": counts.ONLINE} if published.is_hybrid else {"room": counts.ROOM}
        full = tuple(name for name, pool in pools.items() if pool.free(row) == 0 or pool.is_waited_for(row))
        state = published.state(row, now, is_eligible=is_eligible)
        return cls(
            state=state,
            most_companions=row.most_companions,
            is_hybrid=published.is_hybrid,
            full=full,
            can_wait=bool(full) and state in (*OPEN, "full") and waiting_list.is_open(row, published, now),
            waiting=row.seats_waiting + row.online_seats_waiting,
            opens_at=published.opens_at(row),
            has_questions=bool(row.has_questions),
            eligibility=row.eligibility,
            domains=row.domains if row.eligibility == Session.Eligibility.DOMAINS else None,
        )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def _with_questions() -> QuerySet[Session]:
    asked = questions.is_asked(Slot("format", SlugField()))
    return locks.by_code(Session.objects.annotate(has_questions=asked))


_rows = PreparedObjects(Session, _with_questions, only=locks.LIVE_FIELDS, annotated=["has_questions"])
