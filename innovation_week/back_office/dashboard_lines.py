"""Lines of the dashboard: a number, what it counts, whom it waits for, and the page that lists exactly that."""

import dataclasses as dc
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.sites import AdminSite
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.models import Deliverable
from innovation_week.back_office.session_tasks import LEAD, LOGISTICS
from planning.models import Service, Task
from sessions.models import Edition


@dc.dataclass(frozen=True, slots=True)
class Line:
    count: int
    label: str
    waits_for: str  # "" for the person who reads
    url: str
    is_failure: bool = False  # something broke, rather than something to do


@dc.dataclass(frozen=True, slots=True)
class Lines:
    mine: tuple[Line, ...] = ()  # only those that count something
    lines: tuple[Line, ...] = ()


def list_address(model: type[Any], **filters: Any) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return f"{reverse(name)}?{urlencode(filters)}"


def task_lines(request: HttpRequest, site: AdminSite, edition: Edition) -> Lines:
    """Of the rétroplanning; one query."""
    admin: Any = site._registry[Task]
    if not admin.has_view_permission(request):
        return Lines()
    tasks = admin.get_queryset(request).filter(edition=edition).open().with_due_date().order_by()
    late, mine = Q(due__lt=timezone.localdate()), Q(owner=request.user.pk)
    found = tasks.aggregate(
        late=Count("pk", filter=late),
        nobodys=Count("pk", filter=Q(owner__isnull=True)),
        my_late=Count("pk", filter=late & mine),
        mine=Count("pk", filter=mine),
    )
    of_mine = (
        Line(found["my_late"], _("my late tasks"), "", list_address(Task, state="late", owner="me"), is_failure=True),
        Line(found["mine"], _("my tasks to do"), "", list_address(Task, state="open", owner="me")),
    )
    return Lines(
        tuple(line for line in of_mine if line.count),
        (
            Line(found["late"], _("late tasks"), _("their owners"), list_address(Task, state="late"), is_failure=True),
            Line(
                found["nobodys"], _("tasks that nobody carries"), LEAD, list_address(Task, state="open", owner="none")
            ),
        ),
    )


def service_lines(request: HttpRequest, site: AdminSite, edition: Edition) -> Lines:
    """What suppliers have not confirmed; one query."""
    admin: Any = site._registry[Service]
    if not admin.has_view_permission(request):
        return Lines()
    services = admin.get_queryset(request).filter(session__edition=edition).order_by()
    asked, ordered = Service.State.ASKED, Service.State.ORDERED
    found = services.aggregate(
        asked=Count("pk", filter=Q(state=asked)),
        ordered=Count("pk", filter=Q(state=ordered)),
    )
    to_order, to_confirm = _("services to order"), _("services ordered, not confirmed")
    return Lines(
        lines=(
            Line(found["asked"], to_order, LOGISTICS, list_address(Service, state__exact=asked)),
            Line(found["ordered"], to_confirm, LOGISTICS, list_address(Service, state__exact=ordered)),
        )
    )


def deliverable_lines(request: HttpRequest, site: AdminSite, edition: Edition) -> Lines:
    """What the contract still asks for; one query, of a few dozen rows at most."""
    admin: Any = site._registry[Deliverable]
    if not admin.has_view_permission(request):
        return Lines()
    awaited = admin.get_queryset(request).filter(edition=edition).awaited().order_by()
    due = list(awaited.values_list("due_on", flat=True))
    late = sum(day < timezone.localdate() for day in due)
    return Lines(
        lines=(
            Line(late, _("late deliverables"), LEAD, list_address(Deliverable, state="late"), is_failure=True),
            Line(len(due), _("deliverables to deliver"), LEAD, list_address(Deliverable, state="awaited")),
        )
    )
