"""The list of registrations: its filters, how many are in each state, and who is next on a waiting list."""

import dataclasses as dc
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.limits import visible
from registrations.admin.mailings import may_write
from registrations.models import Registration
from sessions.admin.filters import DayFilter
from sessions.models import Session

STATE = "state__exact"  # as Django's own filter has it
# Who waits is listed in the order in which they are served.
WAITING_FIRST = ["session__starts_at", "session", "is_online", *Registration.QUEUE_ORDER]


class SessionFilter(admin.SimpleListFilter):
    """One session, which pages link to: there are too many to choose from here."""

    title = _("session")
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        code = request.GET.get(self.parameter_name, "")
        found = visible(request, Session.objects.filter(code=code)).first() if code else None
        return [(code, found.title if found else code)] if code else []

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Registration]:
        return queryset.filter(session__code=self.value()) if self.value() else queryset


class SessionDayFilter(DayFilter):
    title = _("day of the session")
    starts_at = "session__starts_at"


class QueueFilter(admin.SimpleListFilter):
    title = _("waiting list")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("head", _("Next to be served")),
            ("moved", _("Moved up by the staff")),
            ("aside", _("Seats set aside for a group")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Registration]:
        waiting = queryset.filter(state=Registration.State.WAITING)
        match self.value():
            case "head":
                return waiting.filter(~Exists(Registration.objects.ahead_in_queue()))
            case "moved":
                return waiting.filter(priority__gt=0)
            case "aside":
                return waiting.filter(set_aside_until__gt=timezone.now())
        found: QuerySet[Registration] = queryset
        return found


@dc.dataclass(frozen=True, slots=True)
class InState:
    """A line of the counts above the list."""

    state: str
    label: str
    number: int
    people: int
    query: str  # narrows the list to it
    is_chosen: bool


class RegistrationListing(admin.ModelAdmin):
    def get_ordering(self, request: HttpRequest) -> Any:
        is_waiting = request.GET.get(STATE) == Registration.State.WAITING or QueueFilter.parameter_name in request.GET
        return WAITING_FIRST if is_waiting else super().get_ordering(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        if listed is not None:
            response.context_data["states"] = _states(request, listed)
            response.context_data["may_write"] = may_write(request)
        return response


def _states(request: HttpRequest, listed: Any) -> list[InState]:
    """How many of the list, whatever the state it is narrowed to, are in each."""
    rows = listed.queryset
    if STATE in request.GET:
        of_state = next(spec for spec in listed.filter_specs if STATE in spec.expected_parameters())
        rows = listed.get_queryset(request, exclude_parameters=of_state.expected_parameters())
    rows = rows.order_by().values("state")
    found = {row["state"]: row for row in rows.annotate(number=Count("pk"), people=Sum("party"))}
    return [
        InState(
            state,
            str(label),
            found[state]["number"],
            found[state]["people"],
            listed.get_query_string({STATE: state}),
            request.GET.get(STATE) == state,
        )
        for state, label in Registration.State.choices
        if state in found
    ]
