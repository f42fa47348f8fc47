from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishing.programme import Programme, from_json
from sessions.models import Edition


class ReleaseQuerySet(models.QuerySet["Release"]):
    def newest_first(self) -> Self:
        return self.order_by("-number")

    def without_document(self) -> Self:
        """For lists: the document weighs a megabyte."""
        return self.defer("document")


class Release(models.Model):
    """What the public sees: a frozen programme document, numbered within its edition. Never updated."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="releases", verbose_name=_("edition"))
    number = models.PositiveIntegerField(_("number"))
    document = models.TextField(_("document"), help_text=_("Canonical JSON: the hash is that of these bytes."))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    note = models.CharField(_("note"), max_length=300, help_text=_("What changed, as the public will read it."))
    created_at = models.DateTimeField(_("published"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="releases",
        verbose_name=_("by"),
        null=True,
        blank=True,
        help_text=_("Empty for the command line."),
    )
    # For the staff alone: none of this is in the document, so none of it is public.
    only = models.JSONField(
        _("sessions chosen"), null=True, blank=True, help_text=_("Codes; empty when all changes were published.")
    )
    exceptions = models.JSONField(
        _("conflicts forced"), default=list, blank=True, help_text=_("What was published despite a conflict.")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("Why it was forced; never public."))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["edition", "-number"]
        permissions = [("force_release", "Can publish despite a conflict")]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="release_number_once_per_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} n° {self.number}"

    def programme(self) -> Programme:
        return from_json(self.document)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A release is never updated: publish a new one.")
        super().save(*args, **kwargs)


class PublishedRow(models.Model):
    """A row that a release held, whatever it is called since. Written by ``publishing.kept``."""

    model = models.CharField(_("model"), max_length=50)
    row = models.PositiveBigIntegerField(_("row"))
    release = models.ForeignKey(Release, models.PROTECT, related_name="+", verbose_name=_("first release"))

    class Meta:
        verbose_name = _("published row")
        verbose_name_plural = _("published rows")
        default_permissions = ()  # nobody writes them by hand
        constraints = [
            models.UniqueConstraint(fields=["model", "row"], name="published_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
