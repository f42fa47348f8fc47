from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Row, Submit
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registrations.addresses import normalise
from registrations.employers import find_employer
from registrations.models import Branch, Employer, Region
from registrations.services import Applicant
from sessions.models import Edition
from sessions.text import validate_has_letter, validate_one_line

_signer = signing.Signer(salt="registrations.form")


def new_key() -> str:
    """Signed: the same form sent twice is known again, and nobody can name the form of somebody else."""
    return _signer.sign(uuid4().hex)


class OtherEmployer(Div):
    """Folded away while the list has the employer."""

    template = "registrations/_other_employer.html"

    def __init__(self, *fields: str, is_open: bool) -> None:
        super().__init__(*fields)
        self.is_open = is_open


class EmailForm(forms.Form):
    """One address; enough to correct one, or to ask for links again."""

    button = _("Receive my link again")

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Format: name@example.fr"),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Something is missing or mistyped. Check it: name@example.fr"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout("email", Submit("send", self.button))
        return helper

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        # Of a machine: our mail server would deliver to itself, or to its neighbours behind the firewall.
        if email.endswith(("@localhost", "]")):
            raise ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        if len(normalise(email)) > 254:
            raise ValidationError(_("This address is too long. Check it, or give another one."), code="long")
        return email


class CorrectionForm(EmailForm):
    button = _("Correct the address")


class RegistrationForm(EmailForm):
    field_order = ["first_name", "last_name", "email"]
    is_unlisted = False  # an employer was typed that the list has not

    first_name = forms.CharField(
        label=_("First name"),
        max_length=100,
        error_messages={"required": _("Enter your first name.")},
        validators=[validate_one_line, validate_has_letter],
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        error_messages={"required": _("Enter your last name.")},
        validators=[validate_one_line, validate_has_letter],
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    employer = forms.CharField(
        label=_("Employer"),
        max_length=200,
        error_messages={"required": _("Enter the name of your employer.")},
        validators=[validate_one_line],
        help_text=_("Type the first letters, then choose from the list. Not in the list: write its name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    branch = forms.ChoiceField(
        label=_("Branch of the civil service"), choices=[("", _("Choose")), *Branch.choices], required=False
    )
    region = forms.ChoiceField(label=_("Region"), choices=[("", _("Choose")), *Region.choices], required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        self.edition = edition
        super().__init__(*args, **kwargs)
        listed = Employer.objects.filter(edition=edition)
        self.fields["employer"].widget.datalist = listed.values_list("name", flat=True)  # read when it is shown

    @property
    def helper(self) -> FormHelper:
        """Only what is the same for everybody: the page writes the form's own tag, token and key around it."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            Row("first_name", "last_name"),
            "email",
            "employer",
            OtherEmployer("branch", "region", is_open=self.is_unlisted),
            Submit("send", _("Register")),
        )
        return helper

    def clean_key(self) -> UUID:
        """A key that is missing or not ours only loses the memory of an earlier sending."""
        try:
            return UUID(_signer.unsign(self.cleaned_data["key"]))
        except (signing.BadSignature, ValueError):
            return uuid4()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        name = data.get("employer", "")
        data["listed_employer"] = find_employer(self.edition, name) if name else None
        self.is_unlisted = bool(name) and data["listed_employer"] is None
        if self.is_unlisted:
            for field in ("branch", "region"):
                self.fields[field].required = True  # no longer said to be optional
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, _("This employer is not in the list: choose here, or correct its name."))
        return data

    def applicant(self) -> Applicant:
        data = self.cleaned_data
        employer = data["listed_employer"]
        return Applicant(
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            employer=employer,
            employer_name=employer.name if employer else data["employer"],
            branch=employer.branch if employer else data["branch"],
            region=employer.region if employer else data["region"],
            language=get_language() or "fr",
        )
