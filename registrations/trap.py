"""A field that nobody sees: only a machine fills it in. It is answered like a person, and nothing is written."""

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _


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

    @property
    def is_of_a_machine(self) -> bool:
        return bool(self.cleaned_data.get("further_notice"))
