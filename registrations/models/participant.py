from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from outbox.links import PersonalLink
from registrations.models.registration import Registration, RegistrationQuerySet
from sessions.models import Edition


class Participant(models.Model):
    """Somebody in an edition, who is one normalised address: what opens the pages that are theirs.

    Nobody needs one to register: the row is made when their space is first linked to (registrations.participants).
    """

    SPACE, CALENDAR, DATA = "space", "calendar", "data"
    DATA_MINUTES = 30

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="participants", verbose_name=_("edition"))
    email_key = models.EmailField(_("normalised address"), editable=False)
    public_id = models.UUIDField(_("public identifier"), unique=True, default=uuid4, editable=False)
    link_version = models.PositiveSmallIntegerField(
        _("version of the link"), default=1, editable=False, help_text=_("Raising it revokes the links sent so far.")
    )
    calendar_version = models.PositiveSmallIntegerField(
        _("version of the calendar’s address"), default=1, editable=False, help_text=_("Raising it revokes the former.")
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        default_permissions = ()  # nothing that the staff sees: their registrations say who they are
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "email_key"],
                name="participant_once_per_edition",
                violation_error_message=_("This person already has a space in this edition."),
            ),
        ]

    def __str__(self) -> str:
        return self.email_key

    @property
    def link(self) -> PersonalLink:
        return PersonalLink(self.SPACE, self.public_id, self.link_version)

    @property
    def calendar_link(self) -> PersonalLink:
        """Of its own: a calendar on somebody’s server reads the sessions, and can do nothing."""
        return PersonalLink(self.CALENDAR, self.public_id, self.calendar_version)

    @property
    def data_link(self) -> PersonalLink:
        return PersonalLink(self.DATA, self.public_id, self.link_version, self.DATA_MINUTES)

    def registrations(self) -> RegistrationQuerySet:
        """All that they ever asked for in the edition, whatever became of it."""
        return Registration.objects.filter(session__edition=self.edition_id, email_key=self.email_key)
