"""A list of people as a spreadsheet: under a right of its own, and never without a line in the log."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote_plus

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from innovation_week import batches
from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.models import PersonalExport

BOM = "\ufeff"  # without it, Excel reads UTF-8 as something else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Column = tuple[Any, Callable[[Any], Any]]


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

    def has_export_permission(self, request: HttpRequest) -> bool:
        right = f"{self.opts.app_label}.export_{self.opts.model_name}"
        return self.has_view_permission(request) and request.user.has_perm(right)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        listed = self.get_changelist_instance(request)
        rows = listed.queryset
        PersonalExport.objects.create(
            username=request.user.get_username(),
            at=timezone.now(),
            what=str(self.opts.verbose_name_plural),
            narrowed=narrowed_to(request, listed, self),
            query=request.GET.urlencode(),
            rows=rows.count(),
        )
        name = f"{slugify(str(self.opts.verbose_name_plural))}-{timezone.localdate().isoformat()}.csv"
        response = StreamingHttpResponse(
            csv_lines(self.export_columns(), rows.iterator(chunk_size=500), timezone.get_current_timezone()),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response

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


def csv_lines(columns: Sequence[Column], rows: Iterable[Any], zone: dt.tzinfo) -> Iterator[str]:
    """As spreadsheets of France read it: semicolons, UTF-8 announced, times on the clock of ``zone``."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM + writer.writerow([capfirst(str(head)) for head, _value in columns])
    for row in rows:
        yield writer.writerow([cell(value(row), zone) for _head, value in columns])


def cell(value: Any, zone: dt.tzinfo) -> str:
    """Never a formula: what a stranger typed into a name would run on the machine of who opens the file."""
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else text


class _Echo:
    """What the writer of lines writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line
