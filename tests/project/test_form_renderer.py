"""Fields written by hand are those of Django's templates, to the byte."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin import widgets as admin_widgets
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from innovation_week.form_renderer import FormRenderer
from sessions.models import Session

ATTRIBUTES: dict[str, Any] = {
    "id": "id_title",
    "required": True,
    "disabled": False,
    "maxlength": 1500,
    "placeholder": 'Un « titre », d’après "Œuvres" & <b>',
    "aria-label": gettext_lazy("Title"),
    "data-safe": mark_safe("déjà &amp; sûr"),
    "data-nothing": None,
}
VALUES = [None, "", 0, 1234567, "5 < 6 & 'deux' \"trois\"", mark_safe("&eacute;"), gettext_lazy("Title"), True]
CHOICES = [
    ("", "---------"),
    (1, gettext_lazy("Title")),
    ("a&b", "Plus <grand>"),
    ("Groupe & <b>", [("x", mark_safe("<i>x</i>")), (1234, 1234567)]),
]
INPUTS: list[forms.Widget] = [
    forms.TextInput(),
    forms.NumberInput(),
    forms.EmailInput(),
    forms.URLInput(),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.DateInput(),
    forms.TimeInput(),
    forms.CheckboxInput(),
    forms.FileInput(),
    forms.Textarea(),
    admin_widgets.AdminTextareaWidget(),
    admin_widgets.AdminDateWidget(),
]
SELECTS: list[forms.Widget] = [
    forms.Select(choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES),
    forms.RadioSelect(choices=CHOICES),
    forms.CheckboxSelectMultiple(choices=CHOICES),
    forms.CheckboxSelectMultiple({"class": "dense & <wide>"}, choices=CHOICES[:1]),
    forms.SplitDateTimeWidget(),
]


MOMENTS: list[forms.Widget] = [
    forms.DateInput(),
    forms.TimeInput(),
    forms.SplitDateTimeWidget(),
    forms.SplitHiddenDateTimeWidget(),
    admin_widgets.AdminSplitDateTime(),
]


def both(widget: forms.Widget, value: Any) -> tuple[str, str]:
    written, by_django = (
        widget.render("field<name>", value, ATTRIBUTES, renderer) for renderer in (FormRenderer(), DjangoTemplates())
    )
    return written, by_django


@pytest.mark.parametrize("widget", INPUTS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_an_input_is_what_django_writes(widget, value):
    written, by_django = both(widget, value)

    assert written == by_django


@pytest.mark.parametrize("widget", SELECTS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", [None, "", "a&b", 1, "1234", ["x", "1"]], ids=repr)
def test_a_choice_is_what_django_writes(widget, value):
    written, by_django = both(widget, None if isinstance(widget, forms.SplitDateTimeWidget) else value)

    assert written == by_django


@pytest.mark.parametrize("widget", MOMENTS, ids=lambda widget: type(widget).__name__)
def test_a_moment_is_what_django_writes(widget):
    written, by_django = both(widget, dt.datetime(2026, 11, 19, 14, 30, tzinfo=dt.UTC))

    assert written == by_django


def test_a_field_of_several_parts_is_what_django_writes():
    written, by_django = both(forms.MultiWidget([forms.Select(choices=CHOICES), forms.Textarea()]), ["x", "<a> </a>"])

    assert written == by_django


@pytest.mark.parametrize("shown", list(itertools.product([False, True], repeat=2)), ids=str)
def test_a_choice_with_links_to_what_is_chosen_is_what_django_writes(shown):
    may_add, may_view = shown
    rel = Session._meta.get_field("room").remote_field
    widget = admin_widgets.RelatedFieldWidgetWrapper(
        forms.Select(choices=CHOICES), rel, admin.site, may_add, may_add, may_view, may_view
    )

    written, by_django = both(widget, "x")

    assert parse_html(written) == parse_html(by_django)  # but for blanks
    assert written.count("<a ") == 2 * sum(shown)


def test_options_with_a_template_of_their_own_keep_it():
    class Option(forms.Select):
        option_template_name = "django/forms/widgets/input_option.html"

    class Named(Option):
        def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
            return {**super().create_option(*args, **kwargs), "type": "radio", "wrap_label": True}

    written, by_django = both(Named(choices=CHOICES), "x")

    assert written == by_django
    assert "<label" in written


@pytest.mark.parametrize("errors", [[], ["Ce champ est obligatoire.", "Plus de <b>5</b>"]], ids=["none", "some"])
@pytest.mark.parametrize("template", [ErrorList.template_name, ErrorList.template_name_ul])
def test_errors_are_what_django_writes(errors, template):
    written, by_django = (
        ErrorList(errors, renderer=renderer).render(template) for renderer in (FormRenderer(), DjangoTemplates())
    )

    assert written == by_django
