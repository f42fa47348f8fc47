"""When a session takes place, as people say it: a day of the edition, a start, a length; the end follows."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation_week.dates import day
from sessions.admin.selects import PlainSelect
from sessions.models import Edition, Session

LONGEST = 366 * 24 * 60  # minutes: an exhibition may last the year
MINUTE = dt.timedelta(minutes=1)


def minutes(session: Session) -> int | None:
    """How long it lasts, in whole minutes; None without a time."""
    if session.starts_at is None or session.ends_at is None:
        return None
    return (session.ends_at - session.starts_at) // MINUTE


def days(edition: Edition | None, session: Session | None) -> list[tuple[str, str]]:
    """The days of the edition in words and, when it takes place on another one, the day of the session."""
    if edition is None:
        return []
    number = (edition.ends_on - edition.starts_on).days + 1
    # A slip in the dates of an edition may make it a century long.
    dates = [edition.starts_on + dt.timedelta(offset) for offset in range(min(number, 366))]
    choices = [(date.isoformat(), day(date)) for date in dates]
    if session and session.starts_at:
        own = timezone.localtime(session.starts_at).date()
        if own not in dates:
            outside = _("%(day)s (not a day of the edition)") % {"day": day(own, with_year=True)}
            choices.append((own.isoformat(), outside))
    return choices


class ClockInput(forms.TimeInput):
    """The browser's own choice of a time; seconds only when there are some, or saving would lose them."""

    input_type = "time"

    def format_value(self, value: object) -> str | None:
        if isinstance(value, dt.time):
            return value.isoformat("seconds" if value.second else "minutes")
        return super().format_value(value)


class DayAndTimeWidget(forms.SplitDateTimeWidget):
    def __init__(self, days: Sequence[tuple[str, str]], label: str) -> None:
        labels = [f"{capfirst(label)}, {half}" for half in (_("day"), _("time"))]
        select = PlainSelect({"aria-label": labels[0]}, choices=[("", _("no day yet")), *days])
        forms.MultiWidget.__init__(self, [select, ClockInput({"aria-label": labels[1]})])


class StartField(forms.SplitDateTimeField):
    """A day among ``days`` and a time, on the clock of the edition."""

    default_error_messages = {
        "invalid_date": gettext_lazy("Choose the day too, or clear the time."),
        "invalid_time": gettext_lazy("Give the time too, for example 14:30, or choose no day."),
    }

    def __init__(self, days: Sequence[tuple[str, str]], label: str, help_text: str) -> None:
        self.days = {key for key, _words in days}
        super().__init__(label=label, help_text=help_text, required=False, widget=DayAndTimeWidget(days, label))

    def compress(self, data_list: Any) -> dt.datetime | None:
        if data_list and data_list[0] and data_list[0].isoformat() not in self.days:
            message = _("%(day)s is not a day of this edition. Choose one of its days.")
            raise ValidationError(message, code="day", params={"day": capfirst(day(data_list[0], with_year=True))})
        return super().compress(data_list)
