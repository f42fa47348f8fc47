"""What the form of a session asks beside names, and what was answered."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from registrations.models import Answer, Question, Registration
from registrations.models.question import QuestionQuerySet
from registrations.published import PublishedSession
from sessions.cloning import create
from sessions.models import Session

COPIED = ("text", "text_en", "kind", "choices", "is_required", "position")

Answers = tuple[tuple[int, str], ...]  # primary keys of questions, and what was answered


def asked(published: PublishedSession) -> list[Question]:
    found = Question.objects.asked_for(format_slug=published.item.format, session=published.item.code)
    return list(found)


def is_asked(format_slug: Any) -> Exists:
    """Annotates the row of the session: whether there is any. No query of its own, for a form that asks nothing."""
    mine = Q(session=OuterRef("pk")) | Q(format__slug=format_slug)
    return Exists(Question.objects.filter(mine, is_asked=True))


def answer(registration: Registration, answers: Answers) -> None:
    """With a registration that was just made, in its transaction."""
    if answers:
        Answer.objects.bulk_create(
            Answer(registration=registration, question_id=question, text=text) for question, text in answers
        )


def answered_by(registrations: Any) -> list[Question]:
    """Each question that one of these registrations answers."""
    keys = Answer.objects.filter(registration__in=registrations.order_by()).values("question")
    return list(Question.objects.filter(pk__in=keys).order_by("position", "pk"))


def copy_questions(session: Session, to: Session) -> None:
    """Those of its own that are still asked; the format of the copy asks its own."""
    for values in questions_to_clone([session.pk]).values(*COPIED):
        Question.objects.create(session=to, **values)


def questions_to_clone(sessions: Iterable[int]) -> QuestionQuerySet:
    return Question.objects.filter(session__in=sessions, is_asked=True).order_by("position", "pk")


def clone_questions(clones: dict[int, Session], user: AbstractBaseUser | None) -> None:
    """The same for many sessions, by the primary keys of those that they were made from."""
    rows = [
        Question(session=clones[question.session_id], **{name: getattr(question, name) for name in COPIED})
        for question in questions_to_clone(clones)
        if question.session_id
    ]
    create(Question, rows, user)


def words(question: Question) -> str:
    return question.label(get_language() or "fr")


def forget_free_text(registrations: Iterable[int]) -> None:
    """With the names: it may hold one."""
    Answer.objects.filter(registration__in=registrations, question__kind=Question.Kind.TEXT).delete()
