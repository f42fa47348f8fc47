"""Venues that want to know beforehand who comes in. Whoever is confirmed once the list was given is off it."""

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from registrations.models import Registration, RegistrationQuerySet, Transition
from registrations.published import PublishedSession

AS_BEFORE = (*Registration.EXPECTED, Registration.State.NO_SHOW)
HOUR = Value(dt.timedelta(hours=1))


def is_off(registration: Registration, published: PublishedSession) -> bool:
    """Whether somebody who is expected came too late for the list, by what the public was told of the session."""
    given_at = published.list_closes_at
    if given_at is None or registration.is_online or registration.state not in Registration.EXPECTED:
        return False
    return _confirmed_at(registration) > given_at


def marked(registrations: RegistrationQuerySet) -> RegistrationQuerySet:
    """The same for many, as ``is_off_list``; by the times of the draft, which are those that the staff see."""
    latest = Subquery(_confirmations(OuterRef("pk")).values("at")[:1])
    # SQLite multiplies durations by plain integers only.
    hours = Cast("session__room__venue__access_list_hours", IntegerField())
    before = ExpressionWrapper(hours * HOUR, DurationField())
    is_off = Q(
        session__room__venue__has_access_list=True,
        is_online=False,
        state__in=Registration.EXPECTED,
        confirmed_at__gt=F("session__starts_at") - before,
    )
    marks: dict[str, Any] = {
        "confirmed_at": Coalesce(latest, "created_at"),
        "is_off_list": Case(When(is_off, then=Value(True)), default=Value(False), output_field=BooleanField()),
    }
    return registrations.annotate(**marks)


def _confirmed_at(registration: Registration) -> dt.datetime:
    found = _confirmations(registration.pk).first()
    return found.at if found else registration.created_at


def _confirmations(registration: Any) -> QuerySet[Transition]:
    """Newest first. Who was expected already, or noted absent by mistake, is not confirmed anew."""
    confirmations = Transition.objects.filter(registration=registration, to_state=Registration.State.CONFIRMED)
    return confirmations.exclude(from_state__in=AS_BEFORE).order_by("-at", "-pk")
