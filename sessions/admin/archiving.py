"""Archiving, from the form of a session and from the list."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.kept_filters import with_filters
from registrations.models import Registration
from sessions.archive import archive, unarchive
from sessions.models import Session


def _people_expected(session: Session) -> int:
    """Those whom archiving would tell nothing, of a session that is still to come."""
    is_over = session.ends_at is not None and session.ends_at < timezone.now()
    return 0 if is_over else Registration.objects.live().filter(session=session).count()


class ArchivedSessions(admin.ModelAdmin):
    actions = ["archive_sessions", "unarchive_sessions"]

    def get_urls(self) -> list[Any]:
        here = [
            path(
                f"<path:object_id>/{word}/",
                self.admin_site.admin_view(self._archive_page(act, title)),
                name=f"programme_session_{act.__name__}",
            )
            for word, act, title in [
                ("archiver", archive, _("Archive the session")),
                ("desarchiver", unarchive, _("Take the session out of the archives")),
            ]
        ]
        return [*here, *super().get_urls()]

    def _archive_page(self, act: Callable[[Session], Session], title: Any) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, object_id: str) -> HttpResponse:
            session: Any = self.get_object(request, object_id)
            if session is None or not self.has_change_permission(request, session):
                raise PermissionDenied
            if request.method != "POST":
                context = {
                    **self.admin_site.each_context(request),
                    "title": title,
                    "opts": self.opts,
                    "session": session,
                    "archives": act is archive,
                    "expected": _people_expected(session) if act is archive else 0,
                }
                return TemplateResponse(request, "admin/programme/session/archive.html", context)
            self._each(request, act, [session])
            address = reverse("admin:programme_session_change", args=[session.pk])
            return redirect(with_filters(self, request, address))

        return page

    @admin.action(description=_("Archive the sessions"), permissions=["change"])
    def archive_sessions(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self._each(request, archive, queryset)

    @admin.action(description=_("Take the sessions out of the archives"), permissions=["change"])
    def unarchive_sessions(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self._each(request, unarchive, queryset)

    def _each(self, request: HttpRequest, act: Callable[[Session], Session], sessions: Any) -> None:
        """What cannot be done is told for each session; the others go on."""
        done = 0
        for session in sessions:
            if not self.has_change_permission(request, session):
                raise PermissionDenied
            try:
                self.log_change(request, act(session), gettext("Archives"))
                done += 1
            except ValidationError as refused:
                address = reverse("admin:programme_session_change", args=[session.pk])
                told = format_html('<a href="{}">{}</a> – {}', address, session.title, " ".join(refused.messages))
                self.message_user(request, told, messages.ERROR)
        if act is archive:
            word = ngettext("%(number)d session is archived.", "%(number)d sessions are archived.", done)
        else:
            word = ngettext(
                "%(number)d session is out of the archives.", "%(number)d sessions are out of the archives.", done
            )
        if done:
            self.message_user(request, word % {"number": done}, messages.SUCCESS)
