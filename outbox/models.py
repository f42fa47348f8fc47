import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Lower, StrIndex, Substr
from django.utils.translation import gettext_lazy as _

from outbox.reasons import Reason

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: dt.datetime) -> Self:
        """Waiting, their pause over, and in nobody's hands: a lease that ran out is that of a dead sender.

        In the order of leaving: a mass mailing does not hold up what people wait for.
        """
        due = self.in_nobodys_hands(now).filter(next_attempt_at__lte=now)
        return due.order_by("priority", "next_attempt_at", "pk")

    def in_nobodys_hands(self, now: dt.datetime) -> Self:
        """Waiting to be sent, and no sender is at it."""
        free = models.Q(leased_until__isnull=True) | models.Q(leased_until__lte=now)
        return self.filter(free, state=Message.State.QUEUED)

    def failed(self) -> Self:
        """Did not arrive, and were not written again for another address."""
        return self.filter(state__in=[Message.State.FAILED, Message.State.BOUNCED], replaced_by__isnull=True)


class Message(models.Model):
    """A mail, written in the same transaction as the fact it announces and sent later by the worker.

    Bodies hold placeholders where personal links go: the sender derives the link, so none is ever stored.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        BOUNCED = "bounced", _("Address refused")
        DROPPED = "dropped", _("No longer relevant")
        WITHHELD = "withheld", _("Withheld (address not listed)")

    class Priority(models.IntegerChoices):
        AWAITED = 0, _("awaited by its reader")
        MASS = 10, _("written to many")

    kind = models.CharField(_("kind"), max_length=50, help_text=_("For example registration_hold."))
    about = models.CharField(
        _("about"), max_length=100, blank=True, db_index=True, help_text=_("What it announces, as app.model:id.")
    )
    news = models.CharField(
        _("news"), max_length=100, blank=True, editable=False, help_text=_("What no address is told twice.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.AWAITED)
    to = models.EmailField(_("to"))
    domain = models.GeneratedField(
        expression=Lower(Substr("to", StrIndex("to", models.Value("@")) + 1)),
        output_field=models.CharField(_("domain"), max_length=254),
        db_persist=True,
        verbose_name=_("domain"),
    )
    reply_to = models.EmailField(_("answers go to"), blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    links = models.JSONField(
        _("personal links"), default=list, blank=True, editable=False, help_text=_("Placeholders the sender fills.")
    )
    message_id = models.CharField(_("Message-ID"), max_length=250, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    leased_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    reason = models.CharField(_("why it did not arrive"), max_length=20, choices=Reason, blank=True)
    reported_at = models.DateTimeField(
        _("reported"), null=True, blank=True, help_text=_("When a server refused it, or when its report came.")
    )

    replaced_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        related_name="replaces",
        verbose_name=_("written again as"),
        null=True,
        blank=True,
        editable=False,
    )

    objects = MessageQuerySet.as_manager()

    if TYPE_CHECKING:
        attachments: RelatedManager["Attachment"]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["priority", "next_attempt_at"],
                condition=models.Q(state="queued"),
                name="message_queued_in_order",
            ),
            models.Index(
                fields=["about"], condition=models.Q(state__in=["failed", "bounced"]), name="message_failed_by_about"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "news",
                Lower("to"),
                condition=~models.Q(news=""),
                name="message_once_per_news_and_address",
                violation_error_message=_("This address has been told already."),
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Attachment(models.Model):
    """A text file that leaves with a message, such as a calendar item."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments", verbose_name=_("message"))
    name = models.CharField(_("file name"), max_length=100)
    content_type = models.CharField(_("type"), max_length=100)
    content = models.TextField(_("content"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name


class Lane(models.Model):
    """The mails for one domain: when the next may leave. Written by outbox.lanes only."""

    domain = models.CharField(_("domain"), max_length=254, unique=True)
    free_at = models.DateTimeField(_("free from"))

    class Meta:
        verbose_name = _("pace of a domain")
        verbose_name_plural = _("paces of domains")

    def __str__(self) -> str:
        return self.domain


class Mailbox(models.Model):
    """How far a mailbox was read for delivery reports (IMAP, RFC 9051: identifiers only grow within a validity)."""

    name = models.CharField(_("mailbox"), max_length=250, unique=True)
    validity = models.PositiveBigIntegerField(_("validity of the identifiers"))
    last_identifier = models.PositiveBigIntegerField(_("last mail read"), default=0)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.name
