import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations.seats import check_capacity
from sessions.admin.times import LONGEST, MINUTE, minutes
from sessions.models import Session
from speakers.models import Candidacy


def effect(name: str) -> tuple[str, str]:
    """When a change of the field acts: a word for style sheets, and one for people."""
    if name in Session.LIVE_FIELDS:
        return "live", gettext("Live")
    if name in Session.INTERNAL_FIELDS:
        return "internal", gettext("Internal")
    return "release", gettext("To publish")


class SessionForm(forms.ModelForm):
    """Each field says in its help when it acts. The end follows from the start and the length."""

    instance: Session

    length = forms.IntegerField(
        label=_("length, in minutes"), required=False, min_value=1, max_value=LONGEST, help_text=_("The end follows.")
    )

    class Meta:
        model = Session
        exclude: ClassVar[list[str]] = ["ends_at"]
        help_texts: ClassVar[dict[str, Any]] = {
            "starts_at": _("On the clock of the edition."),
            "seats": _("Empty: no limit."),
            "registration_opens_at": _("Empty: as for the edition."),
            "registration_closes_at": _("Empty: as for the edition."),
            "owner": _("Who of the staff carries it."),
            "internal_note": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("length", minutes(self.instance))
        for name, field in self.fields.items():
            if name == "edition":  # chosen once, with the session
                continue
            field.help_text = format_html('<span class="effect effect-{}">{}</span> {}', *effect(name), field.help_text)

    def clean_seats(self) -> int | None:
        """Under the session's lock, which the transaction of the page holds until the form is saved."""
        seats: int | None = self.cleaned_data["seats"]
        if self.instance.pk and "seats" in self.changed_data:
            check_capacity(self.instance, seats)
        return seats

    def clean(self) -> None:
        super().clean()
        if {"starts_at", "length"} <= self.cleaned_data.keys():
            self.instance.ends_at = self._end(self.cleaned_data["starts_at"], self.cleaned_data["length"])

    def _end(self, start: dt.datetime | None, length: int | None) -> dt.datetime | None:
        if start is None:
            if length and "length" in self.changed_data:
                self.add_error("starts_at", gettext("Choose a day and a time, or leave the length empty."))
            return None
        if length is None:
            self.add_error("length", gettext("Say how many minutes it lasts: the end follows."))
            return None
        old_start, old_end = self.initial.get("starts_at"), self.instance.ends_at
        if "length" in self.changed_data or old_start is None or old_end is None:
            return start + length * MINUTE
        # To the second, when an import gave seconds.
        lasted: dt.timedelta = old_end - old_start
        return start + lasted


class CandidacyForm(forms.ModelForm):
    class Meta:
        model = Candidacy
        exclude: ClassVar[list[str]] = []

    def has_changed(self) -> bool:
        """The line of a vacant place names its role before anybody is chosen: it is still empty."""
        if self.instance.pk:
            return super().has_changed()
        return bool(set(self.changed_data) - {"role"})
