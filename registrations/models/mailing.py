from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models import Edition
from sessions.text import validate_one_line

LONGEST = 5000  # characters


class Mailing(models.Model):
    """What the staff wrote to the registrants of a filtered list. Written by registrations.mailings only."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="mailings", verbose_name=_("edition"))
    subject = models.CharField(_("subject"), max_length=200, validators=[validate_one_line])
    text = models.TextField(_("text"), max_length=LONGEST)
    narrowed = models.TextField(_("to whom"), help_text=_("The search and the filters of the list."))
    mails = models.PositiveIntegerField(_("mails"), default=0)
    created_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", verbose_name=_("by"), null=True, blank=True
    )
    leaves_at = models.DateTimeField(_("leaves"), help_text=_("Until then it can be called back whole."))
    called_back_at = models.DateTimeField(_("called back"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail to registrants")
        verbose_name_plural = _("mails to registrants")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
