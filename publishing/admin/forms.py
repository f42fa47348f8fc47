from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from publishing.calling_off import NewTimes
from sessions.models import Session
from sessions.text import validate_one_line


class NoteForm(forms.Form):
    """What every release asks for. ``expected`` is the number of the last release that the person saw."""

    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        strip=True,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
        help_text=_("What changes, in a sentence: the public reads it under “What is new”."),
    )
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def as_seen(self, **seen: Any) -> None:
        """The numbers sent back are always those of the changes on the screen, also after a refusal."""
        self.initial.update(seen)
        if self.is_bound:
            self.data = {**dict(self.data.items()), **seen}


class ForceForm(NoteForm):
    reason = forms.CharField(
        label=_("Reason for forcing"),
        max_length=300,
        required=False,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
        help_text=_("Fill it in to publish despite the conflicts above; it is kept for the staff, never public."),
    )


class PublishSessionForm(ForceForm):
    seen = forms.CharField(widget=forms.HiddenInput)  # fingerprint of what was compared


class PublishForm(ForceForm):
    edition = forms.IntegerField(widget=forms.HiddenInput)


def _moment(**kwargs: Any) -> forms.SplitDateTimeField:
    """Day and time as the browser asks for them; without its help, as 2018-11-20 and 14:30."""
    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date"}, date_format="%Y-%m-%d", time_attrs={"type": "time"}, time_format="%H:%M"
    )
    for half, label in zip(widget.widgets, [_("date"), _("time")], strict=True):
        half.attrs["aria-label"] = f"{kwargs['label']}, {label}"
    return forms.SplitDateTimeField(widget=widget, required=False, **kwargs)


class PostponeForm(ForceForm):
    starts_at = _moment(label=_("New start"), help_text=_("Leave it empty when the new date is not known yet."))
    ends_at = _moment(label=_("New end"), help_text=_("Empty: as long as it was announced."))

    field_order = ("starts_at", "ends_at", "note", "reason")

    def __init__(self, *args: Any, session: Session, announced: Any, **kwargs: Any) -> None:
        """``announced`` is the slot that the public knows."""
        super().__init__(*args, **kwargs)
        self.session, self.announced = session, announced

    def clean(self) -> None:
        start, end = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if end and not start and "starts_at" not in self.errors:
            self.add_error("starts_at", _("Give the new start too."))
        elif start and end and end <= start:
            self.add_error("ends_at", _("A session must end after it starts. Give both times, or neither."))
        elif start and not end and self.length is None and "ends_at" not in self.errors:
            self.add_error("ends_at", _("Give the new end: how long the session lasts is not known."))

    @property
    def length(self) -> Any:
        known = self.announced if self.announced.starts_at else self.session
        return known.ends_at - known.starts_at if known.starts_at and known.ends_at else None

    @property
    def times(self) -> NewTimes | None:
        """Once it is valid; None for a session that waits for its date."""
        start, end = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if not start or not (end or self.length):
            return None
        return NewTimes(start, end or start + self.length)
