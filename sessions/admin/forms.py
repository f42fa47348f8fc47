from typing import ClassVar

from django import forms

from registrations.seats import set_capacity
from sessions.models import Session


class SessionForm(forms.ModelForm):
    instance: Session

    class Meta:
        model = Session
        exclude: ClassVar[list[str]] = []

    def clean_seats(self) -> int | None:
        """Set at once, under the session's lock; SessionAdmin takes it back when another field is refused."""
        seats: int | None = self.cleaned_data["seats"]
        if self.instance.pk and "seats" in self.changed_data:
            set_capacity(self.instance, seats)
        return seats
