from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models.edition import Edition


class ChosenEdition(models.Model):
    """Which edition a member of the staff works on. It outlives their log-in, and follows them to another machine."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("user")
    )
    edition = models.ForeignKey(
        Edition, models.SET_NULL, null=True, related_name="+", verbose_name=_("edition")
    )  # without one: the current

    class Meta:
        verbose_name = _("chosen edition")
        verbose_name_plural = _("chosen editions")
        default_permissions = ()  # each writes their own, from the header

    def __str__(self) -> str:
        return str(self.edition)
