from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sessions.models.edition import Edition

MOST_CHARACTERS = 1000
# Of the page rather than of the list: where one stands in it.
PASSING = {"p", "all", "e", "_popup", "_to_field", "_changelist_filters"}


class SavedListQuerySet(models.QuerySet["SavedList"]):
    def seen_by(self, user: Any) -> Self:
        """One's own, and those that colleagues share."""
        return self.filter(Q(owner=user.pk) | Q(is_shared=True))


class SavedList(models.Model):
    """Filters, search and order of the list of sessions, under a name: the end of an address."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_lists", verbose_name=_("owner")
    )
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+", verbose_name=_("edition"))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=MOST_CHARACTERS, blank=True)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)

    objects = SavedListQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["name", "pk"]
        default_permissions = ()  # each writes their own, from the list of sessions
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "edition", "name"],
                name="saved_list_name_once_per_owner_and_edition",
                violation_error_message=_("You already have a list of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


def lasting(query: str) -> str:
    """The filters, search and order in the end of an address, always in the same form."""
    asked = QueryDict(query, mutable=True) if len(query) <= MOST_CHARACTERS else None
    if asked is None:
        raise ValidationError(_("These filters are too long to be saved."), code="length")
    for name in PASSING:
        asked.pop(name, None)
    kept = QueryDict(mutable=True)
    for name in sorted(asked):
        kept.setlist(name, asked.getlist(name))
    return kept.urlencode()
