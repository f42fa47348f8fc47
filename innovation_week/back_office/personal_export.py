"""A list of people as a spreadsheet: under a right of its own, and never without a line in the log."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote_plus

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from innovation_week import batches
from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import sequences_in_words
from innovation_week.back_office.spreadsheet import XLSX, Column, csv_lines, workbook
from innovation_week.models import PersonalExport

MOST_IN_A_WORKBOOK = 20_000  # rows: one is laid out whole before it leaves, where lines of CSV leave one by one


def forget_exports(before: dt.datetime) -> int:
    return batches.delete(PersonalExport.objects.filter(at__lt=before))


def forget_words(words: Iterable[str]) -> None:
    """What a list was narrowed to, where it names somebody who is to be forgotten: the line stays, without it."""
    for word in words:
        found = PersonalExport.objects.filter(Q(narrowed__icontains=word) | Q(query__icontains=quote_plus(word)))
        found.update(narrowed="", query="")


class ExportsPeople(admin.ModelAdmin):
    """Adds “Export” to the list, for who holds the model's right ``export_<model>``.

    The file holds the rows of the list, all its pages, with the search and the filters of its address.
    """

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        export = self.admin_site.admin_view(require_POST(self.export_view))
        return [path("exporter/", export, name=name), *super().get_urls()]

    def export_columns(self) -> Sequence[Column]:
        """Heads and what stands under them."""
        raise NotImplementedError

    def export_more_columns(self, rows: QuerySet[Any]) -> Sequence[Column]:
        """Those that depend on what the rows hold."""
        return ()

    def export_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what the columns read along."""
        return rows

    def has_export_permission(self, request: HttpRequest) -> bool:
        right = f"{self.opts.app_label}.export_{self.opts.model_name}"
        return self.has_view_permission(request) and request.user.has_perm(right)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """CSV, or a workbook when that button was pressed."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        listed = self.get_changelist_instance(request)
        rows, number = listed.queryset, listed.queryset.count()
        is_workbook = request.POST.get("as") == "xlsx"
        if is_workbook and number > MOST_IN_A_WORKBOOK:
            told = gettext("%(number)d lines are too many for one workbook: export them as CSV, or narrow the list.")
            self.message_user(request, told % {"number": number}, messages.WARNING)
            return redirect(f"{reverse(self._list_name())}?{request.GET.urlencode()}")
        PersonalExport.objects.create(
            username=request.user.get_username(),
            at=timezone.now(),
            what=str(self.opts.verbose_name_plural),
            narrowed=narrowed_to(request, listed, self),
            query=request.GET.urlencode(),
            rows=number,
        )
        response = self._workbook(rows) if is_workbook else self._csv(rows)
        name = f"{slugify(str(self.opts.verbose_name_plural))}-{timezone.localdate().isoformat()}"
        response["Content-Disposition"] = f'attachment; filename="{name}.{"xlsx" if is_workbook else "csv"}"'
        response["Cache-Control"] = "no-store"
        return response

    def _columns(self, rows: QuerySet) -> Sequence[Column]:
        return [*self.export_columns(), *self.export_more_columns(rows)]

    def _workbook(self, rows: QuerySet) -> HttpResponseBase:
        name = capfirst(str(self.opts.verbose_name_plural))
        file = workbook(name, self._columns(rows), self.export_rows(rows), timezone.get_current_timezone())
        return HttpResponse(file, content_type=XLSX)

    def _csv(self, rows: QuerySet) -> HttpResponseBase:
        found = self.export_rows(rows).iterator(chunk_size=500)
        lines = csv_lines(self._columns(rows), found, timezone.get_current_timezone())
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")

    def _list_name(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = dict(extra_context or {})
        if self.has_export_permission(request):
            address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
            context["export_url"] = f"{address}?{request.GET.urlencode()}" if request.GET else address
        return super().changelist_view(request, context)


def narrowed_to(request: HttpRequest, listed: ChangeList, model_admin: Any) -> str:
    """Edition, search and filters of a list, as a person reads them."""
    told = []
    edition = chosen_edition(request)
    if edition and getattr(model_admin, "edition_lookup", None):
        told.append(edition.name)
    if sequences := sequences_in_words(request):
        told.append(gettext("sequences of the account: %s") % sequences)
    if words := request.GET.get(SEARCH_VAR):
        told.append(gettext("search: “%s”") % words)
    seen = {SEARCH_VAR}
    for spec in listed.filter_specs:
        asked = {str(name) for name in spec.expected_parameters()} & set(request.GET)
        if asked:
            chosen = [str(choice["display"]) for choice in spec.choices(listed) if choice["selected"]]
            told.append(f"{capfirst(spec.title)}\u00a0: {', '.join(chosen)}")
        seen |= asked
    told += [f"{name}={value}" for name, value in request.GET.items() if name not in seen]
    return " · ".join(told) or gettext("the whole list")
