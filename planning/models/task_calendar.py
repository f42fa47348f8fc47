from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from outbox.links import PersonalLink


class TaskCalendar(models.Model):
    """The private address at which somebody's calendar reads their tasks. The link is derived, never stored."""

    LINK_PURPOSE = "tasks"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="task_calendar",
        verbose_name=_("user"),
    )
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    link_version = models.PositiveIntegerField(default=1)  # raising it revokes the addresses given before

    class Meta:
        verbose_name = _("calendar of tasks")
        verbose_name_plural = _("calendars of tasks")
        default_permissions = ()  # each has their own

    def __str__(self) -> str:
        return str(self.user)

    @property
    def link(self) -> PersonalLink:
        return PersonalLink(self.LINK_PURPOSE, self.public_id, self.link_version)

    @property
    def url(self) -> str:
        """Absolute: it is pasted into another programme."""
        return settings.SITE_URL + reverse("planning:task_calendar", args=[self.link.token])
