"""Time and room of a session, changed in its line of the list."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, from_current_timezone
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.session_times import day_and_hours
from sessions.models import Session
from venues.models import Room
from venues.room_names import RoomNames

USUAL_LENGTH = dt.timedelta(hours=1)  # of a session that gets its first time
FIELDS = ["starts_at", "room"]
ROOMS = "rooms-of-the-list"  # id of the datalist


def place(session: Session) -> str:
    """What the name of its room does not say."""
    if session.room:
        return session.room.venue.name
    return gettext("Online") if session.is_online else ""


class WithWords(forms.TextInput):
    """A control, and under it what it means in words."""

    words = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        told = f"{name}-words"
        control = super().render(name, value, {**(attrs or {}), "aria-describedby": told}, renderer)
        return format_html('{}<span class="under" id="{}">{}</span>', control, told, self.words)


class OnlyWords(forms.Widget):
    """Where other rows have a control."""

    def __init__(self, told: tuple[str, str]) -> None:
        super().__init__()
        self.told = told

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return format_html('{} <span class="under">{}</span>', *self.told)


class StartField(forms.CharField):
    """Text in the form of the browser's own control; the row compares and reads it."""

    widget = WithWords(attrs={"type": "datetime-local"})

    def prepare_value(self, value: Any) -> Any:
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}" if isinstance(value, dt.datetime) else value


class RoomField(forms.CharField):
    """The name of a room, with the others proposed: as many lists to choose from as rows would weigh too much."""

    widget = WithWords(attrs={"list": ROOMS, "autocomplete": "off"})
    names: RoomNames

    def prepare_value(self, value: Any) -> Any:
        return self.names.label(value) if value is None or isinstance(value, int) else value


class RowForm(forms.ModelForm):
    """Writes what the person changed since the list was shown; refuses what somebody else changed meanwhile.

    Beside each field stands, hidden, what was shown (``show_hidden_initial``).
    """

    names: ClassVar[RoomNames]
    starts_at = StartField(label=_("Start"), required=False, show_hidden_initial=True)
    room = RoomField(label=_("Room"), required=False, show_hidden_initial=True)
    instance: Session

    class Meta:
        model = Session
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room: Any = self.fields["room"]
        room.names = self.names
        for name in FIELDS:
            label = f"{self.fields[name].label}, {self.instance.title}"
            self.fields[name].widget.attrs["aria-label"] = label
        widgets: Any = {name: self.fields[name].widget for name in FIELDS}
        widgets["starts_at"].words = ", ".join(filter(None, day_and_hours(self.instance)))
        widgets["room"].words = place(self.instance)
        self.tell_line()

    def tell_line(self) -> None:
        """The slots of a day are moved one by one, or by the pages of their sequence."""
        if line := getattr(self.instance, "line", None):
            room = self.instance.room if line.room_id else None
            where = (room.name, room.venue.name) if room else (gettext("Several rooms"), "")
            for name, told in (("starts_at", line.when), ("room", where)):
                field = self.fields[name]
                field.widget, field.disabled, field.show_hidden_initial = OnlyWords(told), True, False

    def full_clean(self) -> None:
        """Rows that nobody touched cost nothing, and are not judged."""
        if self.is_bound and self.instance.pk and not self.has_changed():
            self._errors = ErrorDict()
            self.cleaned_data = {"id": self.instance}
            return
        super().full_clean()

    def clean_starts_at(self) -> dt.datetime | None:
        present = self.instance.starts_at
        if not self._is_to_write("starts_at", present):
            return present
        typed = self.cleaned_data["starts_at"]
        try:
            read = parse_datetime(typed) if typed else None
        except ValueError:
            read = None
        if typed and read is None:
            raise ValidationError(gettext("“%s” is not a day and a time.") % typed, code="start")
        start = read if read is None or timezone.is_aware(read) else from_current_timezone(read)
        self._keep_length(start)
        return start

    def clean_room(self) -> Room | None:
        if self._is_to_write("room", self.instance.room_id):
            return self.names.find(self.cleaned_data["room"])
        return self.instance.room

    def _keep_length(self, start: dt.datetime | None) -> None:
        old_start, old_end = self.instance.starts_at, self.instance.ends_at
        length = old_end - old_start if old_start and old_end else USUAL_LENGTH
        self.instance.ends_at = start + length if start else None

    def _is_to_write(self, name: str, present: Any) -> bool:
        """ValidationError when somebody else wrote another value since; both are then on the screen."""
        if name not in self.changed_data:
            return False
        field = self[name]
        shown, theirs = self.data.get(field.html_initial_name, ""), self.fields[name].prepare_value(present) or ""
        if theirs in (shown, self.cleaned_data[name]):
            return True
        # Saving again is then a choice: what is compared next time is what the person has now read.
        self.data = {**dict(self.data.items()), field.html_initial_name: theirs}
        message = gettext(
            "Somebody else has just written “%(theirs)s” in place of “%(shown)s”. Save again to replace it."
        )
        raise ValidationError(message, code="meanwhile", params={"theirs": theirs or "–", "shown": shown or "–"})
