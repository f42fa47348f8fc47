"""A table as a file that spreadsheets open: a workbook of Excel, or lines of CSV; never with formulas."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.text import capfirst
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Column = tuple[Any, Callable[[Any], Any]]  # its head, and what stands under it

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH, WIDEST = 12, 45  # characters
LONGEST_NAME = 31  # of a sheet
BOM = "\ufeff"  # without it, Excel reads UTF-8 as something else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def workbook(name: str, columns: Sequence[Column], rows: Iterable[Any], zone: dt.tzinfo) -> bytes:
    """One sheet, whose heads stay in view; times on the clock of ``zone``."""
    table = [[_plain(value(row), zone) for _head, value in columns] for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name.translate(_NOT_IN_A_NAME)[:LONGEST_NAME])
    sheet.freeze_panes = "A2"
    for place, (head, _value) in enumerate(columns):
        longest = max((len(str(row[place])) for row in table), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(
            max(longest, len(str(head)), WIDTH) + 2, WIDEST
        )
    sheet.append([_cell(sheet, capfirst(str(head)), is_head=True) for head, _value in columns])
    for row in table:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(value: Any, zone: dt.tzinfo) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    if value is None or isinstance(value, int):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))


def _cell(sheet: Any, value: Any, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # what a stranger typed into a name is no formula
    if is_head:
        cell.font = Font(bold=True)
    return cell


def csv_lines(columns: Sequence[Column], rows: Iterable[Any], zone: dt.tzinfo) -> Iterator[str]:
    """As spreadsheets of France read it: semicolons, UTF-8 announced, times on the clock of ``zone``."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM + writer.writerow([cell(capfirst(str(head)), zone) for head, _value in columns])
    for row in rows:
        yield writer.writerow([cell(value(row), zone) for _head, value in columns])


def cell(value: Any, zone: dt.tzinfo) -> str:
    """Never a formula: what a stranger typed into a name would run on the machine of who opens the file."""
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else text


class _Echo:
    """What the writer of lines writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line
