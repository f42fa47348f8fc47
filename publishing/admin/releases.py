from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.limits import sees_all
from innovation_week.back_office.model_admin import ReadOnlyAdmin
from publishing.admin import changes as telling
from publishing.admin.publish import publish_view
from publishing.current import of
from publishing.diff import changes
from publishing.models import Release


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    introduction = _(
        "What the public sees is the last of these versions, and nothing else. "
        "A version never changes: to correct one, publish another."
    )
    introductions = {
        "publish": _(
            "Publishing freezes the approved sessions as they are now. Until then, the public goes on seeing the "
            "last version."
        )
    }
    guide = "publier"
    when_empty = _("Nothing is published yet: approve the sessions, then open the page “Publish”.")
    edition_lookup = "edition"
    list_display = ["version", "created_at", "created_by", "note"]
    list_select_related = ["edition", "created_by"]
    search_fields = ["note__folded"]
    date_hierarchy = "created_at"
    ordering = ["-number"]
    fields = ["edition", "number", "created_at", "created_by", "note", "scope", "forced", "sha256", "differences"]
    readonly_fields = ["scope", "forced", "differences"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        releases: QuerySet[Release] = super().get_queryset(request)
        return releases.defer("document").select_related("edition", "created_by")

    def get_urls(self) -> list[URLPattern]:
        publish = path("publier/", self.admin_site.admin_view(self.publish_view), name="publishing_release_publish")
        return [publish, *super().get_urls()]

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        return publish_view(self, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_publish = request.user.has_perm("publishing.add_release") and sees_all(request)
        return super().changelist_view(request, {"may_publish": may_publish, **(extra_context or {})})

    @admin.display(description=_("release"), ordering="number")
    def version(self, release: Release) -> str:
        return f"n°\u00a0{release.number}"

    @admin.display(description=_("what was chosen"))
    def scope(self, release: Release) -> str:
        return gettext("All changes") if release.only is None else gettext("Only: %s") % ", ".join(release.only)

    @admin.display(description=_("forced"))
    def forced(self, release: Release) -> str:
        """For the staff alone: it is in no document."""
        if not release.exceptions:
            return "–"
        messages = format_html_join("", "<li>{}</li>", ((exception["message"],) for exception in release.exceptions))
        return format_html("<p>{}</p><ul>{}</ul>", gettext("Reason: %s") % release.reason, messages)

    @admin.display(description=_("what it changed"))
    def differences(self, release: Release) -> str:
        earlier = Release.objects.without_document().select_related("edition").filter(edition=release.edition)
        before = earlier.filter(number__lt=release.number).newest_first().first()
        old, new = of(before).programme if before else None, of(release).programme
        found = changes(old, new)
        context = {"sections": telling.sections(found, old, new), "around": telling.around(found), "first": not before}
        return render_to_string("admin/publishing/release/_changes.html", context)
