"""The cells of inline tables, written without a template for each: the form of a session holds fifty of them."""

from html import escape
from typing import Any

from django import template
from django.contrib.admin.helpers import InlineAdminForm, InlineAdminFormSet
from django.templatetags.static import static
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from innovation_week.back_office.effects import Effect, mark

register = template.Library()


def effect_of(name: str, shown_by: Any) -> Effect | None:
    """``shown_by``: the form or the lines of the back-office that the field of this name is in; few tell."""
    tell = getattr(shown_by, "effect", None)
    found: Effect | None = tell(name) if tell else None
    return found


def effect_mark(name: str, shown_by: Any) -> SafeString:
    """One word that says when what is written in the field acts."""
    acts = effect_of(name, shown_by)
    return mark(acts) if acts else SafeString()


@register.simple_tag
def column_heads(lines: InlineAdminFormSet) -> SafeString:
    return mark_safe("\n".join(_head(field, lines.opts) for field in lines.fields()))


def _head(field: dict[str, Any], inline: Any) -> str:
    name, label = field["name"], escape(capfirst(str(field["label"])))
    classes = f"column-{name}{' required' if field['required'] else ''}"
    classes += " hidden" if _is_hidden(field["widget"]) else ""
    told = escape(strip_tags(field["help_text"])) if field["help_text"] else ""
    return f'<th class="{classes}">\n{label}\n{_tooltip(told)}{effect_mark(name, inline)}\n</th>'


def _is_hidden(widget: Any) -> bool:
    """Of a field that is only shown, Django gives no widget."""
    return bool(widget["is_hidden"] if isinstance(widget, dict) else widget.is_hidden)


def _tooltip(told: str) -> str:
    icon = static("admin/img/icon-unknown.svg")
    image = f'<img src="{icon}" class="help help-tooltip" width="10" height="10"\n alt="({told})" title="{told}">\n'
    return image if told else ""


@register.simple_tag
def line_cells(line: InlineAdminForm, lines: InlineAdminFormSet) -> SafeString:
    """Those of one line of an inline table. On a phone lines are cards: each cell says what its field is."""
    fields = (field for fieldset in line for row in fieldset for field in row)
    return mark_safe("\n".join(_cell(field, lines.opts) for field in fields))


def _cell(field: Any, inline: Any) -> str:
    if field.is_readonly:
        name, label, is_hidden = (field.field[key] for key in ("name", "label", "is_hidden"))
        inside = f"<p>{field.contents()}</p>"
    else:
        bound = field.field
        name, label, is_hidden = bound.name, bound.label, bound.is_hidden
        inside = f"{bound.errors.as_ul()}\n{bound}"
    acts = effect_of(name, inline)
    told = escape(f"{capfirst(str(label))} · {acts[1]}" if acts else capfirst(str(label)))
    return f'<td class="field-{name}{" hidden" if is_hidden else ""}" data-label="{told}">{inside}</td>'
