"""The form that makes slots: opening days with their hours, and what every slot has."""

import dataclasses as dc
import datetime as dt
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.limits import visible
from innovation_week.dates import day
from innovation_week.staff import StaffChoiceField, open_accounts
from sessions.admin.filters import days_of
from sessions.admin.times import ClockInput
from sessions.models import Audience, Format, Sequence, Session
from sessions.slots import Hours, Pause, Plan, placeholders, starts, validate_pattern
from sessions.written_times import read_clocks
from venues.models import MOST_PEOPLE, Room

MOST_SLOTS = 400
OPENS, CLOSES = dt.time(9), dt.time(18)
# What the slots take from the session that is chosen as their model.
OF_THE_MODEL = ["lead", "text", "course", "note", "language", "entry", "is_online", "sign_language", "captions"]
OF_THE_MODEL += ["eligibility", "eligible_domains", "eligible_subdomains"]


@dc.dataclass(frozen=True, slots=True)
class DayFields:
    """The line of a day: whether it is open, from when, until when."""

    is_open: forms.BoundField
    opens: forms.BoundField
    closes: forms.BoundField

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in (self.is_open, self.opens, self.closes) for error in field.errors]


class PausesField(forms.CharField):
    """“12 h 30 – 14 h; 16 h – 16 h 15” into pairs of times."""

    def clean(self, value: Any) -> Any:
        return [_pause(words) for words in super().clean(value).replace("\n", ";").split(";") if words.strip()]


def _pause(words: str) -> Pause:
    first, last = read_clocks(words.strip())
    if last is None or last <= first:
        message = gettext("“%s” is not a pause. Write for example 12 h 30 – 14 h.")
        raise ValidationError(message % words.strip(), code="pause")
    return first, last


class SlotsForm(forms.Form):
    """``offer`` gives it the days and choices of its sequence; a form that is bound has them before it is cleaned."""

    minutes = forms.IntegerField(label=_("Length of a visit, in minutes"), min_value=5, max_value=24 * 60, initial=30)
    pauses = PausesField(
        label=_("Pauses"),
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("For example 12 h 30 – 14 h. Several: with a semicolon between them."),
    )
    seats = forms.IntegerField(
        label=_("Seats of each slot"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=_("Empty: no limit."),
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False, empty_label=_("None yet"))
    title = forms.CharField(label=_("Title of each slot"), max_length=200, widget=AdminTextInputWidget)
    format = forms.ModelChoiceField(Format.objects.none(), label=_("Format"), empty_label=None)
    model = forms.ModelChoiceField(
        Session.objects.none(),
        label=_("Texts and audiences from"),
        required=False,
        empty_label=_("None: the slots have no text of their own"),
        help_text=_("A session of the sequence: its texts, audiences, entry and accessibility are copied."),
    )
    owner = StaffChoiceField(User.objects.none(), label=_("Owner"), required=False)
    status = forms.ChoiceField(
        label=_("State"),
        choices=[(state.value, state.label) for state in (Session.Status.IDEA, Session.Status.DESIGN)],
        initial=Session.Status.DESIGN,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    sequence: Sequence

    def offer(self, request: HttpRequest, sequence: Sequence) -> None:
        """Choices within the edition and the rights of who asks."""
        self.sequence = sequence
        fields: Any = self.fields
        sessions = visible(request, Session.objects.filter(sequence=sequence)).select_related("room").order_by("pk")
        last = sessions.filter(is_slot=True).last()
        names = placeholders()
        fields["title"].initial = f"{sequence.title}, {names['day']}, {names['time']}"
        fields["title"].help_text = _("%(day)s and %(time)s become those of the slot.") % names
        fields["format"].queryset = Format.objects.all()
        fields["format"].initial = sequence.format_id
        fields["room"].queryset = visible(request, Room.objects.select_related("venue"))
        fields["owner"].queryset = open_accounts()
        fields["model"].queryset = sessions
        if last:
            fields["room"].initial, fields["seats"].initial, fields["model"].initial = last.room_id, last.seats, last.pk
        for date in days_of(sequence.edition):
            self._offer_day(date)

    def _offer_day(self, date: dt.date) -> None:
        told = capfirst(day(date))
        self.fields[f"open-{date}"] = forms.BooleanField(label=told, required=False)
        for name, words, usual in (("from", _("from"), OPENS), ("to", _("until"), CLOSES)):
            widget = ClockInput({"aria-label": f"{told}, {words}"})
            self.fields[f"{name}-{date}"] = forms.TimeField(label=words, required=False, initial=usual, widget=widget)

    @property
    def days(self) -> list[DayFields]:
        dates = [name.removeprefix("open-") for name in self.fields if name.startswith("open-")]
        return [DayFields(self[f"open-{date}"], self[f"from-{date}"], self[f"to-{date}"]) for date in dates]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith(("open-", "from-", "to-"))]

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"].strip()
        validate_pattern(title)
        return title

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = [name.removeprefix("open-") for name in self.fields if name.startswith("open-") and data.get(name)]
        for date in chosen:
            opens, closes = data.get(f"from-{date}"), data.get(f"to-{date}")
            if f"from-{date}" in self.errors or f"to-{date}" in self.errors:
                continue
            if opens is None or closes is None or closes <= opens:
                self.add_error(f"to-{date}", gettext("Give an opening and, later in the day, a closing."))
        if not chosen:
            raise ValidationError(gettext("Tick at least one opening day."), code="days")
        if not self.errors:
            self._check_number()
        return data

    def _check_number(self) -> None:
        number = sum(len(list(starts(hours, self.plan.pauses, self.plan.length))) for hours in self.plan.hours)
        if number == 0:
            raise ValidationError(gettext("No visit of this length fits in these hours."), code="none")
        if number > MOST_SLOTS:
            message = gettext("This would be %(number)d slots: make at most %(most)d at once.")
            raise ValidationError(message, code="many", params={"number": number, "most": MOST_SLOTS})

    @cached_property
    def plan(self) -> Plan:
        data = self.cleaned_data
        dates = [name.removeprefix("open-") for name in self.fields if name.startswith("open-") and data.get(name)]
        model = data["model"]
        values = {name: getattr(model, name) for name in OF_THE_MODEL} if model else {}
        return Plan(
            sequence=self.sequence,
            hours=tuple(Hours(dt.date.fromisoformat(date), data[f"from-{date}"], data[f"to-{date}"]) for date in dates),
            pauses=tuple(data["pauses"]),
            length=dt.timedelta(minutes=data["minutes"]),
            title=data["title"],
            room=data["room"],
            ask_ahead=_ask_ahead(model),
            values=values | {name: data[name] for name in ("format", "seats", "owner", "status")},
        )

    @property
    def audiences(self) -> list[Audience]:
        model = self.cleaned_data["model"]
        return list(model.audiences.all()) if model else []

    @property
    def small_room(self) -> Room | None:
        """The room, when it holds fewer people than a slot has seats."""
        room, seats = self.cleaned_data["room"], self.cleaned_data["seats"]
        return room if room and room.capacity is not None and seats and seats > room.capacity else None


def _ask_ahead(model: Session | None) -> dt.timedelta | None:
    """Of a session that tells a day and has one."""
    if model is None or model.ask_before is None or model.starts_at is None:
        return None
    return model.starts_at.astimezone(model.time_zone).date() - model.ask_before
