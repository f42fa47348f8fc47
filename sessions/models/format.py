from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

LAST_POSITION = 32_767  # the largest that fits in the column


class Audience(models.Model):
    """Whom a session is for: a word of the filters."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("short name"), unique=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Format(models.Model):
    """A kind of session, shared by editions: fail camp, trial, exhibition, bootcamp…"""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("short name"), unique=True)
    description = models.TextField(_("description"), blank=True)

    history = HistoricalRecords()

    if TYPE_CHECKING:
        roles: RelatedManager["Role"]

    class Meta:
        verbose_name = _("format")
        verbose_name_plural = _("formats")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What somebody does on stage in a format, and how many are needed."""

    format = models.ForeignKey(Format, models.CASCADE, related_name="roles", verbose_name=_("format"))
    slug = models.SlugField(_("short name"))
    name = models.CharField(_("name"), max_length=60, help_text=_("As said of a man, for example: président."))
    name_feminine = models.CharField(
        _("feminine name"),
        max_length=60,
        blank=True,
        help_text=_("For example: présidente. Empty when it is the same."),
    )
    required = models.PositiveSmallIntegerField(
        _("required"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("How many a session needs before it is published."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0, validators=[MaxValueValidator(LAST_POSITION)])

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["format", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["format", "slug"],
                name="role_slug_once_per_format",
                violation_error_message=_("This format already has a role with this short name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def label(self, form: str) -> str:
        """The name in the form the person chose: ``masculine`` or ``feminine``."""
        return self.name_feminine if form == "feminine" and self.name_feminine else self.name
