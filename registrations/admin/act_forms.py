"""What is asked of the staff who acts on registrations."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AdminTextInputWidget
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import visible
from innovation_week.session_times import day_and_hours
from registrations import door, eligibility
from registrations.models import Registration
from sessions.models import Session
from sessions.models.session import MOST_COMPANIONS
from sessions.text import validate_one_line

OPEN = Session.Eligibility.OPEN
MOST = 1000  # registrations at once


class ActForm(forms.Form):
    """``request`` says what the account may choose from."""

    ids = forms.RegexField(r"\A\d{1,9}(,\d{1,9})*\Z", widget=forms.HiddenInput, max_length=10 * MOST)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def concern(self, found: list[Registration]) -> None:
        """What the registrations chosen make of the fields."""

    @property
    def pks(self) -> list[int]:
        value = self["ids"].value() or ""
        return [int(pk) for pk in str(value).split(",") if pk.isdecimal() and len(pk) < 10][:MOST]


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
        help_text=_("For the staff: it stays with the registration."),
    )


class AdmitForm(ActForm):
    """Asks for a note only where the rule of a session may stand in the way, and says the rule."""

    pass_note = forms.CharField(
        label=_("Let in despite the rule, because"),
        max_length=300,
        required=False,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
    )

    def concern(self, found: list[Registration]) -> None:
        now = timezone.now()
        sessions = {each.session for each in found if door.has_ended(each, now) and each.session.eligibility != OPEN}
        rules = {eligibility.told_by(session) for session in sessions}
        help_text = _("For who gave their seat up and may not register themselves: it stays with the registration.")
        if rules:
            self.fields["pass_note"].help_text = " ".join([*sorted(rules), str(help_text)])
        else:
            del self.fields["pass_note"]


class CancelForm(ActForm):
    reason = reason_field()
    silently = forms.BooleanField(
        label=_("Without a mail"),
        required=False,
        help_text=_("Unticked: each person receives the usual mail that says that the registration is cancelled."),
    )


class PromoteForm(ActForm):
    reason = reason_field()


class FewerForm(ActForm):
    places = forms.IntegerField(
        label=_("People, at most"),
        min_value=1,
        max_value=MOST_COMPANIONS,
        widget=AdminIntegerFieldWidget,
        help_text=_("The person and those who come along. The seats of the others are free again."),
    )


class SessionToCome(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return " – ".join([", ".join(day_and_hours(obj)), obj.title])


class MoveForm(ActForm):
    session = SessionToCome(
        Session.objects.none(),
        label=_("To the session"),
        help_text=_("Those of the edition that take registrations and are still to come."),
    )
    reason = reason_field()
    is_passed = forms.BooleanField(
        label=_("Whoever may register there"),
        required=False,
        help_text=_("Ticked: also people who may not register for that session themselves, for the reason above."),
    )
    silently = forms.BooleanField(
        label=_("Without a mail"),
        required=False,
        help_text=_("Unticked: each person receives a mail with the new session and their ticket."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking = Session.objects.alive().filter(entry=Session.Entry.REGISTRATION, starts_at__gt=timezone.now())
        sessions = visible(self.request, taking.filter(edition=chosen_edition(self.request)))
        field: Any = self.fields["session"]
        field.queryset = sessions.select_related("edition", "room__venue").order_by("starts_at", "title")
