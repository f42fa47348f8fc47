from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registrations.models.registration import Registration
from sessions.models import Format, Session
from sessions.models.format import LAST_POSITION
from sessions.text import validate_one_line, validate_text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

LONGEST_ANSWER = 500  # characters
MOST_CHOICES = 20


class QuestionQuerySet(models.QuerySet["Question"]):
    def asked_for(self, *, format_slug: str, session: str) -> Self:
        """On the form of the session with this code, whose published format this is: its format’s first."""
        return self.filter(Q(format__slug=format_slug) | Q(session__code=session), is_asked=True)


class Question(models.Model):
    """What the form asks beside names: of every session of a format, or of one session. Acts at once."""

    class Kind(models.TextChoices):
        CHOICE = "choice", _("one of several")
        YES_NO = "yes_no", _("yes or no")
        TEXT = "text", _("free text")

    format = models.ForeignKey(
        Format, models.CASCADE, related_name="questions", verbose_name=_("format"), null=True, blank=True
    )
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="questions", verbose_name=_("session"), null=True, blank=True
    )
    text = models.CharField(_("question"), max_length=200, validators=[validate_one_line])
    text_en = models.CharField(
        _("in English"), max_length=200, blank=True, validators=[validate_one_line], help_text=_("Empty: as above.")
    )
    kind = models.CharField(_("answer"), max_length=10, choices=Kind, default=Kind.CHOICE)
    choices = models.TextField(
        _("choices"),
        blank=True,
        validators=[validate_text],
        help_text=_("One a line; in English after a bar: Végétarien | Vegetarian."),
    )
    is_required = models.BooleanField(_("answer required"), default=False)
    is_asked = models.BooleanField(
        _("still asked"), default=True, help_text=_("Unticked: no longer asked; the answers stay.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0, validators=[MaxValueValidator(LAST_POSITION)])

    objects = QuestionQuerySet.as_manager()
    history = HistoricalRecords()

    if TYPE_CHECKING:
        answers: RelatedManager["Answer"]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = [models.F("session").asc(nulls_first=True), "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(format__isnull=True, session__isnull=False) | Q(format__isnull=False, session__isnull=True),
                name="question_of_a_format_or_a_session",
                violation_error_message=_("A question belongs to a format or to a session."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        offered = self.offered
        if self.kind == self.Kind.CHOICE and not 2 <= len(offered) <= MOST_CHOICES:
            message = _("Give from two to %(most)d choices to choose from, one a line.")
            raise ValidationError({"choices": ValidationError(message, "choices", {"most": MOST_CHOICES})})
        if any(len(word) > LONGEST_ANSWER for word in offered):
            raise ValidationError({"choices": ValidationError(_("Shorten the choices."), "long")})

    def label(self, language: str) -> str:
        return self.text_en if language.startswith("en") and self.text_en else self.text

    @property
    def offered(self) -> dict[str, str]:
        """Choices in French, by which answers are kept, and in English."""
        lines = [line.partition("|") for line in self.choices.splitlines() if line.partition("|")[0].strip()]
        return {french.strip(): english.strip() or french.strip() for french, _bar, english in lines}


class Answer(models.Model):
    """What somebody answered, for the staff. Free text is erased with the name; the others remain to be counted."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="answers", verbose_name=_("registration")
    )
    # Who asked may stop asking; what was answered stays.
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name=_("question"))
    text = models.TextField(_("answer"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        default_permissions = ()  # seen with the registration
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                name="answer_once_per_registration",
                violation_error_message=_("This question has been answered already."),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """As people read it."""
        if self.question.kind == Question.Kind.YES_NO:
            return str(_("Yes") if self.text == "yes" else _("No"))
        return self.text
