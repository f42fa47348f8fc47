"""One change of several sessions: chosen, read row by row, then made; and taken back while nothing else happened."""

import dataclasses as dc
import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.dates import day, when
from innovation_week.staff import name_of
from sessions.models import Session

ELIGIBILITY = ["eligibility", "eligible_domains", "eligible_subdomains"]
# Fields of the page that are those of a session. “shift” moves both times.
PLAIN = [
    "status",
    "owner",
    "sequence",
    "format",
    "room",
    "entry",
    *ELIGIBILITY,
    "seats",
    "is_online",
    "is_slot",
    "sign_language",
    "captions",
    "ask_before",
]
TIMES = ["starts_at", "ends_at"]


@dc.dataclass(frozen=True, slots=True)
class Row:
    """``refusal`` says why the session stays as it is; ``values`` are (label, old, new)."""

    session: Session
    values: tuple[tuple[str, str, str], ...] = ()
    fields: tuple[str, ...] = ()
    refusal: str = ""
    note: str = ""

    @property
    def is_to_change(self) -> bool:
        return bool(self.fields) and not self.refusal


@dc.dataclass(frozen=True, slots=True)
class Wanted:
    """``values`` by name of field; times move by days on the calendar, then by minutes."""

    values: dict[str, Any]
    days: int = 0
    minutes: int = 0


def versions(pks: Iterable[int]) -> dict[int, int]:
    """The last entry in the history of each session. One query."""
    records: Any = Session.history
    records = records.filter(id__in=list(pks)).order_by()
    return dict(records.values_list("id").annotate(Max("history_id")))


def read_versions(told: str) -> dict[int, int]:
    """Out of “12:345,13:346”, as a page carries them."""
    pairs = [pair.split(":") for pair in told.split(",") if pair]
    return {int(pk): int(version) for pk, version in pairs}


def change(session: Session, wanted: Wanted, *, allowed: bool, locked_fields: Collection[str] = ()) -> Row:
    """Changes the object, not the database; a row with a refusal is not to be saved."""
    if not allowed:
        return Row(session, refusal=_("Your account may not change it."))
    names = dict.fromkeys((*PLAIN, *TIMES, *wanted.values))
    before = {name: getattr(session, name) for name in names}
    told_before = {name: _when(session) if name in TIMES else _told(session, name) for name in names}
    refusal = _apply(session, wanted)
    fields = tuple(name for name, old in before.items() if getattr(session, name) != old)
    told = [name for name in fields if name != "ends_at" or "starts_at" not in fields]
    rows = tuple(
        (_label(name), told_before[name], _when(session) if name in TIMES else _told(session, name)) for name in told
    )
    if not refusal and set(fields) & set(locked_fields):
        refusal = _("Your account may not change this field.")
    return Row(session, rows, fields, refusal or _fault(session, fields), _note(session, before["status"]))


def _apply(session: Session, wanted: Wanted) -> str:
    for name, value in wanted.values.items():
        setattr(session, name, value)
    if not wanted.days and not wanted.minutes:
        return ""
    if session.starts_at is None or session.ends_at is None:
        return _("It has no time that could move.")
    session.starts_at, session.ends_at = (_moved(moment, wanted) for moment in (session.starts_at, session.ends_at))
    if session.ask_before and "ask_before" not in wanted.values:
        session.ask_before += dt.timedelta(days=wanted.days)
    return ""


def _moved(moment: dt.datetime, wanted: Wanted) -> dt.datetime:
    """Days keep the time on the clock, also over a change of the hour."""
    local = timezone.localtime(moment) + dt.timedelta(days=wanted.days)
    return (local.astimezone(dt.UTC) + dt.timedelta(minutes=wanted.minutes)).astimezone(local.tzinfo)


def _fault(session: Session, fields: Collection[str]) -> str:
    if "seats" in fields and session.is_overbooked:
        return _("%(taken)d seats are taken already.") % {"taken": session.seats_taken}
    if session.eligibility == Session.Eligibility.DOMAINS and not session.eligible_domains:
        return _("Give the domains whose addresses may register, one a line.")
    try:
        session.clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _note(session: Session, old_status: str) -> str:
    public = {Session.Status.APPROVED, Session.Status.CANCELLED, Session.Status.POSTPONED}
    if session.published_since and old_status in public and session.status not in public:
        return _("The public knows it: the next release takes it away.")
    starts_on = timezone.localtime(session.starts_at).date() if session.starts_at else None
    edition = session.edition
    if starts_on and not edition.starts_on <= starts_on <= edition.ends_on:
        return _("Outside the days of the edition.")
    return ""


def _label(name: str) -> str:
    if name in TIMES:
        return capfirst(_("day and time"))
    field: Any = Session._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def _told(session: Session, name: str) -> str:
    value = getattr(session, name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.date):
        return day(value, with_year=True)
    if isinstance(value, User):
        return name_of(value)
    field: Any = Session._meta.get_field(name)
    choices = dict(field.flatchoices)
    return str(choices.get(value, value)) if value not in (None, "") else "–"


def _when(session: Session) -> str:
    if session.starts_at is None or session.ends_at is None:
        return "–"
    return when(timezone.localtime(session.starts_at), timezone.localtime(session.ends_at))
