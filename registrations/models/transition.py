from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations.models.registration import Registration
from sessions.models import Session


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
    left_session = models.ForeignKey(
        Session,
        models.PROTECT,
        related_name="+",
        verbose_name=_("session left"),
        null=True,
        blank=True,
        help_text=_("Of a change of slot: the one before."),
    )

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
