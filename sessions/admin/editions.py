from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.limits import sees_all
from innovation_week.back_office.model_admin import LabelledFields
from innovation_week.dates import date_range
from sessions.admin.cloning import clone_view
from sessions.models import AccessibilityStatement, Edition, LegalNotice, PrivacyNotice


class NoticeInline(LabelledFields, admin.StackedInline):
    extra = 0
    max_num = 1
    can_delete = False
    classes = ["collapse"]


class PrivacyNoticeInline(NoticeInline):
    model = PrivacyNotice


class LegalNoticeInline(NoticeInline):
    model = LegalNotice


class AccessibilityStatementInline(NoticeInline):
    model = AccessibilityStatement


@admin.register(Edition)
class EditionAdmin(HistoryAdmin):
    introduction = _("One edition is one week. Its days, its texts and the notices that the law asks for are set here.")
    introductions = {
        "clone": _(
            "A new edition made from another one: choose what it takes over, look at what would be made, then make "
            "it. Dates move by whole weeks: each keeps its day of the week and its hour."
        ),
    }
    guide = "construire-le-programme"
    when_empty = _("No edition yet: make the first one, everything else belongs to it.")
    list_display = ["name", "slug", "dates", "is_current", "sessions"]
    search_fields = ["name__folded", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [PrivacyNoticeInline, LegalNoticeInline, AccessibilityStatementInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_current", "starts_on", "ends_on", "time_zone"]}),
        (_("Home page"), {"fields": ["tagline", "introduction", "place", "summary", "contact_email"]}),
        (_("Registration"), {"fields": ["registration_opens_at", "registration_closes_at", "signatory"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).annotate(n_sessions=Count("sessions"))

    def get_urls(self) -> list[Any]:
        clone = path("copie/", self.admin_site.admin_view(self.clone_view), name="programme_edition_clone")
        return [clone, *super().get_urls()]

    def clone_view(self, request: HttpRequest) -> HttpResponse:
        return clone_view(self, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_clone = self.has_add_permission(request) and sees_all(request)
        return super().changelist_view(request, {"may_clone": may_clone, **(extra_context or {})})

    def edition_of(self, obj: Edition) -> int:
        return obj.pk

    def get_prepopulated_fields(self, request: HttpRequest, obj: Edition | None = None) -> dict[str, Any]:
        # The address of an edition is printed: it does not follow its name.
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description=_("days"), ordering="starts_on")
    def dates(self, edition: Edition) -> str:
        return date_range(edition.starts_on, edition.ends_on)

    @admin.display(description=_("sessions"), ordering="n_sessions")
    def sessions(self, edition: Any) -> int:
        return edition.n_sessions
