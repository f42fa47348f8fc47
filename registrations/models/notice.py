import zlib
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from publishing.models import Release
from registrations.models.registration import Registration, RegistrationQuerySet
from registrations.models.transition import Transition
from registrations.placeholders import check_typed
from sessions.models import Session

LONGEST_WORD = 2000  # characters
_ENDED = (Registration.State.CANCELLED, Registration.State.EXPIRED)


def there_before(registrations: RegistrationQuerySet, moment: Any) -> RegistrationQuerySet:
    """Those who neither registered, nor were moved to their session, nor took a seat again since the moment."""
    since = OuterRef(moment) if isinstance(moment, OuterRef) else moment
    came = Transition.objects.filter(
        Q(left_session__isnull=False) | Q(from_state__in=_ENDED), registration=OuterRef("pk"), at__gte=since
    )
    return registrations.filter(~Exists(came), created_at__lt=moment)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def drafts(self) -> Self:
        return self.filter(state=Notice.State.DRAFT)

    def with_people(self) -> Self:
        """Annotates ``people``: how many would be told."""
        moment = OuterRef("release__created_at")
        told = there_before(Registration.objects.live().filter(session=OuterRef("session")), moment)
        number = told.order_by().values("session").annotate(number=Count("pk")).values("number")
        return self.annotate(people=Coalesce(Subquery(number, output_field=models.IntegerField()), Value(0)))


class Notice(models.Model):
    """News of a session for those who are registered or wait: drafted with the release that makes it, held for the
    staff. Written by registrations.notices only, save its words, which the staff edits: empty, the subject and the text
    are those of the mail as it is laid out.
    """

    class Kind(models.TextChoices):
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        POSTPONED = "postponed", _("Postponed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        BACK = "back", _("Takes place after all")

    class State(models.TextChoices):
        DRAFT = "draft", _("To be reviewed")
        SENT = "sent", _("Sent")
        DISCARDED = "discarded", _("Discarded")
        VOID = "void", _("Without object")  # things are again as people know them

    WORDS = ("subject", "text", "word")

    session = models.ForeignKey(Session, models.PROTECT, related_name="notices", verbose_name=_("session"))
    kind = models.CharField(_("news"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    known = models.ForeignKey(
        Release, models.PROTECT, related_name="+", verbose_name=_("what people know"), editable=False
    )
    release = models.ForeignKey(
        Release, models.PROTECT, related_name="+", verbose_name=_("what is announced"), editable=False
    )
    subject = models.CharField(
        _("subject"),
        max_length=200,
        blank=True,
        help_text=_("Left as it was drafted, each person reads it in their language. Empty: as it was drafted."),
    )
    text = models.TextField(
        _("text"),
        max_length=LONGEST_WORD,
        blank=True,
        help_text=_("The same. The new facts, then the former ones, follow by themselves: no need to write them."),
    )
    word = models.TextField(
        _("a word to them"),
        max_length=LONGEST_WORD,
        blank=True,
        help_text=_(
            "Why, and what to do. It stands in the mail above the old and the new facts; addresses are not links."
        ),
    )
    created_at = models.DateTimeField(_("drafted"))
    settled_at = models.DateTimeField(_("sent or discarded"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
        null=True,
        blank=True,
        editable=False,
    )
    mails = models.PositiveIntegerField(_("mails"), null=True, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    people: int  # annotated by with_people

    class Meta:
        verbose_name = _("notice to registrants")
        verbose_name_plural = _("notices to registrants")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(state="draft"),
                name="notice_one_draft_per_session",
                violation_error_message=_("A notice about this session waits already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.session}"

    def clean(self) -> None:
        errors = {}
        for name in self.WORDS:
            try:
                check_typed(getattr(self, name))
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    @property
    def as_read(self) -> str:
        """Two of the same: somebody has read what the notice tells, and in which words."""
        words = "\0".join([self.subject, self.text, self.word])
        return f"{self.pk}:{self.release_id}:{zlib.crc32(words.encode())}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT
