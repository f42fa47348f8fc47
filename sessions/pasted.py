"""Sessions out of cells copied from a spreadsheet: what each cell means, and what is wrong with it."""

import csv
import dataclasses as dc
import datetime as dt
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation_week.dates import clock, day, end_clock
from sessions.models import Edition, Format, Sequence, Session
from sessions.text import validate_one_line
from sessions.written_times import read_clock, read_clocks, read_day, read_length
from venues.room_names import RoomNames, not_found, plain

MOST_ROWS = 200
MOST_CHARACTERS = 200_000

# In the order that cells without a line of titles have.
COLUMNS = {
    "title": gettext_lazy("title"),
    "sequence": gettext_lazy("sequence"),
    "format": gettext_lazy("format"),
    "day": gettext_lazy("day"),
    "start": gettext_lazy("start"),
    "end": gettext_lazy("end or length"),
    "room": gettext_lazy("room"),
    "seats": gettext_lazy("seats"),
    "owner": gettext_lazy("owner"),
    "slot": gettext_lazy("slot"),
}
HEADINGS = {
    "title": ["titre", "title", "intitule", "seance", "session", "nom"],
    "sequence": ["sequence", "fil", "thread"],
    "format": ["format", "type"],
    "day": ["jour", "date", "day"],
    "start": ["debut", "heure", "horaire", "horaires", "heure de debut", "start", "time", "start time"],
    "end": ["fin", "duree", "heure de fin", "fin ou duree", "end", "length", "duration", "end time", "end or length"],
    "room": ["salle", "lieu", "room", "place"],
    "seats": ["places", "jauge", "nombre de places", "seats", "capacity"],
    "owner": ["responsable", "pilote", "owner"],
    "slot": ["creneau", "slot"],
}
COLUMN_BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}
ONLINE = {"en ligne", "online", "a distance", "visio", "visioconference"}
YES, NO = {"oui", "yes", "x", "1", "vrai", "true"}, {"", "non", "no", "0", "faux", "false"}


@dc.dataclass(frozen=True, slots=True)
class Choices:
    """What words may name, and what an empty cell stands for."""

    edition: Edition
    days: Collection[dt.date]
    sequences: Mapping[str, Sequence]
    formats: Mapping[str, Format]
    owners: Mapping[str, Any]
    rooms: RoomNames
    length: dt.timedelta
    status: str
    sequence: Sequence | None = None
    format: Format | None = None
    day: dt.date | None = None
    start: dt.time | None = None
    owner: Any = None


@dc.dataclass(slots=True)
class Cell:
    column: str
    text: str
    told: str = ""  # as it was understood
    error: str = ""

    @property
    def title(self) -> str:
        return str(capfirst(COLUMNS[self.column]))


@dc.dataclass(slots=True)
class Line:
    number: int  # as the spreadsheet counts, from 1
    cells: list[Cell]
    session: Session

    @property
    def errors(self) -> list[str]:
        return [cell.error for cell in self.cells if cell.error]


@dc.dataclass(frozen=True, slots=True)
class Table:
    columns: list[str]
    rows: list[tuple[int, list[str]]]
    unknown: list[str]  # headings that mean nothing here


def read_table(text: str) -> Table:
    """The cells under their columns. ValidationError when there is nothing, or too much."""
    if len(text) > MOST_CHARACTERS:
        raise ValidationError(_("This is too much at once: paste at most %d lines.") % MOST_ROWS, code="length")
    numbered = [(number, row) for number, row in enumerate(_cells(text), 1) if any(cell.strip() for cell in row)]
    if not numbered:
        raise ValidationError(_("Paste at least one line."), code="empty")
    headings = [plain(cell) for cell in numbered[0][1]]
    if "title" in map(COLUMN_BY_HEADING.get, headings):
        columns = [COLUMN_BY_HEADING.get(heading, "") for heading in headings]
        unknown = [cell for cell, name in zip(numbered[0][1], columns, strict=True) if not name and cell.strip()]
        numbered = numbered[1:]
        if not numbered:
            raise ValidationError(_("There is nothing under the titles of the columns."), code="empty")
    else:
        columns, unknown = list(COLUMNS), []
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        names = ", ".join(str(COLUMNS[name]) for name in sorted(twice))
        raise ValidationError(_("Two columns mean the same: %s. Keep one of them.") % names, code="twice")
    if len(numbered) > MOST_ROWS:
        raise ValidationError(_("This is too much at once: paste at most %d lines.") % MOST_ROWS, code="length")
    widest = max(len(row) for _number, row in numbered)
    return Table(
        [name for name in columns[:widest] if name], [(n, _named(columns, row)) for n, row in numbered], unknown
    )


