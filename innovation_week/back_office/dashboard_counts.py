"""Lines of the dashboard that are one number of one table each: a single query counts them all."""

import dataclasses as dc
from collections.abc import Callable
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.dashboard_lines import Line, list_address
from innovation_week.back_office.session_tasks import LEAD, LOGISTICS, REFERENT
from outbox.models import Message
from registrations.models import AccessNeed, MailText, Notice, Registration
from registrations.undelivered import not_reached
from sessions.models import Edition


class NumberOf(Subquery):
    """How many rows a queryset has, as one value among others of a query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dc.dataclass(frozen=True, slots=True)
class Counted:
    """``rows`` are those of ``model`` in an edition that the person may see; ``filters`` list them in its admin."""

    model: type[Any]
    rows: Callable[[HttpRequest, Any, Edition], QuerySet[Any]]
    label: Any
    waits_for: str
    filters: dict[str, str]
    is_failure: bool = False
    is_rare: bool = False  # not told when there is none


def _failed(request: HttpRequest, admin: Any, edition: Edition) -> QuerySet[Any]:
    return admin.get_queryset(request).failed()


def _not_reached(request: HttpRequest, admin: Any, edition: Edition) -> QuerySet[Any]:
    return admin.get_queryset(request).filter(session__edition=edition, pk__in=not_reached())


def _to_handle(request: HttpRequest, admin: Any, edition: Edition) -> QuerySet[Any]:
    return admin.get_queryset(request).filter(registration__session__edition=edition).to_handle()


def _outdated(request: HttpRequest, admin: Any, edition: Edition) -> QuerySet[Any]:
    return admin.get_queryset(request).filter(edition=edition, outdated_since__isnull=False)


def _drafts(request: HttpRequest, admin: Any, edition: Edition) -> QuerySet[Any]:
    return admin.within_limits(request, Notice.objects.drafts().filter(session__edition=edition))


COUNTED = (
    Counted(
        MailText,
        _outdated,
        _("texts of mails that no longer fit: the delivered ones leave"),
        LEAD,
        {},
        is_failure=True,
        is_rare=True,
    ),
    Counted(Message, _failed, _("messages in error"), LEAD, {"todo": "failed"}, is_failure=True),
    Counted(
        Registration,
        _not_reached,
        _("registrations whose mails do not arrive"),
        LOGISTICS,
        {"mail": "lost"},
        is_failure=True,
    ),
    Counted(AccessNeed, _to_handle, _("accessibility needs to handle"), REFERENT, {"needs": "open"}),
    Counted(
        Notice,
        _drafts,
        _("notices to registrants to send or discard"),
        LEAD,
        {"state__exact": Notice.State.DRAFT},
    ),
)


def counted_lines(request: HttpRequest, site: AdminSite, edition: Edition) -> list[Line]:
    """Of the tables that the person may see; one query."""
    seen = [counted for counted in COUNTED if site._registry[counted.model].has_view_permission(request)]
    if not seen:
        return []
    numbers = [
        NumberOf(counted.rows(request, site._registry[counted.model], edition).order_by().values("pk"))
        for counted in seen
    ]
    found = Edition.objects.filter(pk=edition.pk).values_list(*numbers).get()
    return [
        Line(number, str(of.label), of.waits_for, list_address(of.model, **of.filters), of.is_failure)
        for of, number in zip(seen, found, strict=True)
        if number or not of.is_rare
    ]
