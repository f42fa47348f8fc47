import datetime as dt
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from outbox.links import PersonalLink
from registrations.models.registration import Registration
from sessions.models import Session

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def with_use(self) -> Self:
        """Annotates ``is_used``: whether somebody has a seat by it now, or waits for one."""
        return self.annotate(is_used=Exists(Registration.objects.live().filter(invitation=OuterRef("pk"))))

    def opening(self, today: dt.date, now: dt.datetime) -> Self:
        """Those that open the form on that day."""
        kept = self.with_use().filter(is_used=False, revoked_at__isnull=True, last_day__gte=today)
        return kept.exclude(spent_until__gt=now)

    def to(self, row: Session) -> Self:
        """To the session, or to another slot of its sequence."""
        found = Q(session=row)
        if row.is_slot:
            found |= Q(session__is_slot=True, session__sequence=row.sequence_id)
        return self.filter(found)


class Invitation(models.Model):
    """That whoever holds its link may register once, for a session by invitation. Written by registrations.invitations
    only; what became of it is told by the registrations that were made with it.
    """

    class State(models.TextChoices):
        OPENING = "opening", _("To be used")
        SPENT = "spent", _("Address registered already")  # for the staff; its guest reads that it was used
        USED = "used", _("Used")
        ENDED = "ended", _("Out of time")
        REVOKED = "revoked", _("Revoked")

    LINK_PURPOSE = "invitation"

    session = models.ForeignKey(Session, models.CASCADE, related_name="invitations", verbose_name=_("session"))
    public_id = models.UUIDField(_("public identifier"), unique=True, default=uuid4, editable=False)
    link_version = models.PositiveSmallIntegerField(
        _("version of the link"), default=1, editable=False, help_text=_("Raising it revokes the links sent so far.")
    )
    email = models.EmailField(_("e-mail address"))
    email_key = models.EmailField(_("normalised address"), editable=False, db_index=True)
    language = models.CharField(_("language of the mails"), max_length=5, default="fr")
    last_day = models.DateField(_("good until"), help_text=_("The last day on which the link can be used."))
    invited_at = models.DateTimeField(_("invited"))
    invited_by = models.CharField(_("by"), max_length=150)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=150, blank=True)
    spent_on = models.UUIDField(_("spent on"), null=True, editable=False)
    spent_until = models.DateTimeField(_("spent until"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    is_used: bool  # annotated by with_use

    if TYPE_CHECKING:
        registrations: RelatedManager[Registration]

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "email_key"],
                condition=Q(revoked_at__isnull=True),
                name="invitation_one_per_address_and_session",
                violation_error_message=_("This address is invited to this session already."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def link(self) -> PersonalLink:
        return PersonalLink(self.LINK_PURPOSE, self.public_id, self.link_version)

    def is_spent(self, now: dt.datetime, on: UUID | None = None) -> bool:
        """On a form that gave a known address: it took nothing, and nobody may learn that from the link. ``on``: the
        identifier that the form proposes, for which it is good still.
        """
        return self.spent_until is not None and now < self.spent_until and self.spent_on != on

    def state(self, today: dt.date) -> State:
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.is_used:
            return self.State.USED
        return self.State.ENDED if self.last_day < today else self.State.OPENING

    def state_at(self, now: dt.datetime, today: dt.date) -> State:
        """As the staff sees it: with ``SPENT`` for one that opens nothing for a time."""
        state = self.state(today)
        return self.State.SPENT if state == self.State.OPENING and self.is_spent(now) else state
