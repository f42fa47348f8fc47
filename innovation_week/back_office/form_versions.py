"""A form as its page would send it back untouched: what a page was opened with, and what it would hold now."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import InlineForeignKeyField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

# The values that a page sends for one form, by name without the prefix of the form.
Sent = dict[str, list[str]]
LONGEST_KEY = 19  # digits that every database takes


def compared(form: Any) -> Iterator[tuple[str, forms.Field]]:
    """The fields that a person fills in; not those that only say which row this is."""
    key = form._meta.model._meta.pk.name
    for name, field in form.fields.items():
        if (
            not field.disabled
            and name not in (key, DELETION_FIELD_NAME)
            and not isinstance(field, InlineForeignKeyField)
        ):
            yield name, field


def untouched(form: Any) -> Sent:
    """What the page sends when nobody types anything."""
    sent: Sent = {}
    for name, field in compared(form):
        value = form.get_initial_for_field(field, name)
        if isinstance(field, forms.FileField):
            sent[name] = [str(value or "")]
        else:
            sent |= _sent(field.widget, name, field.prepare_value(value))
    return sent


def _sent(widget: Any, name: str, value: Any) -> Sent:
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    if halves := getattr(widget, "widgets_names", None):
        values = value if isinstance(value, list | tuple) else widget.decompress(value)
        parts = zip(widget.widgets, halves, values, strict=True)
        return {key: sent for part, end, half in parts for key, sent in _sent(part, name + end, half).items()}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"]} if widget.check_test(value) else {}
    shown = widget.format_value(value)
    if isinstance(shown, list | tuple):
        return {name: [str(one) for one in shown]}
    return {name: ["" if shown is None else str(shown)]}


def names_of(field: forms.Field, name: str) -> list[str]:
    """Under which names the page sends the field."""
    widget: Any = field.widget.widget if isinstance(field.widget, RelatedFieldWidgetWrapper) else field.widget
    return [name + end for end in getattr(widget, "widgets_names", [""])]


def meaning(field: forms.Field, name: str, sent: Sent) -> Any:
    """Equal for what means the same, however it is typed: blanks at the ends, line breaks, the order of ticks."""
    if isinstance(field, forms.FileField):
        return sent.get(name, [""])[0]
    return _meaning(field, field.widget.value_from_datadict(MultiValueDict(sent), MultiValueDict(), name))


def _meaning(field: forms.Field, raw: Any) -> Any:
    if isinstance(field, forms.MultiValueField):
        return [_meaning(part, half) for part, half in zip(field.fields, raw or [], strict=False)]
    if isinstance(raw, list | tuple):
        return sorted(map(str, raw))
    if isinstance(field, forms.ModelChoiceField):
        return str(raw or "")
    if isinstance(raw, str):
        raw = raw.replace("\r\n", "\n")
    try:
        value = field.to_python(raw)
    except ValidationError:
        return raw
    return "" if value is None else value


def in_words(field: Any, name: str, sent: Sent) -> str:
    """The value as a person reads it."""
    value = meaning(field, name, sent)
    if hasattr(field, "queryset"):
        keys = [key for key in (value if isinstance(value, list) else [value]) if key]
        return ", ".join(_named(field, keys)) if keys else ""
    if isinstance(field, forms.ChoiceField):
        return ", ".join(_labels(field, value if isinstance(value, list) else [value]))
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    return " ".join(part for key in names_of(field, name) for part in sent.get(key, []) if part)


def _named(field: Any, keys: list[str]) -> list[str]:
    """Names of the choices only: what was sent may be the key of a row that the account may not know of."""
    known = [key for key in keys if key.isdecimal() and len(key) < LONGEST_KEY]
    names = [str(field.label_from_instance(row)) for row in field.queryset.filter(pk__in=known)]
    return names if len(names) == len(set(keys)) else [*names, _("(not among your choices)")]


def _labels(field: Any, values: list[Any]) -> list[str]:
    flat: dict[str, str] = {}
    for key, label in field.choices:
        pairs = label if isinstance(label, list | tuple) else [(key, label)]
        flat |= {str(inner): str(word) for inner, word in pairs}
    return [flat.get(str(value), str(value)) for value in values]
