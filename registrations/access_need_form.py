"""“I have an accessibility need”: what is needed, never why, and a tick of consent. Only the person says it."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from registrations.models.access_need import LONGEST_NEED
from sessions.text import validate_text


class Need(Div):
    """Folded away; it says who reads what is written there, and until when."""

    template = "registrations/_access_need.html"

    def __init__(
        self,
        *fields: str,
        kept_until: dt.date | None,
        ask_before: dt.date | None,
        is_open: bool,
        is_left_out: bool,
    ) -> None:
        super().__init__(*fields)
        self.kept_until, self.ask_before = kept_until, ask_before
        self.is_open, self.is_left_out = is_open, is_left_out


class AccessNeedForm(forms.Form):
    """The part of the form that says what the person needs. It is theirs to say: see ``AccessNeedForm.clean``."""

    need_kept_until: dt.date | None = None
    need_ask_before: dt.date | None = None
    need_is_left_out = False  # of a form that is filled in anew

    access_need = forms.CharField(
        label=_("What you need"),
        max_length=LONGEST_NEED,
        required=False,
        validators=[validate_text],
        help_text=_(
            "What would help you take part, not why: no diagnosis, no state of health. For example: a step-free way "
            "in, a seat near the stage, documents in large print, live captions."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    access_consent = forms.BooleanField(
        label=_("I agree that the accessibility referent keeps and reads what I need"), required=False
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("access_need") and not data.get("access_consent"):
            message = _("Tick the box so that we may keep what you need, or leave “What you need” empty.")
            self.add_error("access_consent", message)
        if data.get("access_need") and data.get("registrar_name"):
            message = _("Only your colleague can say what they need: on the page that their mail leads to.")
            self.add_error("access_need", message)
        return data

    @property
    def access_part(self) -> Need:
        names = ("access_need", "access_consent")
        is_left_out = self.need_is_left_out
        return Need(
            *names,
            kept_until=self.need_kept_until,
            ask_before=self.need_ask_before,
            is_open=is_left_out or any(self[name].value() or self[name].errors for name in names),
            is_left_out=is_left_out,
        )


class OwnNeedForm(AccessNeedForm):
    """On the person's own page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access_need"].required = self.fields["access_consent"].required = True
        self.fields["access_need"].error_messages["required"] = _("Say what you need.")
        self.fields["access_consent"].error_messages["required"] = _("Tick the box so that we may keep what you need.")

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout("access_need", "access_consent", Submit("need", _("Save what I need")))
        return helper
