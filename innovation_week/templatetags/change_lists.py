"""What lists of the administration need beside Django's: filters above them, rows that a phone shows as cards."""

import dataclasses as dc
import itertools
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

_OPENED = len("<td")  # a cell comes as markup, and begins so, or with <th


@dc.dataclass(frozen=True, slots=True)
class Filter:
    title: str
    choices: list[dict[str, Any]]
    chosen: Any = ""  # the words of the choice; empty when the list is not narrowed by it
    without: str = ""  # the query string that takes it away


@register.simple_tag
def filters_of(changelist: Any) -> list[Filter]:
    return [_filter(changelist, spec) for spec in changelist.filter_specs]


def _filter(changelist: Any, spec: Any) -> Filter:
    title, choices = str(capfirst(spec.title)), list(spec.choices(changelist))
    if not spec.used_parameters:
        return Filter(title, choices)
    typed = ", ".join(str(value) for value in spec.used_parameters.values())
    chosen = next((choice["display"] for choice in choices if choice["selected"]), typed)
    return Filter(title, choices, chosen, changelist.get_query_string(remove=spec.expected_parameters()))


@register.filter
def labels(headers: list[dict[str, Any]]) -> list[str]:
    """The head of each column, written once for all rows; empty for the boxes to tick."""
    return ["" if "action-checkbox" in header.get("class_attrib", "") else _label(header["text"]) for header in headers]


def _label(head: Any) -> str:
    return f' data-label="{escape(capfirst(str(head)))}"' if head else ""


@register.filter
def labelled(cells: list[SafeString], heads: list[str]) -> SafeString:
    """Each cell with the head of its column, which stands beside it where there is no room for columns."""
    pairs = itertools.zip_longest(cells, heads[: len(cells)], fillvalue="")
    # Django’s admin has escaped what is in the cell.
    return mark_safe("".join(f"{cell[:_OPENED]}{head}{cell[_OPENED:]}" for cell, head in pairs))
