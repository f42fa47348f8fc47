"""Lists that venues ask for, by day or by session: on paper or as a workbook, each time with a line in the log."""

import dataclasses as dc
import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from exports.access_list import AccessList, access_list_pdf
from exports.layout import TypesettingError
from exports.papers import Busy
from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import visible
from innovation_week.back_office.personal_export import ExportsPeople
from innovation_week.back_office.spreadsheet import XLSX, workbook
from innovation_week.models import PersonalExport
from registrations.access_list import marked
from registrations.models import Registration, RegistrationQuerySet
from sessions.models import Session

PDF = "application/pdf"


class OffListFilter(admin.SimpleListFilter):
    title = _("access list")
    parameter_name = "access_list"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("off", _("Off the access list"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Registration]:
        return queryset.filter(is_off_list=True) if self.value() == "off" else queryset


@dc.dataclass(frozen=True, slots=True)
class Line:
    """A session of a day that has a list."""

    session: Session
    starts_at: dt.datetime
    given_at: dt.datetime
    people: int
    off: int


@dc.dataclass(frozen=True, slots=True)
class Day:
    listed: AccessList
    lines: list[Line]

    @property
    def people(self) -> int:
        return sum(line.people for line in self.lines)


class HasAccessLists(ExportsPeople):
    """Needs the right to export: a list is names that leave."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.access_lists_view)
        name = "registrations_registration_access_lists"
        return [path("listes-d-acces/", view, name=name), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> RegistrationQuerySet:
        registrations: Any = super().get_queryset(request)
        return marked(registrations)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def access_lists_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_export_permission(request):
            raise PermissionDenied
        days = _days(self._sessions(request), self.get_queryset(request))
        if request.method == "POST":
            return self._download(request, _chosen(days, request.POST))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Access lists"),
            "opts": self.opts,
            "days": days,
        }
        return TemplateResponse(request, "admin/registrations/registration/access_lists.html", context)

    def _sessions(self, request: HttpRequest) -> QuerySet[Session]:
        sessions = visible(request, Session.objects.alive()).filter(
            room__venue__has_access_list=True, starts_at__isnull=False
        )
        if edition := chosen_edition(request):
            sessions = sessions.filter(edition=edition)
        return sessions.select_related("room__venue").order_by("starts_at", "title", "pk")

    def _download(self, request: HttpRequest, listed: AccessList) -> HttpResponse:
        people = listed.people(self.get_queryset(request))
        is_pdf = request.POST.get("format") == "pdf"
        try:
            content = access_list_pdf(listed, people) if is_pdf else _workbook(listed, people)
        except (Busy, TypesettingError):
            told = gettext("This paper cannot be made at the moment. Try again in a few minutes.")
            self.message_user(request, told, messages.WARNING)
            return redirect("admin:registrations_registration_access_lists")
        about = [listed.venue.name, listed.day.isoformat(), listed.session.title if listed.session else ""]
        PersonalExport.objects.create(
            username=request.user.get_username(),
            at=timezone.now(),
            what=gettext("access list"),
            narrowed=" · ".join(part for part in about if part),
            query="",
            rows=people.count(),
        )
        response = HttpResponse(content, content_type=PDF if is_pdf else XLSX)
        extension = "pdf" if is_pdf else "xlsx"
        response["Content-Disposition"] = f'attachment; filename="{listed.file_name}.{extension}"'
        response["Cache-Control"] = "private, no-store"
        return response


def _workbook(listed: AccessList, people: QuerySet[Registration]) -> bytes:
    return workbook(gettext("Access list"), listed.columns, people, listed.zone)


def _days(sessions: QuerySet[Session], registrations: QuerySet[Any]) -> list[Day]:
    """By day and venue, in order; two queries, however many there are."""
    expected = registrations.filter(session__in=sessions, is_online=False, state__in=Registration.EXPECTED)
    counted: dict[int, dict[bool, int]] = {}
    for session, is_off, people in expected.order_by().values_list("session", "is_off_list").annotate(Sum("party")):
        counted.setdefault(session, {})[is_off] = people
    found: dict[tuple[dt.date, str, int], Day] = {}
    for session in sessions:
        assert session.room is not None
        assert session.starts_at is not None
        venue, people = session.room.venue, counted.get(session.pk, {})
        starts_at = session.starts_at.astimezone(ZoneInfo(venue.time_zone))
        given_at = starts_at - dt.timedelta(hours=venue.access_list_hours)
        line = Line(session, starts_at, given_at, sum(people.values()), people.get(True, 0))
        day = found.setdefault((starts_at.date(), venue.name, venue.pk), Day(AccessList(venue, starts_at.date()), []))
        day.lines.append(line)
    return [found[key] for key in sorted(found)]


def _chosen(days: Sequence[Day], asked: Any) -> AccessList:
    """The list of the page that was asked for: none other, whatever was sent."""
    for day in days:
        listed = day.listed
        if (asked.get("venue"), asked.get("day")) != (listed.venue.slug, listed.day.isoformat()):
            continue
        if not asked.get("session"):
            return listed
        for line in day.lines:
            if line.session.code == asked["session"]:
                return dc.replace(listed, session=line.session)
    raise Http404
