from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.models.registration import Registration


class AnsweredForm(models.Model):
    """A form that took nothing, as its address was known, and was answered as if it had. It names nobody and no list
    shows it: changed and read by registrations.answered only.
    """

    identifier = models.UUIDField(_("identifier that the form proposed"), unique=True, editable=False)
    hold_hours = models.PositiveSmallIntegerField(
        _("hours promised"), null=True, editable=False, help_text=_("None to who asked to wait.")
    )
    until = models.DateTimeField(_("answered so until"), db_index=True, editable=False)

    class Meta:
        verbose_name = _("form answered as if it took a seat")
        verbose_name_plural = _("forms answered as if they took a seat")
        default_permissions = ()

    @property
    def state(self) -> str:
        """That of the registration which it would have become."""
        return Registration.State.WAITING if self.hold_hours is None else Registration.State.HELD

    def __str__(self) -> str:
        return str(self.identifier)
