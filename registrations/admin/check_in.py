"""The door: one ticket at a time, scanned with the camera of a telephone or typed."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from innovation_week.dates import clock
from registrations import attendance, tickets
from registrations.access_list import is_off
from registrations.attendance import Verdict, verdict
from registrations.models import Registration
from registrations.published import PublishedSession, find

WELCOMED = dt.timedelta(minutes=1)  # the page that greets, loaded again later, says when the person came in

TOLD = {
    Verdict.VALID: _("Valid ticket"),
    Verdict.UNCONFIRMED: _("To be confirmed"),
    Verdict.ABSENT: _("Marked absent"),
    Verdict.OTHER_SESSION: _("Other session"),
    Verdict.WAITING: _("On the waiting list"),
    Verdict.ONLINE: _("Registered online"),
    Verdict.VOID: _("Ticket no longer valid"),
}
MAY_COME_IN = (Verdict.VALID, Verdict.UNCONFIRMED, Verdict.ABSENT, Verdict.OTHER_SESSION)


class ChecksIn(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("pointage/", view(self.door_view), name="registrations_registration_door"),
            path("pointage/<str:code>/", view(self.check_in_view), name="registrations_registration_check_in"),
            *super().get_urls(),
        ]

    def has_check_in_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registrations.check_in_registration")

    @method_decorator(require_safe)
    def door_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for a code, without which a ticket without a camera stays outside."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if typed := "".join(sign for sign in request.GET.get("code", "") if sign.isalnum())[:50]:
            return redirect("admin:registrations_registration_check_in", typed.upper())
        return self._door(request, {"title": gettext("Check-in")})

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def check_in_view(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        registrations = self.get_queryset(request).select_related("session__edition")
        registration = tickets.with_code(registrations, code).first()
        if registration is None:
            return self._door(request, {"title": gettext("Unknown ticket"), "typed": code, "is_unknown": True}, 404)
        if request.method == "POST":
            return self._act(request, registration)
        published = find(registration.session.edition.slug, registration.session.code)
        return self._door(request, self._told(request, registration, published))

    def _act(self, request: HttpRequest, registration: Registration) -> HttpResponse:
        """Two doors, two taps: whoever comes second reads that the person is in already."""
        if not self.has_check_in_permission(request):
            raise PermissionDenied
        here = reverse("admin:registrations_registration_check_in", args=[tickets.code_of(registration)])
        now, actor = timezone.now(), request.user.get_username()
        if request.POST.get("action") == "undo":
            if attendance.undo(registration, now=now, actor=actor):
                self.message_user(request, gettext("The entry is undone."), messages.SUCCESS)
            return redirect(here)
        if attendance.check_in(registration, now=now, actor=actor):
            return redirect(f"{here}?bienvenue=1")
        if registration.state == Registration.State.NO_SHOW:
            self.message_user(request, gettext("The seat went to somebody else, and none is left."), messages.WARNING)
        return redirect(here)

    def _told(
        self, request: HttpRequest, registration: Registration, published: PublishedSession | None
    ) -> dict[str, Any]:
        now = timezone.now()
        found = verdict(registration, published, now=now)
        title, kind = str(TOLD.get(found, "")), str(found)
        if found == Verdict.PRESENT and (arrived_at := registration.arrived_at):
            zone = published.zone if published else registration.session.time_zone
            title = gettext("In already since %(time)s") % {"time": clock(arrived_at.astimezone(zone))}
            if "bienvenue" in request.GET and now - arrived_at < WELCOMED:
                title, kind = gettext("Welcome"), "welcome"
        return {
            "title": title,
            "verdict": kind,
            "registration": registration,
            "published": published,
            "code": tickets.grouped(tickets.code_of(registration)),
            "is_off_list": published is not None and is_off(registration, published),
            "is_in": found == Verdict.PRESENT,
            "position": registration.position() if found == Verdict.WAITING else None,
            "may_check_in": self.has_check_in_permission(request),
            "may_come_in": found in MAY_COME_IN and published is not None and published.item.state == "scheduled",
        }

    def _door(self, request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
        values = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, "admin/registrations/registration/check_in.html", values, status=status)
