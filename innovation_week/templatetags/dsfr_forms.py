"""What templates/dsfr_forms asks of a form. The pack itself is plain templates (see django-crispy-forms)."""

import dataclasses as dc

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()


@dc.dataclass(frozen=True, slots=True)
class FormError:
    """One line of the summary: ``target`` is the id to go to, empty when no field is at fault."""

    target: str
    label: str
    message: str


@register.simple_tag
def form_errors(form: forms.BaseForm) -> list[FormError]:
    """Every error once, those of the whole form first, then in the order of the fields."""
    if not form.is_bound:
        return []
    found = [FormError("", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else _target(field)
        found += [FormError(target, str(field.label), str(message)) for message in field.errors]
    return found


def _target(field: BoundField) -> str:
    """The first control of the field: a group of options has an id of its own, but takes no focus."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.simple_tag
def required_marks(form: forms.BaseForm) -> str:
    """How a form tells what is required, in words: ``all``, ``optional`` (only those that are not), ``single``."""
    required = [field.field.required for field in form if not field.is_hidden]
    if not any(required):
        return "none"
    if len(required) == 1:
        return "single"
    return "all" if all(required) else "optional"


@register.filter
def is_option_list(field: BoundField) -> bool:
    return isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_select(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.Select)


@register.filter
def is_file(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.FileInput)


@register.filter
def own_classes(classes: str) -> str:
    """Classes a button was given, without those that crispy-forms adds for another design system."""
    return " ".join(name for name in classes.split() if not name.startswith("btn"))
