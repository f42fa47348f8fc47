"""Load both editions. An edition that exists is left as it is: whoever tries the software keeps what they did."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from innovation_week.demo.plan import load_plan
from innovation_week.demo.registrations import fill, invitation
from innovation_week.demo.shared import load_shared
from innovation_week.publication import publish
from registrations.models import Employer
from sessions.models import (
    AccessibilityStatement,
    Audience,
    Edition,
    Format,
    LegalNotice,
    PrivacyNotice,
    Role,
    Sequence,
    Session,
)
from sessions.slots import Hours, Plan, slots_of
from speakers.models import Candidacy, Speaker
from venues.models import Room

DATA = Path(__file__).parent / "data"
ACTOR = "demo"  # in the history of each row, as the reason of the change
WEEKS = ("week_2018", "week_demo")

Row = TypeVar("Row", bound=Model)


def load_demonstration(*, today: dt.date) -> list[Edition]:
    """The editions that this run created. All of an edition is loaded and published, or nothing of it."""
    created = [_load_week(read(name), today) for name in WEEKS]
    return [edition for edition in created if edition is not None]


def read(name: str) -> dict[str, Any]:
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def save(row: Row) -> Row:
    row.full_clean()
    row._change_reason = ACTOR  # type: ignore[attr-defined]  # read by simple_history
    row.save()
    return row


def three_weeks_from(today: dt.date) -> dt.date:
    """A Monday, fifteen to twenty-one days ahead."""
    return today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=3)


@transaction.atomic
def _load_week(data: dict[str, Any], today: dt.date) -> Edition | None:
    if Edition.objects.filter(slug=data["edition"]["slug"]).exists():
        return None
    load_shared(save, read)
    week = _Week(data, today)
    week.load()
    publish(week.edition, note=data["edition"]["note"])
    if not week.is_past:
        load_plan(week.edition, read("plan_demo"), save)
    week.edit()
    return week.edition


class _Week:
    def __init__(self, data: dict[str, Any], today: dt.date) -> None:
        self.data = data
        self.today = today
        self.monday: dt.date = data["edition"].get("monday") or three_weeks_from(today)
        self.is_past = "monday" in data["edition"]
        self.names = read("registrants")
        self.rooms = {f"{room.venue.slug}/{room.slug}": room for room in Room.objects.select_related("venue")}
        self.people = {speaker.import_id: speaker for speaker in Speaker.objects.exclude(import_id="")}
        self.formats = {format_.slug: format_ for format_ in Format.objects.all()}
        self.roles = {(role.format_id, role.slug): role for role in Role.objects.all()}
        self.audiences = {audience.slug: audience for audience in Audience.objects.all()}
        self.visitors: dict[int, int] = {}  # people of the list who have a slot, by sequence

    def load(self) -> None:
        self.edition = self._edition()
        self._notices()
        self.employers = [
            save(Employer(edition=self.edition, name=name, branch=branch, region=region))
            for name, branch, region in read("employers")["employers"]
        ]
        self.sequences = {
            values["slug"]: self._sequence(position, values)
            for position, values in enumerate(self.data["sequences"], 1)
        }
        for values in self.data["sessions"]:
            for day in values.get("days", [values.get("day")]):
                self._session(values, day)
        for values in self.data["slots"]:
            self._slots(values)

    def edit(self) -> None:
        """Changes that nobody has published yet."""
        for change in self.data.get("edits", []):
            session = Session.objects.get(edition=self.edition, title=change["title"])
            for name, value in change["values"].items():
                setattr(session, name, value)
            save(session)

    def _edition(self) -> Edition:
        values = {name: value for name, value in self.data["edition"].items() if name not in ("note", "monday")}
        return save(
            Edition(
                starts_on=self.monday,
                ends_on=self.monday + dt.timedelta(days=6),
                is_current=not self.is_past and not Edition.objects.current().exists(),
                **_stripped(values),
            )
        )

    def _notices(self) -> None:
        notices = read("notices")
        save(PrivacyNotice(edition=self.edition, **notices["privacy"]))
        save(LegalNotice(edition=self.edition, **notices["legal"]))
        save(AccessibilityStatement(edition=self.edition, established_on=self.today, **notices["accessibility"]))

    def _sequence(self, position: int, values: dict[str, Any]) -> Sequence:
        fields = _stripped(values) | {"format": self.formats[values["format"]]}
        return save(Sequence(edition=self.edition, position=position, **fields))

    def _session(self, values: dict[str, Any], day: int | None) -> None:
        sequence = self.sequences[values["sequence"]]
        format_ = self.formats[values["format"]] if "format" in values else sequence.format
        assert format_ is not None
        room = self.rooms[values["room"]] if "room" in values else None
        session = Session(
            edition=self.edition,
            sequence=sequence,
            format=format_,
            room=room,
            is_online=values.get("online", False),
            registration_opens_at=self._opening(values),
            **_fields(values),
        )
        if day is not None:
            session.starts_at, session.ends_at = (self._moment(day, time, session.time_zone) for time in values["time"])
        save(session)
        session.audiences.set(self.audiences[slug] for slug in values.get("audiences", []))
        self._cast(session, values.get("cast", []), Candidacy.Stage.CONFIRMED)
        self._cast(session, values.get("contacted", []), Candidacy.Stage.CONTACTED)
        fill(session, values.get("taken", 0), names=self.names, employers=self.employers, now=timezone.now())
        for email in values.get("invited", []):
            save(invitation(session, email, now=timezone.now()))

    def _slots(self, values: dict[str, Any]) -> None:
        """One slot a person: each registrant of a sequence is somebody else."""
        sequence = self.sequences[values["sequence"]]
        days = {self.monday + dt.timedelta(days=day): taken for day, taken in values["days"]}
        opens, closes, pause, resumes = map(dt.time.fromisoformat, (*values["hours"], *values["pause"]))
        plan = Plan(
            sequence=sequence,
            hours=tuple(Hours(day, opens, closes) for day in days),
            pauses=((pause, resumes),),
            length=dt.timedelta(minutes=values["minutes"]),
            title=values["title"],
            room=self.rooms[values["room"]],
            values={"format": sequence.format}
            | {name: value for name, value in _fields(values).items() if name != "title"},
        )
        audiences = [self.audiences[slug] for slug in values["audiences"]]
        taken = {day: iter(seats) for day, seats in days.items()}
        for slot in slots_of(plan):
            assert slot.starts_at is not None
            save(slot)
            slot.audiences.set(audiences)
            self._fill_slot(slot, next(taken[slot.starts_at.date()], 0))

    def _fill_slot(self, slot: Session, count: int) -> None:
        first = self.visitors.get(slot.sequence_id, 0)
        self.visitors[slot.sequence_id] = first + count
        fill(slot, count, first=first, names=self.names, employers=self.employers, now=timezone.now())

    def _cast(self, session: Session, cast: list[list[str]], stage: str) -> None:
        for position, (role, key) in enumerate(cast):
            save(
                Candidacy(
                    session=session,
                    role=self.roles[session.format_id, role],
                    speaker=self.people[f"demo/{key}"],
                    stage=stage,
                    position=position,
                )
            )

    def _opening(self, values: dict[str, Any]) -> dt.datetime | None:
        if "opens_in_days" not in values:
            return None
        return self._moment(
            0, "09:00", ZoneInfo("Europe/Paris"), self.today + dt.timedelta(days=values["opens_in_days"])
        )

    def _moment(self, day: int, time: str, zone: ZoneInfo, first: dt.date | None = None) -> dt.datetime:
        """A time on the wall of the venue, ``day`` days after the Monday."""
        date = (first or self.monday) + dt.timedelta(days=day)
        return dt.datetime.combine(date, dt.time.fromisoformat(time), zone)


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    """Of a session, those that the file tells as they are."""
    texts = ("title", "lead", "text", "course", "note", "attendance", "internal_note")
    rule = ("eligibility", "eligible_domains", "eligible_subdomains")
    options = ("status", "entry", *rule, "seats", "sign_language", "captions")
    return {"status": Session.Status.APPROVED} | _stripped(values, texts) | _stripped(values, options)


def _stripped(values: dict[str, Any], names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The values, or those of these names, without the line breaks that frame a long text in the file."""
    chosen = values if names is None else {name: values[name] for name in names if name in values}
    return {name: value.strip() if isinstance(value, str) else value for name, value in chosen.items()}