def _cells(text: str) -> Iterable[list[str]]:
    """Tabs, as spreadsheets copy them; else semicolons, as many on each line; else one cell a line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    semicolons = {line.count(";") for line in text.split("\n") if line.strip()}
    delimiter = "\t" if "\t" in text else ";" if len(semicolons) == 1 and semicolons != {0} else ""
    if not delimiter:
        return [[line] for line in text.split("\n")]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise ValidationError(_("The cells cannot be told apart: %s.") % error, code="cells") from None


def _named(columns: list[str], row: list[str]) -> list[str]:
    padded = [*row, *[""] * (len(columns) - len(row))]
    return [cell.strip() for name, cell in zip(columns, padded, strict=False) if name]


def read_lines(table: Table, choices: Choices) -> list[Line]:
    return [_line(number, dict(zip(table.columns, row, strict=False)), choices) for number, row in table.rows]


def _line(number: int, texts: dict[str, str], choices: Choices) -> Line:
    session = Session(edition=choices.edition, status=choices.status)
    cells = [Cell(column, text) for column, text in texts.items()]
    line, by_column = Line(number, cells, session), {cell.column: cell for cell in cells}
    for column in COLUMNS:
        cell = by_column.get(column, Cell(column, ""))
        try:
            READERS[column](session, cell, choices)
        except ValidationError as error:
            cell.error = " ".join(error.messages)
            if cell not in cells:
                # The column that would tell it was not pasted.
                cells.append(cell)
    return line


def _title(session: Session, cell: Cell, choices: Choices) -> None:
    if not cell.text:
        raise ValidationError(_("A session needs a title."))
    if len(cell.text) > 200:
        raise ValidationError(_("At most 200 characters: this title has %d.") % len(cell.text))
    validate_one_line(cell.text)
    session.title = cell.text


def _sequence(session: Session, cell: Cell, choices: Choices) -> None:
    found = _called(cell.text, choices.sequences) if cell.text else choices.sequence
    if found is None:
        raise ValidationError(_("Name a sequence, or choose above the one for all."))
    session.sequence, cell.told = found, found.title


def _format(session: Session, cell: Cell, choices: Choices) -> None:
    usual = session.sequence.format if session.sequence_id else None
    found = _called(cell.text, choices.formats) if cell.text else (choices.format or usual)
    if found is None and session.sequence_id:
        raise ValidationError(_("Name a format, or choose above the one for all."))
    if found is not None:
        session.format, cell.told = found, found.name


def _day(session: Session, cell: Cell, choices: Choices) -> None:
    """Kept as the midnight that the start is counted from."""
    date = read_day(cell.text, choices.days) if cell.text else choices.day
    if date is None:
        return
    session.starts_at = dt.datetime.combine(date, dt.time(), ZoneInfo(choices.edition.time_zone))
    cell.told = day(date, with_year=True)


def _start(session: Session, cell: Cell, choices: Choices) -> None:
    midnight, session.starts_at = session.starts_at, None
    if not cell.text and choices.start is None:
        if midnight is not None and choices.day is None:
            raise ValidationError(_("A day needs a time: write when it starts, or choose above the time for all."))
        return
    words, _space, hour = cell.text.rpartition(" ")
    if midnight is None and any(sign in words for sign in "/-") and len(words) >= 5:
        # Day and time in one cell, as spreadsheets store them.
        date, first, last = read_day(words, choices.days), read_clock(hour[:5]), None
        midnight = dt.datetime.combine(date, dt.time(), ZoneInfo(choices.edition.time_zone))
    elif cell.text:
        first, last = read_clocks(cell.text)
    else:
        assert choices.start is not None
        first, last = choices.start, None
    if midnight is None:
        if not cell.text:
            return
        raise ValidationError(_("Name a day, or choose above the one for all."))
    session.starts_at = midnight.replace(hour=first.hour, minute=first.minute)
    session.ends_at = _end_at(session.starts_at, last) if last else session.starts_at + choices.length
    cell.told = f"{day(session.starts_at.date())}, {clock(session.starts_at)}"


def _end(session: Session, cell: Cell, choices: Choices) -> None:
    if session.starts_at is None:
        return
    if cell.text:
        session.ends_at = _end_or_length(session.starts_at, cell.text)
    assert session.ends_at is not None
    if session.ends_at <= session.starts_at:
        raise ValidationError(_("A session must end after it starts."))
    cell.told = end_clock(session.ends_at.astimezone(session.starts_at.tzinfo), session.starts_at)


def _end_or_length(start: dt.datetime, words: str) -> dt.datetime:
    """A time later than the start is the end; what is earlier, or counted in minutes, is a length."""
    try:
        time: dt.time | None = read_clock(words)
    except ValidationError:
        time = None
    if time is not None and time > start.time():
        return _end_at(start, time)
    return start + read_length(words)


def _end_at(start: dt.datetime, time: dt.time) -> dt.datetime:
    date = start.date() if time > start.time() else start.date() + dt.timedelta(days=1)
    return dt.datetime.combine(date, time, start.tzinfo)


def _room(session: Session, cell: Cell, choices: Choices) -> None:
    if plain(cell.text) in ONLINE:
        session.is_online = True
        return
    session.room = choices.rooms.find(cell.text)
    cell.told = choices.rooms.label(session.room_id)


def _seats(session: Session, cell: Cell, choices: Choices) -> None:
    if not cell.text:
        return
    number = "".join(cell.text.split())
    if not (number.isdecimal() and len(number) < 10):
        raise ValidationError(_("“%s” is not a number of seats.") % cell.text)
    session.seats = int(number)
    Session._meta.get_field("seats").run_validators(session.seats)


def _owner(session: Session, cell: Cell, choices: Choices) -> None:
    session.owner = _called(cell.text, choices.owners) if cell.text else choices.owner
    cell.told = cell.text


def _slot(session: Session, cell: Cell, choices: Choices) -> None:
    word = plain(cell.text)
    if word not in YES | NO:
        raise ValidationError(_("“%s” is neither yes nor no.") % cell.text)
    session.is_slot = word in YES


def _called(words: str, choices: Mapping[str, Any]) -> Any:
    found = {plain(name): value for name, value in choices.items()}.get(plain(words))
    if found is None:
        # Colleagues may be named by their e-mail address, which is told to nobody who does not know it.
        raise ValidationError(not_found(words, [name for name in choices if "@" not in name]))
    return found


READERS: dict[str, Callable[[Session, Cell, Choices], None]] = {
    "title": _title,
    "sequence": _sequence,
    "format": _format,
    "day": _day,
    "start": _start,
    "end": _end,
    "room": _room,
    "seats": _seats,
    "owner": _owner,
    "slot": _slot,
}
