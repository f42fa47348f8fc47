"""“I register a colleague”: who fills in the form for somebody else says who they are. Only the person confirms."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registrations.addresses import normalise
from sessions.text import validate_has_letter, validate_one_line


def validate_name_only(value: str) -> None:
    """It stands in a mail to somebody who may not know them: a name, nothing that a mail programme makes a link of."""
    if any(mark in value.casefold() for mark in ("://", "www.", "@", "/")):
        raise ValidationError(_("Write a name only, without an address."), code="address")


class Colleague(Div):
    """Folded away: most people register themselves."""

    template = "registrations/_colleague.html"

    def __init__(self, *fields: str, is_open: bool) -> None:
        super().__init__(*fields)
        self.is_open = is_open


class ColleagueForm(forms.Form):
    """The part of the form that says who registers the person."""

    registrar_name = forms.CharField(
        label=_("Your own name"),
        max_length=200,
        required=False,
        validators=[validate_one_line, validate_has_letter, validate_name_only],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    registrar_email = forms.EmailField(
        label=_("Your own e-mail address"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("Something is missing or mistyped. Check it: name@example.fr")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        name, email = data.get("registrar_name", ""), data.get("registrar_email", "")
        if name and not email and "registrar_email" not in self.errors:
            self.add_error("registrar_email", _("Give your own address too: the mail to your colleague tells it."))
        if email and not name and "registrar_name" not in self.errors:
            self.add_error("registrar_name", _("Give your own name too: the mail to your colleague tells it."))
        if email and normalise(email) == normalise(data.get("email", "")):
            self.add_error("email", _("This is your own address: give that of your colleague, who alone confirms."))
        return data

    @property
    def colleague(self) -> Colleague:
        names = ("registrar_name", "registrar_email")
        is_open = self.is_bound and any(self[name].value() or self[name].errors for name in names)
        return Colleague(*names, is_open=is_open)

    def registrar(self) -> dict[str, str]:
        """As the fields of a registration; empty for who registers themselves."""
        name, email = self.cleaned_data.get("registrar_name", ""), self.cleaned_data.get("registrar_email", "")
        return {"registered_by_name": name, "registered_by_email": normalise(email)} if name and email else {}
