"""What a ``schedule.xml`` says, as plain values: nothing here knows of the database."""

import dataclasses as dc
import datetime as dt


@dc.dataclass(frozen=True, slots=True)
class ImportedPerson:
    key: str  # identifier in the file; the name where the file gives none
    name: str


@dc.dataclass(frozen=True, slots=True)
class ImportedRoom:
    name: str
    guid: str  # "" unless the file gives one


@dc.dataclass(frozen=True, slots=True)
class ImportedEvent:
    line: int
    key: str  # guid or id in the file
    code: str  # as our own feed writes it, else ""
    title: str
    lead: str
    text: str  # HTML or Markdown, as the file has it
    course: str | None  # None: the file does not know of it
    language: str
    track: str
    kind: str
    room: ImportedRoom | None  # None: online
    starts_at: dt.datetime
    ends_at: dt.datetime
    persons: tuple[ImportedPerson, ...]


@dc.dataclass(frozen=True, slots=True)
class ImportedSchedule:
    title: str
    venue: str
    city: str
    time_zone: str
    starts_on: dt.date
    ends_on: dt.date
    events: tuple[ImportedEvent, ...]
    remarks: tuple[str, ...]  # what was read otherwise than written, for the report
