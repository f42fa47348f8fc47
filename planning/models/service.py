from collections.abc import Iterable, Iterator
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.models import Session
from sessions.text import validate_one_line, validate_text


class ServiceQuerySet(models.QuerySet["Service"]):
    def alive(self) -> Self:
        return self.exclude(state=Service.State.CANCELLED)


class Service(models.Model):
    """Something that a session needs from a supplier: interpreting, catering, sound."""

    class Kind(models.TextChoices):
        SIGN_LANGUAGE = "sign_language", _("Sign language interpreting")
        CAPTIONS = "captions", _("Live captions")
        INTERPRETING = "interpreting", _("Interpreting of foreign languages")
        CATERING = "catering", _("Catering")
        SOUND = "sound", _("Sound and video")
        RECORDING = "recording", _("Photography and recording")
        FURNITURE = "furniture", _("Furniture")
        SECURITY = "security", _("Security")
        PRINT = "print", _("Print and signs")
        OTHER = "other", _("Other service")

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        ORDERED = "ordered", _("Ordered")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    # What a session tells the public, and the service that makes it true.
    ANNOUNCED = {"sign_language": Kind.SIGN_LANGUAGE, "captions": Kind.CAPTIONS}

    session = models.ForeignKey(Session, models.CASCADE, related_name="services", verbose_name=_("session"))
    kind = models.CharField(_("what"), max_length=15, choices=Kind)
    label = models.CharField(
        _("precisely"),
        max_length=200,
        blank=True,
        validators=[validate_one_line],
        help_text=_("For example: lunch for thirty people. To be said for another service."),
    )
    supplier = models.CharField(_("supplier"), max_length=150, blank=True, validators=[validate_one_line])
    contact_name = models.CharField(_("contact"), max_length=150, blank=True, validators=[validate_one_line])
    contact_email = models.EmailField(_("contact’s e-mail address"), blank=True)
    contact_phone = models.CharField(
        _("contact’s telephone"), max_length=30, blank=True, validators=[validate_one_line]
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    amount = models.DecimalField(
        _("amount, euros excluding VAT"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    note = models.TextField(_("note"), blank=True, validators=[validate_text])

    objects = ServiceQuerySet.as_manager()
    # Somebody's name and number are not kept longer than the service itself.
    history = HistoricalRecords(excluded_fields=["contact_name", "contact_email", "contact_phone"])

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["session", "kind", "pk"]
        permissions = [("view_amount", "Can see the amounts of services")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(label=""),
                name="service_other_says_what",
                violation_error_message=_("Say precisely what this other service is."),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="service_amount_not_negative",
                violation_error_message=_("An amount is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.get_kind_display())


def unconfirmed(session: Session, services: Iterable[Service]) -> Iterator[Service.Kind]:
    """What the session announces to the public without a confirmed service among ``services``, which are its own."""
    confirmed = {service.kind for service in services if service.state == Service.State.CONFIRMED}
    return (kind for name, kind in Service.ANNOUNCED.items() if getattr(session, name) and kind not in confirmed)
