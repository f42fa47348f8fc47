from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions.models import Session
from venues.models import MOST_PEOPLE


class WalkIn(models.Model):
    """People who came unregistered and were let in, by number only; they count in the seats taken of the session."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="walk_ins", verbose_name=_("session"))
    people = models.PositiveIntegerField(_("people"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)])
    from_kept = models.PositiveIntegerField(
        _("of which on kept seats"), default=0, editable=False, help_text=_("Kept again when it is taken back.")
    )
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("by"), max_length=150)

    class Meta:
        verbose_name = _("unregistered people let in")
        verbose_name_plural = _("unregistered people let in")
        default_permissions = ()  # the page at the door shows them
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1),
                name="walk_in_of_somebody",
                violation_error_message=_("Say how many people come in: one at least."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.people)
