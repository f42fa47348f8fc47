"""A table as a workbook of Excel, whose cells are text, numbers and times; never formulas."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import capfirst
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from innovation_week.back_office.personal_export import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH, WIDEST = 12, 45  # characters
LONGEST_NAME = 31  # of a sheet
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def workbook(name: str, columns: Sequence[Column], rows: Iterable[Any], zone: dt.tzinfo) -> bytes:
    """One sheet, whose heads stay in view; times on the clock of ``zone``."""
    table = [[_plain(value(row), zone) for _head, value in columns] for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name.translate(_NOT_IN_A_NAME)[:LONGEST_NAME])
    sheet.freeze_panes = "A2"
    for place, (head, _value) in enumerate(columns):
        longest = max((len(str(row[place])) for row in table), default=0)
        letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]
        sheet.column_dimensions[letter].width = min(max(longest, len(str(head)), WIDTH) + 2, WIDEST)
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
