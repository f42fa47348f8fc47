from django.db import models
from django.utils.translation import gettext_lazy as _


class Unclaimed(models.Model):
    """What a form said of a need and in answer to questions, without becoming a registration: its address was known.

    Its browser may correct the address within the hour. It names nobody and no list shows it: changed and read by
    registrations.unclaimed only.
    """

    form = models.UUIDField(_("form"), unique=True, editable=False)
    need = models.TextField(_("need"), blank=True)
    answers = models.JSONField(_("answers"), default=list, blank=True)
    said_at = models.DateTimeField(_("stated, with consent"), db_index=True)

    class Meta:
        verbose_name = _("need or answers to be claimed")
        verbose_name_plural = _("needs and answers to be claimed")
        default_permissions = ()

    def __str__(self) -> str:
        """Not the need: logs and titles of pages name the object."""
        return str(self.form)
