import datetime as dt
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from outbox.links import PersonalLink
from sessions.models import Edition, Session
from sessions.text import validate_has_letter, validate_one_line

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Branch(models.TextChoices):
    """The *versants* of the civil service."""

    STATE = "state", _("State")
    LOCAL = "local", _("Local government")
    HOSPITAL = "hospital", _("Hospitals")
    OTHER = "other", _("Other")


class Region(models.TextChoices):
    """The eighteen regions of France (INSEE, official geographical code), and elsewhere."""

    ARA = "84", "Auvergne-Rhône-Alpes"
    BFC = "27", "Bourgogne-Franche-Comté"
    BRE = "53", "Bretagne"
    CVL = "24", "Centre-Val de Loire"
    COR = "94", "Corse"
    GES = "44", "Grand Est"
    GUA = "01", "Guadeloupe"
    GUF = "03", "Guyane"
    HDF = "32", "Hauts-de-France"
    IDF = "11", "Île-de-France"
    LRE = "04", "La Réunion"
    MTQ = "02", "Martinique"
    MAY = "06", "Mayotte"
    NOR = "28", "Normandie"
    NAQ = "75", "Nouvelle-Aquitaine"
    OCC = "76", "Occitanie"
    PDL = "52", "Pays de la Loire"
    PAC = "93", "Provence-Alpes-Côte d’Azur"
    ELSEWHERE = "99", _("Elsewhere")


class Employer(models.Model):
    """An employer that people of an edition choose from a list."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="employers", verbose_name=_("edition"))
    name = models.CharField(_("name"), max_length=200, validators=[validate_one_line])
    branch = models.CharField(_("branch of the civil service"), max_length=10, choices=Branch)
    region = models.CharField(_("region"), max_length=2, choices=Region)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "name"],
                name="employer_once_per_edition",
                violation_error_message=_("This employer is already in the list of the edition."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> Self:
        """Those that hold a seat."""
        return self.filter(state__in=Registration.LIVE)

    def overdue(self, now: dt.datetime) -> Self:
        return self.filter(state=Registration.State.HELD, expires_at__lte=now)


class Registration(models.Model):
    """A seat asked for by a person, who is one normalised e-mail address. Changed by registrations.services only."""

    class State(models.TextChoices):
        HELD = "held", _("To be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    LIVE = (State.HELD, State.CONFIRMED)
    LINK_PURPOSE = "registration"

    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations", verbose_name=_("session"))
    public_id = models.UUIDField(_("public identifier"), unique=True, default=uuid4, editable=False)
    link_version = models.PositiveSmallIntegerField(
        _("version of the link"), default=1, editable=False, help_text=_("Raising it revokes the links sent so far.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    first_name = models.CharField(_("first name"), max_length=100, validators=[validate_one_line, validate_has_letter])
    last_name = models.CharField(_("last name"), max_length=100, validators=[validate_one_line, validate_has_letter])
    email = models.EmailField(_("e-mail address"))
    email_key = models.EmailField(_("normalised address"), editable=False, db_index=True)
    employer = models.ForeignKey(
        Employer,
        models.SET_NULL,
        related_name="registrations",
        verbose_name=_("listed employer"),
        null=True,
        blank=True,
    )
    employer_name = models.CharField(_("employer"), max_length=200, validators=[validate_one_line])
    branch = models.CharField(_("branch of the civil service"), max_length=10, choices=Branch)
    region = models.CharField(_("region"), max_length=2, choices=Region)
    language = models.CharField(_("language of the mails"), max_length=5, default="fr")
    created_at = models.DateTimeField(_("asked"))
    hold_started_at = models.DateTimeField(
        _("hold started"), null=True, blank=True, help_text=_("When the mail left: the person has as long as promised.")
    )
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    if TYPE_CHECKING:
        transitions: RelatedManager["Transition"]

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        permissions = [("export_registration", "Can export registrations")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "email_key"],
                condition=Q(state__in=["held", "confirmed"]),
                name="registration_one_live_per_person_and_session",
                violation_error_message=_("This person is already registered for this session."),
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(expires_at__isnull=False),
                name="registration_held_until_a_time",
                violation_error_message=_("A held seat needs the time until which it is held."),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="held"), name="registration_held_by_expiry")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def link(self) -> PersonalLink:
        return PersonalLink(self.LINK_PURPOSE, self.public_id, self.link_version)

    def is_overdue(self, now: dt.datetime) -> bool:
        """Held no longer, whether or not the worker has come by to say so."""
        return self.state == self.State.HELD and self.expires_at is not None and self.expires_at <= now


class Transition(models.Model):
    """A change of state of a registration: what happened, when, by whom. Kept instead of a history of the row."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="transitions", verbose_name=_("registration")
    )
    from_state = models.CharField(_("from"), max_length=10, choices=Registration.State, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=Registration.State)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("by"), max_length=150, help_text=_("A staff user, “person” or “worker”."))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"

    @property
    def reason_text(self) -> str:
        """Our own reasons are stored in English and read in the language of the reader."""
        return gettext(self.reason) if self.reason else ""
