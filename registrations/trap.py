"""A field that nobody sees: only a machine fills it in. It is answered like a person, and nothing is written."""

import logging

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class Trap(Div):
    """Out of sight, out of the order of the keyboard, and not read aloud."""

    template = "registrations/_trap.html"


class TrapForm(forms.Form):
    # A name that no browser and no keeper of identities has anything to propose for.
    further_notice = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def trap(self) -> Trap:
        return Trap("further_notice")

    def is_caught(self) -> bool:
        """Whether a machine filled it in: a line in the log tells the operator, without what was sent or by whom."""
        is_caught = bool(self.cleaned_data.get("further_notice"))
        if is_caught:
            logger.warning(
                "A machine filled in the hidden field of a form: nothing is written (%s).", type(self).__name__
            )
        return is_caught
