"""The questions of a session, as fields of its form. A page that was laid out with questions says so when it is sent:
one that was laid out without any asks the database nothing.
"""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registrations import questions
from registrations.models import Question
from registrations.models.question import LONGEST_ANSWER
from registrations.published import PublishedSession
from registrations.questions import Answers
from sessions.text import validate_text

ASKED = "asked"  # name of the mark in the page
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class QuestionsForm(forms.Form):
    """The part of the form that asks what the format and the session ask."""

    questions: tuple[Question, ...] = ()

    def ask(self, published: PublishedSession, *, is_required: bool = True) -> None:
        self.questions = tuple(questions.asked(published))
        for question in self.questions:
            self.fields[name_of(question)] = field_of(question, is_required=is_required and question.is_required)
        if self.questions:
            self.fields[ASKED] = forms.CharField(widget=forms.HiddenInput, required=False, initial="1")

    @property
    def question_names(self) -> list[str]:
        return [*map(name_of, self.questions), *([ASKED] if self.questions else [])]

    @cached_property
    def answers(self) -> Answers:
        given = ((question.pk, self.cleaned_data.get(name_of(question)) or "") for question in self.questions)
        return tuple((key, text) for key, text in given if text)


def name_of(question: Question) -> str:
    return f"question_{question.pk}"


def initial_of(answers: Answers) -> dict[str, str]:
    return {f"question_{question}": text for question, text in answers}


def field_of(question: Question, *, is_required: bool) -> forms.Field:
    label = questions.words(question)
    common: dict[str, Any] = {"label": label, "required": is_required}
    if question.kind == Question.Kind.TEXT:
        return forms.CharField(
            **common,
            max_length=LONGEST_ANSWER,
            validators=[validate_text],
            widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
            error_messages={"required": _("Answer this question.")},
        )
    is_english = (get_language() or "fr").startswith("en")
    offered = question.offered.items()
    choices = (
        YES_NO if question.kind == Question.Kind.YES_NO else [(fr, en if is_english else fr) for fr, en in offered]
    )
    # Whoever ticked something by mistake can say so: a button of this kind cannot be unticked.
    unsaid = [] if is_required else [("", _("No answer"))]
    return forms.ChoiceField(
        **common,
        choices=[*unsaid, *choices],
        initial=None if is_required else "",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose an answer."),
            "invalid_choice": _("This choice is no longer offered: choose another one."),
        },
    )
