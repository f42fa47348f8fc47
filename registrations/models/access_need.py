from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.registration import Registration
from sessions.text import validate_text

LONGEST_NEED = 500  # characters


class AccessNeedQuerySet(models.QuerySet["AccessNeed"]):
    def to_handle(self) -> "AccessNeedQuerySet":
        """Of people who are to come, and nobody has seen to it yet."""
        return self.filter(state=AccessNeed.State.ASKED, registration__state__in=Registration.LIVE)


class AccessNeed(models.Model):
    """What somebody needs to take part, never why, stated with their consent. Read by the accessibility referent only.

    It has no history, and no list shows it beside its own. Changed by registrations.access_needs only.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("To handle")
        HANDLED = "handled", _("Handled")

    registration = models.OneToOneField(
        Registration, models.CASCADE, related_name="access_need", verbose_name=_("registration")
    )
    need = models.TextField(_("need"), validators=[MaxLengthValidator(LONGEST_NEED), validate_text])
    consented_at = models.DateTimeField(_("stated, with consent"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    handled_by = models.CharField(_("handled by"), max_length=150, blank=True)

    objects = AccessNeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("accessibility need")
        verbose_name_plural = _("accessibility needs")
        default_permissions = ("view", "change")
        ordering = ["consented_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", handled_at__isnull=True) | Q(state="handled", handled_at__isnull=False),
                name="access_need_handled_at_a_time",
                violation_error_message=_("A need is handled since a time; one to handle has none."),
            ),
        ]

    def __str__(self) -> str:
        """Not the need: logs and titles of pages name the object."""
        return str(self.registration)
