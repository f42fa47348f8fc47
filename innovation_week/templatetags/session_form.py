"""The form of a session: rows of fields, written without a template for each of its forty, and what is public of each
that differs.
"""

from html import escape
from typing import Any

from django import template
from django.contrib.admin.helpers import Fieldset
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.templatetags.form_fields import effect_mark

register = template.Library()
# The form computes the end: what is public of it stands beside the length.
SHOWN_AT = {"length": "ends_at"}


@register.simple_tag(takes_context=True)
def public_words(context: Any, name: str) -> SafeString:
    """What the public reads in the field of this name, when the draft differs."""
    publishing = context.get("publishing")
    words = publishing["fields"].get(SHOWN_AT.get(name, name)) if publishing else None
    if not words:
        return SafeString()
    head, told = _("Public now:"), words.public or "–"
    return format_html('<p class="public-now"><span class="quiet">{}</span> {}</p>', head, told)


@register.simple_tag(takes_context=True)
def field_rows(context: Any, fieldset: Fieldset) -> SafeString:
    """Label, field and help of each."""
    fields = (field for line in fieldset for field in line)
    return mark_safe("\n".join(_row(context, field, fieldset.model_admin) for field in fields))


def _row(context: Any, field: Any, model_admin: Any) -> str:
    if field.is_readonly:
        name, errors, inside = field.field["name"], "", _shown(field)
        under = _help(f"{effect_mark(name, model_admin)} {field.field['help_text']}".strip(), "")
    else:
        bound = field.field
        name, errors, inside = bound.name, field.errors(), _to_fill(bound, field.is_checkbox)
        under = _help(bound.help_text, bound.id_for_label)
    classes = f"form-row field-{name}{' errors' if errors else ''}"
    return f'<div id="row-{name}" class="{classes}">\n{errors}{inside}{under}\n{public_words(context, name)}</div>'


def _shown(field: Any) -> str:
    contents = f'{field.label_tag()}<div class="readonly">{field.contents()}</div>'
    return f'<div class="flex-container">{contents}</div>'


def _to_fill(bound: Any, is_checkbox: bool) -> str:
    points = f' for="{bound.id_for_label}"' if bound.id_for_label else ""
    required, label = "required" if bound.field.required else "", escape(capfirst(str(bound.label)))
    if is_checkbox:
        box = "flex-container checkbox-row"
        parts = f'{bound}\n<label{points} class="{required} vCheckboxLabel">{label}</label>'
    else:
        box = "flex-container"
        parts = f'<label{points} class="{required}">{label}{bound.form.label_suffix}</label>\n{bound}'
    return f'<div class="{box}">\n{parts}\n</div>'


def _help(told: str, pointed: str) -> str:
    """``told`` may hold tags, as help texts of Django do: they are the developer's words."""
    name = f' id="{pointed}_helptext"' if pointed else ""
    return f'\n<div class="help"{name}><div>{told}</div></div>' if told else ""
