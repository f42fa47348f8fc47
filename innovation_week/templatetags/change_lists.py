"""What lists of the administration need beside Django's: filters above them, rows that a phone shows as cards."""

import dataclasses as dc
from typing import Any

from django import template
from django.utils.html import format_html
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
def labelled(cells: list[SafeString], headers: list[dict[str, Any]]) -> list[SafeString]:
    """Each cell with the head of its column, which stands beside it where there is no room for columns."""
    heads = ["" if "action-checkbox" in header.get("class_attrib", "") else header["text"] for header in headers]
    heads += [""] * (len(cells) - len(heads))
    return [_with_label(cell, capfirst(head)) if head else cell for cell, head in zip(cells, heads, strict=True)]


def _with_label(cell: SafeString, label: str) -> SafeString:
    # Django’s admin has escaped what is in the cell.
    start, rest = mark_safe(cell[:_OPENED]), mark_safe(cell[_OPENED:])
    return format_html('{} data-label="{}"{}', start, label, rest)
