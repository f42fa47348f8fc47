from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_PEOPLE = 100_000  # in a room or a session
LONGEST_NOTICE = 60 * 24  # hours: no venue asks two months before who comes


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        message = _("“%(zone)s” is not a time zone. Write for example Europe/Paris or Indian/Reunion.")
        raise ValidationError(message, code="time_zone", params={"zone": value})


class Venue(models.Model):
    """A building with its rooms. Venues outlive editions: the same hall serves every year."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address of the page"), unique=True)
    address = models.CharField(_("street address"), max_length=250, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=50,
        default="Europe/Paris",
        validators=[validate_time_zone],
        help_text=_("Times are given as the clock on the wall of the venue tells them."),
    )
    access = models.TextField(
        _("how to come"), blank=True, help_text=_("Transport, entrance, what to show at the door.")
    )
    accessibility = models.TextField(
        _("accessibility"), blank=True, help_text=_("Lifts, entrances without steps, reserved parking, contact.")
    )
    public_link = models.URLField(_("page of the venue"), blank=True)
    has_access_list = models.BooleanField(
        _("access list"), default=False, help_text=_("The venue wants to know beforehand who comes in.")
    )
    access_list_hours = models.PositiveSmallIntegerField(
        _("hours before the session"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_NOTICE)],
        help_text=_("When the list is given: who is confirmed later is not on it, and is told so."),
    )
    access_list_employer = models.BooleanField(_("the list tells the employer"), default=True)
    access_list_email = models.BooleanField(_("the list tells the e-mail address"), default=False)
    access_list_recipient = models.CharField(
        _("who receives the list"), max_length=200, blank=True, help_text=_("For the staff: a name, an address.")
    )
    identity_notice = models.CharField(
        _("identity document"),
        max_length=300,
        blank=True,
        help_text=_("Public, in one sentence: what to show at the entrance. Also on tickets and in mails."),
    )

    history = HistoricalRecords()

    if TYPE_CHECKING:
        rooms: RelatedManager["Room"]

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(access_list_hours__gt=0),
                name="venue_access_list_before_the_session",
                violation_error_message=_("An access list is given before the session: at least one hour."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="rooms", verbose_name=_("venue"))
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), help_text=_("Unique within the venue; used in files."))
    floor = models.CharField(_("floor"), max_length=50, blank=True)
    capacity = models.PositiveIntegerField(
        _("capacity"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)],
        help_text=_("People allowed in the room. Empty when it is not known."),
    )
    step_free = models.BooleanField(_("step-free access"), default=False)
    hearing_loop = models.BooleanField(_("hearing loop"), default=False)
    equipment = models.TextField(_("equipment"), blank=True, help_text=_("For the staff; not public."))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["venue__name", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "slug"],
                name="room_slug_once_per_venue",
                violation_error_message=_("This venue already has a room with this short name."),
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gt=0),
                name="room_capacity_positive",
                violation_error_message=_("A room holds at least one person. Leave it empty when it is not known."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.venue.name})"
