import datetime as dt
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history import register
from simple_history.models import HistoricalRecords

from innovation_week.actors import PASSWORD
from innovation_week.one_entry import Records
from sessions.models import Sequence


def today() -> dt.date:
    """On the clock of the site, whatever the zone of the page at hand."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


class AccountRecords(Records):
    """Logging in changes nothing of an account: neither its last time, nor a password that is hashed anew."""

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        if kwargs.get("update_fields") not in ({"last_login"}, {"password"}):
            super().post_save(instance, created, using=using, **kwargs)

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str | None) -> Any:
        """A password is not kept; that somebody set another one is. Commands are told by their name."""
        is_new = history_type == "~" and vars(instance).get("_password") is not None
        by_somebody = getattr(HistoricalRecords.context, "request", None) is not None
        found = super().get_change_reason_for_object(instance, history_type, using)
        return found or (PASSWORD if is_new and by_somebody else None)


# Models of Django: their histories hang on them from here. An address is not kept longer than the account itself.
register(
    User,
    app="innovation_week",
    records_class=AccountRecords,
    excluded_fields=["password", "last_login", "email"],
    m2m_fields=[User._meta.get_field("groups"), User._meta.get_field("user_permissions")],
)
register(Group, app="innovation_week", records_class=Records, m2m_fields=[Group._meta.get_field("permissions")])


class AccountLimit(models.Model):
    """What narrows the rights that the roles of an account grant; an account without this row is not limited."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="limit", verbose_name=_("account")
    )
    # Said apart from the list: an account whose only sequence is deleted must not end up seeing them all.
    only_some_sequences = models.BooleanField(
        _("limited to some sequences"),
        default=False,
        help_text=_("Ticked: the account sees and changes what belongs to the sequences below, and nothing else."),
    )
    sequences = models.ManyToManyField(Sequence, verbose_name=_("sequences"), blank=True, related_name="+")
    ends_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Log-in ends after that day. Empty: no end.")
    )

    history = Records(m2m_fields=[sequences])

    class Meta:
        verbose_name = _("limit of an account")
        verbose_name_plural = _("limits of accounts")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def has_ended(self) -> bool:
        return self.ends_on is not None and self.ends_on < today()

    @cached_property
    def sequence_pks(self) -> frozenset[int] | None:
        """None: every sequence."""
        return frozenset(self.sequences.values_list("pk", flat=True)) if self.only_some_sequences else None


class PersonalExport(models.Model):
    """A list of people that left the site as a file: who took it, when, narrowed to what. Never changed by hand."""

    username = models.CharField(_("account"), max_length=150, help_text=_("As it was then."))
    at = models.DateTimeField(_("at"))
    what = models.CharField(_("list"), max_length=100)
    narrowed = models.TextField(_("edition, search and filters"))
    query = models.TextField(_("in the address"), blank=True)
    rows = models.PositiveIntegerField(_("lines"))

    class Meta:
        verbose_name = _("export of personal data")
        verbose_name_plural = _("exports of personal data")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what}, {self.username}"
