"""What a form said beside names, kept for the browser that sent it while its address may be corrected.

A known address gets no need and no answer from whoever types it. If it was a slip, they belong to the address that was
meant: neither the cookie nor the page may hold them, and nobody has to say them again.
"""

import dataclasses as dc
import datetime as dt
from typing import Any, Self
from uuid import UUID

from django.utils import timezone

from innovation_week import batches
from innovation_week.durations import CORRECTIONS
from registrations.models import AccessNeed, Answer, Question, Registration, Unclaimed
from registrations.questions import Answers
from registrations.services import Applicant


@dc.dataclass(frozen=True, slots=True)
class Said:
    """As the fields of an applicant."""

    access_need: str = ""
    answers: Answers = ()

    @classmethod
    def by(cls, applicant: Applicant) -> Self:
        return cls(applicant.access_need, applicant.answers)

    @classmethod
    def with_registration(cls, registration: Registration) -> Self:
        need = AccessNeed.objects.filter(registration=registration).values_list("need", flat=True).first()
        answers = Answer.objects.filter(registration=registration).values_list("question", "text")
        return cls(need or "", tuple(answers))

    @property
    def fields(self) -> dict[str, Any]:
        return {"access_need": self.access_need, "answers": self.answers}


def keep(form: UUID, said: Said, *, now: dt.datetime) -> None:
    if said.access_need or said.answers:
        values = {"need": said.access_need, "answers": said.answers, "said_at": now}
        Unclaimed.objects.update_or_create(form=form, defaults=values)


def said_in(form: UUID, *, now: dt.datetime) -> Said:
    """Without the answers to questions that were taken away meanwhile."""
    found = Unclaimed.objects.filter(form=form, said_at__gt=now - CORRECTIONS).first()
    if found is None:
        return Said()
    there = set(Question.objects.filter(pk__in=[key for key, _text in found.answers]).values_list("pk", flat=True))
    return Said(found.need, tuple((key, text) for key, text in found.answers if key in there))


def claim(form: UUID) -> None:
    """It stands with a registration now."""
    Unclaimed.objects.filter(form=form).delete()


def erase(before: dt.datetime) -> int:
    return batches.delete(Unclaimed.objects.filter(said_at__lte=before))


def forget_unclaimed() -> int:
    return erase(timezone.now() - CORRECTIONS)
