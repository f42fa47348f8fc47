"""The fields that forms are full of, written without a template for each; everything else as Django does.

A form of the back-office holds a hundred of them, and a fifth of its time went into these few lines of HTML. They are
those of ``django/forms/templates/django/forms/widgets/`` and of the admin, to the byte.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import strip_spaces_between_tags
from django.utils.safestring import SafeString

FOLDER = "django/forms/widgets"
OPTIONS = {f"{FOLDER}/{name}_option.html" for name in ("select", "checkbox", "radio")}
PARTED = {f"{FOLDER}/{name}.html" for name in ("multiwidget", "splitdatetime")}
MOMENT = "admin/widgets/split_datetime.html"
ERRORS = {f"django/forms/errors/list/{name}.html" for name in ("default", "ul")}
INPUTS = (
    "checkbox",
    "date",
    "datetime",
    "email",
    "file",
    "hidden",
    "number",
    "password",
    "search",
    "text",
    "time",
    "url",
)
Widget = Mapping[str, Any]


class FormRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name in ERRORS and not context["errors"]:
            return ""
        if template_name in PARTED:
            return strip_spaces_between_tags("".join(self._parts(context)).strip())
        if template_name == MOMENT:
            return _moment(context, *self._parts(context))
        write = WRITERS.get(template_name)
        if write is None or not _is_plain(context["widget"]):
            return super().render(template_name, context, request)
        return write(context["widget"])

    def _parts(self, context: dict[str, Any]) -> list[str]:
        return [self.render(part["template_name"], {"widget": part}) for part in context["widget"]["subwidgets"]]


def _is_plain(widget: Widget) -> bool:
    """Its options, if it has some, are those of Django."""
    return all(
        option["template_name"] in OPTIONS
        for _name, options, _index in widget.get("optgroups", ())
        for option in options
    )


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_written(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{_written(widget["name"])}"{value}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    text = _written(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_written(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return f'<select name="{_written(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _group(name: Any, options: list[Widget]) -> str:
    inside = "".join(f"\n  {_option(option)}\n" for option in options)
    return f'\n  <optgroup label="{_shown(name)}">{inside}\n  </optgroup>' if name else inside


def _option(option: Widget) -> str:
    return f'<option value="{_written(option["value"])}"{_attributes(option)}>{_shown(option["label"])}</option>'


def _boxes(widget: Widget) -> str:
    """To tick: several, or one of several."""
    groups = "".join(_boxes_of(name, options) for name, options, _index in widget["optgroups"])
    named = "".join(f' {key}="{_shown(widget["attrs"][key])}"' for key in ("id", "class") if widget["attrs"].get(key))
    return f"<div{named}>{groups}\n</div>"


def _boxes_of(name: Any, options: list[Widget]) -> str:
    inside = "".join(f"<div>\n    {_box(option)}\n\n</div>" for option in options)
    return f"\n  <div><label>{_shown(name)}</label>{inside}\n  </div>" if name else inside


def _box(option: Widget) -> str:
    if not option.get("wrap_label"):
        return _input(option)
    pointed = option["attrs"].get("id")
    points = f' for="{_shown(pointed)}"' if pointed else ""
    return f"<label{points}>{_input(option)}\n {_shown(option['label'])}</label>"


def _moment(context: dict[str, Any], date: str, time: str) -> str:
    labels = _shown(context["date_label"]), _shown(context["time_label"])
    return f'<p class="datetime">\n  {labels[0]} {date}\n\n<br>\n  {labels[1]} {time}\n\n\n</p>'


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_written(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _written(value: Any) -> str:
    """As ``{{ value|stringformat:'s' }}``."""
    return value if isinstance(value, SafeString) else escape(str(value))


def _shown(value: Any) -> str:
    """As ``{{ value }}``."""
    return _written(localize(value))


WRITERS: dict[str, Callable[[Widget], str]] = {
    **{f"{FOLDER}/{name}.html": _input for name in INPUTS},
    f"{FOLDER}/textarea.html": _textarea,
    f"{FOLDER}/select.html": _select,
    f"{FOLDER}/checkbox_select.html": _boxes,
    f"{FOLDER}/radio.html": _boxes,
}
