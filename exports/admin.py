from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exports.models import Deliverable, DeliverableQuerySet
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.dates import day
from publishing.models import Release
from sessions.text import validate_one_line


class DeliverableStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("late", _("Late")),
            ("awaited", _("To deliver")),
            ("delivered", _("Delivered, to be accepted")),
            ("accepted", _("Accepted")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Deliverable]:
        narrow: dict[str | None, Any] = {
            "late": lambda: queryset.late(timezone.localdate()),
            "awaited": queryset.awaited,
            "delivered": queryset.to_accept,
            "accepted": queryset.accepted,
        }
        found: QuerySet[Deliverable] = narrow.get(self.value(), lambda: queryset)()
        return found


class AcceptForm(forms.Form):
    accepted_by = forms.CharField(
        label=_("Accepted by"),
        max_length=150,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
        help_text=_("Name and function of the person, on the side of the administration."),
    )
    accepted_on = forms.DateField(label=_("On"), widget=AdminDateWidget, initial=timezone.localdate)


@admin.register(Deliverable)
class DeliverableAdmin(HistoryAdmin):
    introduction = _(
        "What the contract asks for, with its date: delivered as a file or as a release of the programme, then "
        "accepted by somebody of the administration. Files are seen by the staff only."
    )
    guide = "livrables"
    when_empty = _("No deliverable yet: add what the contract asks for, with its date.")
    edition_lookup = "edition"
    list_display = ["title", "due", "state", "accepted", "what"]
    list_filter = [DeliverableStateFilter]
    list_select_related = ["release__edition"]
    ordering = ["due_on", "title", "pk"]
    search_fields = ["title__folded", "note__folded", "accepted_by__folded"]
    found_by = ["title"]
    actions = ["deliver_today", "accept"]
    fieldsets = [
        (None, {"fields": ["edition", "title", "due_on", "file", "release", "note"]}),
        (_("Delivery and acceptance"), {"fields": ["delivered_on", "accepted_by", "accepted_on"]}),
    ]

    def get_urls(self) -> list[Any]:
        here = path("file/<str:name>", self.admin_site.admin_view(self.file_view), name="exports_deliverable_file")
        return [here, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deliverable]:
        # A release is as heavy as its document, which no page here shows.
        deliverables: QuerySet[Deliverable] = super().get_queryset(request)
        return deliverables.defer("release__document")

    def get_readonly_fields(self, request: HttpRequest, obj: Deliverable | None = None) -> list[str]:
        return ["edition"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "release" and field is not None:
            releases: QuerySet[Release] = field.queryset
            field.queryset = releases.defer("document").select_related("edition")
        return field

    @method_decorator(require_safe)
    def file_view(self, request: HttpRequest, name: str) -> FileResponse:
        """To be saved, never shown by the browser, and not kept in its cache."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(file=name).first()
        if found is None:
            raise Http404
        try:
            content = found.file.open()
        except OSError as error:
            raise Http404 from error
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(content, as_attachment=True, filename=found.file_name, headers=headers)

    @admin.action(description=_("Mark as delivered today"), permissions=["change"])
    def deliver_today(self, request: HttpRequest, queryset: DeliverableQuerySet) -> None:
        found = [*queryset.awaited()]
        with transaction.atomic():
            for deliverable in found:
                deliverable.delivered_on = timezone.localdate()
                deliverable.save(update_fields=["delivered_on"])
        self._tell(request, len(found))

    @admin.action(description=_("Accept, with name and date"), permissions=["change"])
    def accept(self, request: HttpRequest, queryset: DeliverableQuerySet) -> HttpResponse | None:
        form = AcceptForm(request.POST if "accepted_by" in request.POST else None)
        if form.is_bound and form.is_valid() and self._accept(request, queryset, form):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Accept deliverables"),
            "introduction": gettext(
                "Who accepts what was delivered, on the side of the administration, and when. Each deliverable below "
                "keeps both."
            ),
            "opts": self.opts,
            "deliverables": queryset.to_accept(),
            "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/exports/deliverable/accept.html", context)

    def _accept(self, request: HttpRequest, queryset: DeliverableQuerySet, form: AcceptForm) -> bool:
        """All of them, or none and the form says why."""
        found = [*queryset.to_accept()]
        try:
            with transaction.atomic():
                for deliverable in found:
                    deliverable.accept(by=form.cleaned_data["accepted_by"], on=form.cleaned_data["accepted_on"])
        except ValidationError as refused:
            form.add_error("accepted_on", refused.messages[0])
            return False
        self._tell(request, len(found))
        return True

    def _tell(self, request: HttpRequest, number: int) -> None:
        told = ngettext("%(number)d deliverable is changed.", "%(number)d deliverables are changed.", number)
        self.message_user(request, told % {"number": number}, messages.SUCCESS if number else messages.WARNING)

    @admin.display(description=_("due"), ordering="due_on")
    def due(self, deliverable: Deliverable) -> str:
        return day(deliverable.due_on, with_year=True)

    @admin.display(description=_("state"), ordering="delivered_on")
    def state(self, deliverable: Deliverable) -> str:
        today = timezone.localdate()
        if deliverable.accepted_on:
            word, name = gettext("Accepted"), "done"
        elif deliverable.delivered_on:
            word, name = gettext("Delivered"), "review"
        elif deliverable.is_late(today):
            word, name = gettext("Late"), "late"
        else:
            word, name = gettext("To deliver"), "open"
        on = day(deliverable.delivered_on) if deliverable.delivered_on else ""
        return format_html('<span class="state state-{}">{}</span> <span class="under">{}</span>', name, word, on)

    @admin.display(description=_("accepted by"), ordering="accepted_on")
    def accepted(self, deliverable: Deliverable) -> str:
        if not deliverable.accepted_on:
            return "–"
        on = day(deliverable.accepted_on)
        return format_html('{} <span class="under">{}</span>', deliverable.accepted_by, on)

    @admin.display(description=_("file or release"))
    def what(self, deliverable: Deliverable) -> str:
        if deliverable.file:
            kind = (deliverable.file.name or "").rpartition(".")[2].upper()
            return format_html('<a href="{}">{}</a>', deliverable.file.url, gettext("Download (%s)") % kind)
        return str(deliverable.release or "–")
