"""The page that makes a new edition from another one: what to take is chosen, then seen, then made."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import choose, edition_choice
from innovation_week.back_office.limits import sees_all
from innovation_week.cloning import MOST_YEARS, NEEDS, Part, clone_edition, preview_clone
from sessions.models import Edition
from sessions.text import validate_one_line

# What the person could make by hand.
PERMISSIONS = {
    Part.SEQUENCES: "programme.add_sequence",
    Part.SESSIONS: "programme.add_session",
    Part.PEOPLE: "speakers.add_candidacy",
    Part.SERVICES: "planning.add_service",
    Part.NOTICES: "programme.add_privacynotice",
    Part.EMPLOYERS: "registrations.add_employer",
    Part.MAIL_TEXTS: "registrations.add_mailtext",
    Part.TASKS: "planning.add_task",
}


class CloneForm(forms.ModelForm):
    source = forms.ModelChoiceField(Edition.objects.none(), label=_("From the edition"), empty_label=None)
    parts = forms.MultipleChoiceField(
        choices=Part.choices, label=_("Take over"), widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Edition
        fields: ClassVar[list[str]] = ["name", "slug", "starts_on"]
        widgets: ClassVar[dict[str, Any]] = {
            "name": AdminTextInputWidget,
            "slug": AdminTextInputWidget,
            "starts_on": AdminDateWidget,
        }

    field_order = ["source", "name", "slug", "starts_on", "parts"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        validate_one_line(name)
        return name

    def clean_parts(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["parts"]
        for part, needed in NEEDS.items():
            if part in chosen and needed not in chosen:
                message = _("“%(part)s” needs “%(needed)s”: tick both, or neither.")
                raise ValidationError(message, "needs", {"part": part.label, "needed": needed.label})
        return chosen

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        source, starts_on = data.get("source"), data.get("starts_on")
        if source and starts_on and abs(starts_on.year - source.starts_on.year) > MOST_YEARS:
            message = _("Choose a day less than %(years)d years from the edition that you start from.")
            self.add_error("starts_on", ValidationError(message, "far", {"years": MOST_YEARS}))
        return data


def clone_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """What is sent is shown first; it is made when the person says so under what they have seen."""
    if not (model_admin.has_add_permission(request) and sees_all(request)):
        raise PermissionDenied
    form = _form(request)
    preview = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        if "make" in request.POST and (made := _make(form, request)):
            choose(request, made.pk)
            told = gettext("The edition “%s” is made, and is the one that you work on now.") % made.name
            model_admin.message_user(request, told, messages.SUCCESS)
            return redirect("admin:programme_edition_change", made.pk)
        preview = preview_clone(data["source"], data["starts_on"], data["parts"]) if form.is_valid() else None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("New edition from another one"),
        "opts": model_admin.opts,
        "guide": "faire-une-edition-a-partir-dune-autre",
        "form": form,
        "preview": preview,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/programme/edition/clone.html", context)


def _form(request: HttpRequest) -> CloneForm:
    choice = edition_choice(request)
    allowed = [
        (part.value, part.label)
        for part in Part
        if request.user.has_perm(PERMISSIONS.get(part, PERMISSIONS[NEEDS.get(part, part)]))
    ]
    initial = {"source": choice.chosen, "parts": [value for value, _label in allowed]}
    form = CloneForm(request.POST) if request.method == "POST" else CloneForm(initial=initial)
    sources: Any = form.fields["source"]
    sources.queryset = Edition.objects.all()
    parts: Any = form.fields["parts"]
    parts.choices = allowed
    return form


def _make(form: CloneForm, request: HttpRequest) -> Edition | None:
    """None when it is refused: the form then says why."""
    assert isinstance(request.user, User)
    try:
        return clone_edition(**form.cleaned_data, user=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return None
