from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Row, Submit
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.light_form import LightForm
from registrations import access_needs
from registrations.access_need_form import AccessNeedForm
from registrations.addresses import is_of_a_machine, is_too_long
from registrations.colleague import ColleagueForm
from registrations.employers import find_employer, names
from registrations.models import Branch, Employer, Region
from registrations.offer import Offer
from registrations.published import PublishedSession
from registrations.question_form import ASKED, QuestionsForm
from registrations.services import Applicant
from registrations.trap import TrapForm
from sessions.models import Edition
from sessions.models.session import MOST_COMPANIONS
from sessions.text import validate_has_letter, validate_one_line

SHORT_LIST = 100  # names of employers in the page; a longer list is fetched from its own address
PROPOSED = 8  # employers that resemble what was typed
OTHER = "other"
IN_ROOM, ONLINE = "room", "online"

_signer = signing.Signer(salt="registrations.form")


def new_key() -> str:
    """Signed: the same form sent twice is known again, and nobody can name the form of somebody else."""
    return _signer.sign(uuid4().hex)


class EmployerSearch(Div):
    """What static/js/employers.js needs: the address of the list, and its words."""

    template = "registrations/_employer.html"

    def __init__(self, *fields: str, edition: Edition) -> None:
        super().__init__(*fields)
        self.edition = edition


class OtherEmployer(Div):
    """Folded away while the list has the employer."""

    template = "registrations/_other_employer.html"

    def __init__(self, *fields: str, is_open: bool) -> None:
        super().__init__(*fields)
        self.is_open = is_open


class EmailForm(TrapForm):
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
        helper.layout = Layout("email", self.trap, Submit("send", self.button))
        return helper

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if is_of_a_machine(email):
            raise ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        if is_too_long(email):
            raise ValidationError(_("This address is too long. Check it, or give another one."), code="long")
        return email


class CorrectionForm(EmailForm):
    button = _("Correct the address")


class NameForm(forms.Form):
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

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout(Row("first_name", "last_name"), Submit("send", _("Change the name")))
        return helper


