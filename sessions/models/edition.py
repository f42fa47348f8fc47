import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.text import validate_one_line
from venues.models import validate_time_zone

# First parts of addresses that mean something else; a test reads the URLconf and holds this list to it.
RESERVED_SLUGS = frozenset(
    {
        "B",
        "accessibilite",
        "admin",
        "billets",
        "donnees-personnelles",
        "en",
        "espace",
        "fr",
        "healthz",
        "inscriptions",
        "invitations",
        "media",
        "mentions-legales",
        "retroplanning",
        "robots.txt",
        "static",
    }
)


def validate_edition_slug(value: str) -> None:
    if value in RESERVED_SLUGS:
        message = _("“%(slug)s” is an address of the site itself. Choose another one, such as the year.")
        raise ValidationError(message, code="reserved", params={"slug": value})


class EditionQuerySet(models.QuerySet["Edition"]):
    def current(self) -> Self:
        return self.filter(is_current=True)

    def hold(self) -> None:
        """No release of these editions is made until the end of the transaction: whoever publishes holds them too."""
        list(self.order_by("pk").select_for_update(of=("self",), no_key=True).only("pk"))


class Edition(models.Model):
    """One week. Everything else belongs to one of them."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(
        _("address"), max_length=50, unique=True, validators=[validate_edition_slug], help_text=_("For example 2018.")
    )
    tagline = models.CharField(
        _("headline"), max_length=120, blank=True, help_text=_("The large sentence of the home page.")
    )
    introduction = models.TextField(_("introduction"), blank=True)
    place = models.CharField(_("where"), max_length=120, blank=True, help_text=_("For example: Paris and everywhere."))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Paris", validators=[validate_time_zone])
    is_current = models.BooleanField(
        _("current"), default=False, help_text=_("The edition that the address of the site opens on. One at a time.")
    )
    registration_opens_at = models.DateTimeField(
        _("registration opens"),
        null=True,
        blank=True,
        help_text=_("For every session without a time of its own. Empty: open as soon as it is published."),
    )
    registration_closes_at = models.DateTimeField(
        _("registration closes"),
        null=True,
        blank=True,
        help_text=_("For every session without a time of its own. Empty: at the start of the session."),
    )
    contact_email = models.EmailField(_("contact address"), blank=True, help_text=_("Shown at the foot of the pages."))
    signatory = models.CharField(
        _("who signs"),
        max_length=150,
        blank=True,
        validators=[validate_one_line],
        help_text=_("Name and function, under convocations and certificates. Empty: the name of the edition."),
    )
    summary = models.TextField(
        _("what was counted"), blank=True, help_text=_("Shown once the week is over: audience, figures.")
    )

    objects = EditionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="edition_ends_after_start",
                violation_error_message=_("The last day cannot come before the first day."),
            ),
            models.UniqueConstraint(
                fields=["is_current"],
                condition=models.Q(is_current=True),
                name="edition_one_current",
                violation_error_message=_("Another edition is the current one: untick it there first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def accessibility_status(self, today: dt.date) -> str:
        """``full``, ``partial`` or ``none``, which is also the word when nothing is stated."""
        statement = getattr(self, "accessibility_statement", None)
        return statement.status(today) if statement else "none"
