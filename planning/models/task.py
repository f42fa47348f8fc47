import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.models import Edition, Sequence, Session
from sessions.text import validate_one_line, validate_text

TWO_YEARS = 730  # days


class DaysAfter(models.Func):
    """``DaysAfter("edition__starts_on", "offset")``: the date so many days after a date, on every database."""

    arity = 2
    output_field = models.DateField()
    template, arg_joiner = "(%(expressions)s)", " + "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="date(%(expressions)s || ' days')", arg_joiner=", ", **context
        )


class TaskQuerySet(models.QuerySet["Task"]):
    def with_due_date(self) -> Self:
        """``due``: the same as ``due_on``, to filter and sort by."""
        return self.annotate(due=DaysAfter("edition__starts_on", "offset"))

    def soonest_first(self) -> Self:
        return self.with_due_date().order_by("due", "title", "pk")

    def open(self) -> Self:
        return self.filter(done_at__isnull=True)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def late(self, today: dt.date) -> Self:
        return self.open().with_due_date().filter(due__lt=today)

    def due_within(self, days: int, today: dt.date) -> Self:
        """Still to do, from today to so many days ahead."""
        return self.open().with_due_date().filter(due__range=(today, today + dt.timedelta(days=days)))


class Task(models.Model):
    """Something that the staff has to do, so many days before or after the week begins."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="tasks", verbose_name=_("edition"))
    title = models.CharField(_("task"), max_length=200, validators=[validate_one_line])
    offset = models.SmallIntegerField(
        _("days from the first day"),
        validators=[MinValueValidator(-TWO_YEARS), MaxValueValidator(TWO_YEARS)],
        help_text=_("-60 is sixty days before the week begins, 15 is fifteen days after that. The date follows."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="tasks",
        verbose_name=_("owner"),
        null=True,
        blank=True,
    )
    sequence = models.ForeignKey(
        Sequence, models.CASCADE, related_name="tasks", verbose_name=_("sequence"), null=True, blank=True
    )
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="tasks", verbose_name=_("session"), null=True, blank=True
    )
    note = models.TextField(_("note"), blank=True, validators=[validate_text])
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        verbose_name=_("done by"),
        null=True,
        blank=True,
    )
    # What makes taking over a plan twice give each task once.
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, related_name="copies", null=True, blank=True, editable=False
    )

    objects = TaskQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["copied_from"])

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["edition", "offset", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence__isnull=True) | Q(session__isnull=True),
                name="task_about_session_or_sequence",
                violation_error_message=_("Choose the session or the sequence, not both: a session has its sequence."),
            ),
            models.UniqueConstraint(
                fields=["edition", "copied_from"],
                name="task_copied_once_per_edition",
                violation_error_message=_("This edition already holds a copy of that task."),
            ),
        ]
        indexes = [models.Index(fields=["edition", "offset"], name="task_by_edition_and_offset")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        for name in ("sequence", "session"):
            about = getattr(self, name)
            if about and self.edition_id and about.edition_id != self.edition_id:
                message = _("“%(about)s” belongs to another edition: choose one of this edition.")
                raise ValidationError({name: ValidationError(message, "edition", {"about": about})})

    @property
    def about(self) -> Session | Sequence | None:
        return self.session or self.sequence

    @property
    def due_on(self) -> dt.date:
        """Follows the first day of the edition."""
        return self.edition.starts_on + dt.timedelta(days=self.offset)

    @property
    def countdown(self) -> str:
        """“J-60”, “J+15”: the same in every language, as the French of the trade write it."""
        return f"J{self.offset:+d}" if self.offset else "J"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_late(self, today: dt.date) -> bool:
        return not self.is_done and self.due_on < today

    def finish(self, by: Any, at: dt.datetime) -> None:
        """Done, by this user; the first to say so stays named."""
        if not self.is_done:
            self.done_at, self.done_by = at, by
            self.save(update_fields=["done_at", "done_by"])

    def reopen(self) -> None:
        if self.is_done:
            self.done_at = self.done_by = None
            self.save(update_fields=["done_at", "done_by"])
