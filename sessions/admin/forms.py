from typing import ClassVar

from django import forms

from registrations.seats import check_capacity
from sessions.models import Session


class SessionForm(forms.ModelForm):
    instance: Session

    class Meta:
        model = Session
        exclude: ClassVar[list[str]] = []

    def clean_seats(self) -> int | None:
        """Under the session's lock, which the transaction of the page holds until the form is saved."""
        seats: int | None = self.cleaned_data["seats"]
        if self.instance.pk and "seats" in self.changed_data:
            check_capacity(self.instance, seats)
        return seats
