from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registrations.delivered_mails import MAILS
from registrations.mail_kinds import Wording
from sessions.models import Edition
from sessions.text import validate_one_line, validate_text

LONGEST = 5000  # characters


class MailText(models.Model):
    """What an edition says in a mail, in place of the words that come with the software. Acts at once."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="mail_texts", verbose_name=_("edition"))
    kind = models.CharField(_("mail"), max_length=30)  # of delivered_mails
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200, validators=[validate_one_line])
    heading = models.CharField(
        _("heading"),
        max_length=150,
        blank=True,
        validators=[validate_one_line],
        help_text=_("Stands at the head of the mail. Empty: the subject."),
    )
    body = models.TextField(
        _("text"),
        max_length=LONGEST,
        validators=[validate_text],
        help_text=_("Plain text. An empty line ends a paragraph; “# ” at the beginning of a line makes a heading."),
    )
    outdated_since = models.DateTimeField(
        _("not sent since"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When a mail first left with the delivered words instead, because these no longer fit it."),
    )

    history = HistoricalRecords(excluded_fields=["outdated_since"])

    class Meta:
        verbose_name = _("text of a mail")
        verbose_name_plural = _("texts of mails")
        ordering = ["edition", "kind", "-language"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind", "language"],
                name="mail_text_once_per_edition_mail_and_language",
                violation_error_message=_("This mail has its text already in this language: change that one."),
            ),
        ]

    def __str__(self) -> str:
        name = MAILS[self.kind].name if self.kind in MAILS else self.kind
        return f"{name} ({self.get_language_display()})"

    def clean(self) -> None:
        if self.kind not in MAILS:
            message = _("The software knows no mail “%(kind)s”.")
            raise ValidationError(message, code="kind", params={"kind": self.kind})
        MAILS[self.kind].check(self.wording)

    @property
    def wording(self) -> Wording:
        return Wording(self.subject, self.heading, self.body)
