"""The fields that forms are full of, written without a template for each; everything else as Django does.

A form of the back-office holds a hundred of them, and a fifth of its time went into these few lines of HTML. They are
those of ``django/forms/templates/django/forms/widgets/`` and of the admin, to the byte.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.templatetags.static import static
from django.utils.formats import localize
from django.utils.html import strip_spaces_between_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext

FOLDER = "django/forms/widgets"
OPTIONS = {f"{FOLDER}/{name}_option.html" for name in ("select", "checkbox", "radio")}
LINKS = (
    # What says that it is there, its address and query in the context, attributes, and title in Django's own words.
    (
        "can_change_related",
        "change_related_template_url",
        "url_params",
        'data-href-template="{}"\n            data-popup="yes"',
        "Change selected %(model)s",
    ),
    (
        "can_add_related",
        "add_related_url",
        "url_params",
        'data-popup="yes"\n            href="{}"',
        "Add another %(model)s",
    ),
    (
        "can_delete_related",
        "delete_related_template_url",
        "url_params",
        'data-href-template="{}"\n            data-popup="yes"',
        "Delete selected %(model)s",
    ),
    (
        "can_view_related",
        "change_related_template_url",
        "view_related_url_params",
        'data-href-template="{}"',
        "View selected %(model)s",
    ),
)
PARTED = {f"{FOLDER}/{name}.html" for name in ("multiwidget", "splitdatetime")}
MOMENT = "admin/widgets/split_datetime.html"
RELATED = "admin/widgets/related_widget_wrapper.html"
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
        if template_name == RELATED:
            return _related(context)
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


def _related(context: dict[str, Any]) -> str:
    """A choice, with the links that change, add, delete or show what is chosen."""
    model = "" if context["model_has_limit_choices_to"] else f'data-model-ref="{_shown(context["model_name"])}"'
    links = "" if context["is_hidden"] else "".join(_link(context, *link) for link in LINKS if context[link[0]])
    wrapped = f"{context['rendered_widget']}\n    \n        {links}\n    \n"
    return f'<div class="related-widget-wrapper" {model}>\n    {wrapped}</div>'


def _link(context: dict[str, Any], asked: str, address: str, query: str, attributes: str, title: str) -> str:
    word = asked.split("_")[1]
    to = f"{_shown(context[address])}?{_shown(context[query])}"
    icon = static(f"admin/img/icon-{word}link.svg")
    return (
        f'<a class="related-widget-wrapper-link {word}-related" id="{word}_id_{_shown(context["name"])}"\n'
        f"            {attributes.format(to)}\n"
        f'            title="{gettext(title) % {"model": _shown(context["model"])}}">'
        f'<img src="{icon}" alt="" width="24" height="24"></a>'
    )


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
