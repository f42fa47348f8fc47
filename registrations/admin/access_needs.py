"""Accessibility needs, for the referent: what waits, for whom, and that it was seen to."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from innovation_week import dates
from innovation_week.back_office.model_admin import InEditionFilter, ReadOnlyAdmin
from innovation_week.session_times import day_and_hours
from registrations import access_needs
from registrations.models import AccessNeed, Registration
from sessions.admin.filters import DayFilter

SHOWN = 90  # characters of a need in the list


class ToHandleFilter(admin.SimpleListFilter):
    """The dashboard's line links here, so it holds exactly what the line counts."""

    title = _("state")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("open", AccessNeed.State.ASKED.label), ("handled", AccessNeed.State.HANDLED.label)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "open":
                return queryset.to_handle()
            case "handled":
                return queryset.filter(state=AccessNeed.State.HANDLED)
        return queryset


class NeedDayFilter(DayFilter):
    title = _("day of the session")
    starts_at = "registration__session__starts_at"


@admin.register(AccessNeed)
class AccessNeedAdmin(ReadOnlyAdmin):
    introduction = _(
        "What people need to take part, in their own words. Only you read it: pass on what must be done, without "
        "saying for whom where that is not needed. It is erased thirty days after the session."
    )
    form_introduction = _(
        "Arrange what is needed, write to the person if you must ask something, then note it as handled: they see it."
    )
    guide = "les-besoins-daccessibilite"
    when_empty = _("Nobody has stated an accessibility need yet.")
    edition_lookup = "registration__session__edition"
    sequence_lookup = "registration__session__sequence"
    list_display = ["person", "session", "starts_at", "beginning", "state_word"]
    list_filter = [ToHandleFilter, NeedDayFilter, ("registration__session__sequence", InEditionFilter)]
    ordering = ["registration__session__starts_at", "consented_at"]
    fields = ["person", "email", "session", "when", "registration_state", "need", "state_word", "consented_at"]
    readonly_fields = ["person", "email", "session", "when", "registration_state", "state_word"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .select_related("registration__session__room__venue", "registration__session__edition")
        )

    def get_urls(self) -> list[URLPattern]:
        handle = self.admin_site.admin_view(require_POST(self.handle_view))
        return [
            path("<path:object_id>/traiter/", handle, name="registrations_accessneed_handle"),
            *super().get_urls(),
        ]

    def may_handle(self, request: HttpRequest, need: AccessNeed) -> bool:
        held = request.user.has_perm("registrations.change_accessneed")
        return held and self.has_view_permission(request, need)

    def handle_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the page showed is what is handled: the person may have changed it since."""
        need: Any = self.get_object(request, object_id)
        if not request.user.has_perm("registrations.change_accessneed") or (
            need and not self.may_handle(request, need)
        ):
            raise PermissionDenied
        if need is None:
            raise Http404
        if "again" in request.POST:
            access_needs.take_up_again(need)
            told, level = gettext("To handle again."), messages.SUCCESS
        elif request.POST.get("read") == _stamp(need) and access_needs.note_handled(
            need, now=timezone.now(), actor=request.user.get_username()
        ):
            told, level = gettext("Handled: the person sees it on their page."), messages.SUCCESS
        else:
            told, level = gettext("The person has changed what they need: read it again."), messages.WARNING
        self.message_user(request, told, level)
        return redirect("admin:registrations_accessneed_change", need.pk)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: AccessNeed | None = None,
    ) -> HttpResponse:
        if obj:
            context |= {"may_handle": self.may_handle(request, obj), "stamp": _stamp(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("person"), ordering="registration__last_name")
    def person(self, need: AccessNeed) -> str:
        return str(need.registration)

    @admin.display(description=_("e-mail address"))
    def email(self, need: AccessNeed) -> str:
        return format_html('<a href="mailto:{0}">{0}</a>', need.registration.email)

    @admin.display(description=_("session"), ordering="registration__session__title")
    def session(self, need: AccessNeed) -> str:
        return need.registration.session.title

    @admin.display(description=_("start"), ordering="registration__session__starts_at")
    def starts_at(self, need: AccessNeed) -> Any:
        return need.registration.session.starts_at

    @admin.display(description=_("start"))
    def when(self, need: AccessNeed) -> str:
        return ", ".join(day_and_hours(need.registration.session))

    @admin.display(description=_("registration"))
    def registration_state(self, need: AccessNeed) -> str:
        return need.registration.get_state_display()

    @admin.display(description=_("need"))
    def beginning(self, need: AccessNeed) -> str:
        return Truncator(need.need).chars(SHOWN)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, need: AccessNeed) -> str:
        if need.registration.state not in Registration.LIVE:
            return gettext("Not to come any more")
        if need.state == AccessNeed.State.ASKED:
            return str(need.get_state_display())
        day = dates.day(timezone.localdate(need.handled_at))
        return gettext("Handled by %(name)s on %(day)s") % {"name": need.handled_by, "day": day}


def _stamp(need: AccessNeed) -> str:
    """Which words the page showed, and of which session."""
    return f"{need.consented_at.timestamp()}-{need.registration.session_id}"
