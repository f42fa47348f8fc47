import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.effects import INTERNAL, LIVE, TO_PUBLISH, Effect, mark
from registrations import connection, seats
from sessions.admin.times import LONGEST, MINUTE, minutes
from sessions.models import Session


def effect(name: str) -> Effect | None:
    """Of a field of the session, or of what its page computes; None for the edition, chosen once, with the session."""
    if name == "edition":
        return None
    if name in Session.LIVE_FIELDS or name == "taken":
        return LIVE
    return INTERNAL if name in Session.INTERNAL_FIELDS else TO_PUBLISH


def _form_field(field: models.Field, **kwargs: Any) -> Any:
    """An address typed without its scheme is a secure one."""
    return field.formfield(**kwargs | ({"assume_scheme": "https"} if isinstance(field, models.URLField) else {}))


class SessionForm(forms.ModelForm):
    """Each field says in its help when it acts. The end follows from the start and the length."""

    instance: Session

    length = forms.IntegerField(
        label=_("length, in minutes"), required=False, min_value=1, max_value=LONGEST, help_text=_("The end follows.")
    )

    class Meta:
        model = Session
        exclude: ClassVar[list[str]] = ["ends_at"]
        formfield_callback = _form_field
        help_texts: ClassVar[dict[str, Any]] = {
            "starts_at": _("On the clock of the edition."),
            "eligibility": _("For who registers from now on. Of a session with registration."),
            "eligible_domains": _("Of the addresses that may register, one a line: culture.gouv.fr"),
            "eligible_subdomains": _("With gouv.fr, addresses of culture.gouv.fr may register too."),
            "seats": _("Empty: no limit."),
            "walk_in_seats": _("Of the seats above, those that nobody can register for."),
            "online_seats": _("For a session in a room and online, beside the seats of the room. Empty: no limit."),
            "connection_link": _("Never public: only those confirmed who come online receive it."),
            "connection_note": _("Access code, telephone number, which program: told with the link."),
            "most_companions": _("How many people somebody who registers may bring along."),
            "has_waiting_list": _("People may wait for a seat once it is full."),
            "registration_opens_at": _("Empty: as for the edition."),
            "registration_closes_at": _("Empty: as for the edition."),
            "owner": _("Who of the staff carries it."),
            "internal_note": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("length", minutes(self.instance))
        for name, field in self.fields.items():
            if acts := effect(name):
                field.help_text = mark(acts) + " " + conditional_escape(field.help_text)
        if "eligible_domains" in self.fields:
            self.fields["eligible_domains"].widget.attrs["rows"] = 3
        if "connection_link" in self.fields and (number := self._people_to_tell()):
            told = ngettext(
                "A change is mailed to the %(number)s person who comes online.",
                "A change is mailed to the %(number)s people who come online.",
                number,
            )
            field = self.fields["connection_link"]
            field.help_text = format_html(
                "{} <strong>{}</strong>", field.help_text, told % {"number": localize(number)}
            )

    def _people_to_tell(self) -> int:
        """Nobody comes online to most sessions: they cost nothing."""
        session = self.instance
        is_online = bool(session.pk) and (session.is_online or bool(session.connection_link))
        return connection.told(session, timezone.now()).count() if is_online else 0

    def clean(self) -> None:
        super().clean()
        if {"starts_at", "length"} <= self.cleaned_data.keys():
            self.instance.ends_at = self._end(self.cleaned_data["starts_at"], self.cleaned_data["length"])
        if self.instance.pk:
            self._clean_seats()

    def _clean_seats(self) -> None:
        """Under the session's lock, which the transaction of the page holds until the form is saved."""
        data = self.cleaned_data
        for name, check in (
            ("seats", check_capacity),
            ("walk_in_seats", check_capacity),
            ("online_seats", check_online),
        ):
            if name in self.changed_data and name in data:
                try:
                    check(self.instance, data)
                except ValidationError as error:
                    self.add_error(name, error)
                    return

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


def check_capacity(session: Session, data: dict[str, Any]) -> None:
    kept = data.get("walk_in_seats", session.walk_in_seats)
    seats.check_capacity(session, data.get("seats", session.seats), walk_in_seats=kept)


def check_online(session: Session, data: dict[str, Any]) -> None:
    seats.check_online_capacity(session, data["online_seats"])


class CandidacyForm(forms.ModelForm):
    def has_changed(self) -> bool:
        """The line of a vacant place names its role before anybody is chosen: it is still empty."""
        if self.instance.pk:
            return super().has_changed()
        return bool(set(self.changed_data) - {"role"})