class RegistrationForm(LightForm, EmailForm, NameForm, QuestionsForm, AccessNeedForm, ColleagueForm):
    field_order = ["first_name", "last_name", "email", "employer", "meant", "branch", "region"]
    is_unlisted = False  # an employer was typed that the list has not
    is_proposing = False  # and that resembles some of the list
    requires_answers = True  # to questions that are required

    employer = forms.CharField(
        label=_("Employer"),
        max_length=200,
        error_messages={"required": _("Enter the name of your employer.")},
        validators=[validate_one_line],
        help_text=_("Type a few letters, then choose from the list. Not in the list: write its name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    # Whatever is sent: it counts only if it is among what resembles the name that is sent with it.
    meant = forms.Field(
        label=_("Did you mean"),
        required=False,
        help_text=_("For “Other employer”, choose its branch and its region too."),
        widget=forms.RadioSelect,
    )
    branch = forms.ChoiceField(
        label=_("Branch of the civil service"), choices=[("", _("Choose")), *Branch.choices], required=False
    )
    region = forms.ChoiceField(label=_("Region"), choices=[("", _("Choose")), *Region.choices], required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, published: PublishedSession, offer: Offer | None = None, **kwargs: Any) -> None:
        """``offer`` is for a form that is shown; one that is only read leaves the numbers to the service."""
        self.offer, self.edition = offer, published.edition
        super().__init__(*args, **kwargs)
        self.need_kept_until = access_needs.kept_until(published)
        self.need_ask_before = published.item.ask_before
        self.fields["employer"].widget.datalist = self.short_list  # called when it is shown
        if published.is_hybrid:
            self.fields["attends"] = attendance_field(offer.full if offer else ())
        most = offer.most_companions if offer else MOST_COMPANIONS
        if most and (offer or "party" in self.data):
            self.fields["party"] = party_field(most)
        if ASKED in self.data or (offer and offer.has_questions):
            self.ask(published, is_required=self.requires_answers)

    @property
    def is_blank(self) -> bool:
        """The same for everybody: nothing in it is anybody’s."""
        return not self.is_bound and not self.questions and self.initial.keys() <= {"key"}

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to ask for."""
        return self.offer is not None and (self.offer.is_open or self.offer.can_wait)

    def short_list(self) -> list[str]:
        listed = names(self.edition)
        return listed if len(listed) <= SHORT_LIST else []

    @property
    def helper(self) -> FormHelper:
        """Only what is the same for everybody: the page writes the form's own tag, token and key around it."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            *(["attends"] if "attends" in self.fields else []),
            Row("first_name", "last_name"),
            "email",
            *(["party"] if "party" in self.fields else []),
            EmployerSearch("employer", edition=self.edition),
            *(["meant"] if self.is_proposing else []),
            OtherEmployer("branch", "region", is_open=self.is_unlisted),
            *self.question_names,
            self.access_part,
            self.colleague,
            self.trap,
            *self._buttons(),
        )
        return helper

    def _buttons(self) -> list[Submit]:
        """To wait is a choice of its own: nobody joins a list without having read that the session is full."""
        buttons: list[Submit] = []
        if self.offer is None:
            return buttons
        if self.offer.is_open:
            buttons.append(Submit("send", _("Register")))
        if self.offer.can_wait:
            css_class = "fr-btn--secondary" if buttons else ""
            buttons.append(Submit("wait", _("Join the waiting list"), css_class=css_class))
        return buttons

    def clean_key(self) -> UUID:
        """A key that is missing or not ours only loses the memory of an earlier sending."""
        try:
            return UUID(_signer.unsign(self.cleaned_data["key"]))
        except (signing.BadSignature, ValueError):
            return uuid4()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        name, meant = data.get("employer", ""), data.pop("meant", None)
        listed, resembling = find_employer(self.edition, name) if name else (None, [])
        near = self._propose(resembling) if name and listed is None else []
        data["listed_employer"] = listed or next((employer for employer in near if str(employer.pk) == meant), None)
        self.is_unlisted = bool(name) and data["listed_employer"] is None
        self.is_proposing = bool(near)
        if not near:
            del self.fields["meant"]
        if self.is_unlisted:
            # Who fills in the branch and the region says that it is another employer.
            if near and meant != OTHER and not (data.get("branch") and data.get("region")):
                self.add_error("meant", _("Choose your employer here, or “Other employer”."))
            else:
                self._require_branch_and_region(data)
        return data

    def _propose(self, found: list[Employer]) -> list[Employer]:
        field = self.fields["meant"]
        near = found[:PROPOSED]
        field.required = True  # not said to be optional
        field.widget.choices = [*((employer.pk, employer.name) for employer in near), (OTHER, _("Other employer"))]
        if len(found) > PROPOSED:
            self["meant"].help_text = _(
                "%(count)d employers of the list resemble this name: write more of it above if yours is not shown here."
            ) % {"count": len(found)}
        return near

    def _require_branch_and_region(self, data: dict[str, Any]) -> None:
        for field in ("branch", "region"):
            self.fields[field].required = True  # no longer said to be optional
            if not data.get(field) and field not in self.errors:
                self.add_error(field, _("This employer is not in the list: choose here, or correct its name."))

    def applicant(self, *, language: str = "") -> Applicant:
        """``language``: of the mails, that of the page without it."""
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
            language=language or get_language() or "fr",
            party=data.get("party") or 1,
            is_online=data.get("attends") == ONLINE,
            access_need=data.get("access_need", ""),
            answers=self.answers,
            **self.registrar(),
        )


def attendance_field(full: Iterable[str]) -> forms.ChoiceField:
    words = {IN_ROOM: _("On site"), ONLINE: _("Online")}
    told = {name: format_lazy("{} ({})", words[name], _("full")) for name in full}
    return forms.ChoiceField(
        label=_("How you attend"),
        choices=list((words | told).items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you attend.")},
    )


def party_field(most_companions: int) -> forms.TypedChoiceField:
    """The person counts: with two companions, three seats."""
    numbers = range(1, most_companions + 2)
    return forms.TypedChoiceField(
        label=_("How many you are"),
        choices=[(number, ngettext("%d person", "%d people", number) % number) for number in numbers],
        coerce=int,
        required=False,
        help_text=_("You and the people who come along: each has a seat."),
        error_messages={"invalid_choice": _("Choose a number of the list.")},
    )
