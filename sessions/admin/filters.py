"""Filters of the list of sessions; the dashboard links to them, so each holds exactly what a line counts."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.dashboard import unpublished_changes
from innovation_week.back_office.session_tasks import BY_WORD, SESSION_TASKS
from innovation_week.dates import day
from sessions.models import Edition, Session


class ToDoFilter(admin.SimpleListFilter):
    title = _("task")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("unpublished", _("Unpublished changes")), *((task.word, task.name) for task in SESSION_TASKS)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        word = self.value()
        if word == "unpublished":
            return queryset.filter(code__in=unpublished_changes(request).codes)
        return queryset.filter(BY_WORD[word].condition) if word in BY_WORD else queryset


class StatusFilter(admin.ChoicesFieldListFilter):
    """Archived sessions are listed when they are asked for, by their state or by a task."""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, request, *args, **kwargs)
        self.is_narrowed = bool(self.used_parameters) or ToDoFilter.parameter_name in request.GET

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        found: Any = super().queryset(request, queryset)
        return found if self.is_narrowed else found.exclude(status=Session.Status.ARCHIVED)

    def choices(self, changelist: Any) -> Any:
        offered = list(super().choices(changelist))
        offered[0]["display"] = _("All but archived")
        return offered


class OwnerFilter(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "owner__id__exact"  # as Django's own filter has it: the dashboard links to it

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Me, nobody, then each colleague who carries a session of the edition."""
        edition = chosen_edition(request)
        rows = model_admin.get_queryset(request).order_by().filter(edition=edition)
        owners = User.objects.filter(pk__in=rows.values("owner")).exclude(username=request.user.get_username())
        people = [(str(user.pk), user.get_full_name() or user.username) for user in owners]
        return [(str(request.user.pk), _("Me")), ("none", _("Nobody")), *sorted(people, key=lambda person: person[1])]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        value = self.value()
        if value == "none":
            return queryset.filter(owner=None)
        return queryset.filter(owner=int(value)) if value and value.isdecimal() and len(value) < 10 else queryset


class DayFilter(admin.SimpleListFilter):
    """The days of the edition, in words; on its clock, as times are typed."""

    title = _("day")
    parameter_name = "day"
    starts_at = "starts_at"  # from the row to the start of its session

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        edition = chosen_edition(request)
        days = [(date.isoformat(), day(date)) for date in days_of(edition)] if edition else []
        return [*days, ("none", _("No time yet")), ("outside", _("Outside the week"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        value, edition = self.value(), chosen_edition(request)
        if value == "none":
            return queryset.filter(**{self.starts_at: None})
        if edition is None or not value:
            return queryset
        if value == "outside":
            first, end = midnight(edition.starts_on, edition), midnight(edition.ends_on + dt.timedelta(days=1), edition)
            before, after = {f"{self.starts_at}__lt": first}, {f"{self.starts_at}__gte": end}
            return queryset.filter(Q(**before) | Q(**after))
        try:
            date = dt.date.fromisoformat(value)
        except ValueError:
            return queryset
        first, end = midnight(date, edition), midnight(date + dt.timedelta(days=1), edition)
        return queryset.filter(**{f"{self.starts_at}__gte": first, f"{self.starts_at}__lt": end})


class PastedFilter(admin.SimpleListFilter):
    """What one page of “Paste sessions” has made: it leads there, and no list offers it."""

    title = _("origin")
    parameter_name = "pasted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        token = request.GET.get(self.parameter_name)
        return [(token, _("pasted together"))] if token else []

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        return queryset.filter(import_id__startswith=f"{self.value()}/") if self.value() else queryset


def days_of(edition: Edition) -> list[dt.date]:
    """At most a month: an edition is a week."""
    length = min((edition.ends_on - edition.starts_on).days + 1, 31)
    return [edition.starts_on + dt.timedelta(days=number) for number in range(length)]


def midnight(date: dt.date, edition: Edition) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), ZoneInfo(edition.time_zone))
