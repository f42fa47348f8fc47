"""« Rétablir »: pages that bring an earlier version, or a deleted row, back from the history."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.actors import who
from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.concurrent_edits import hold
from innovation_week.back_office.earlier_versions import as_it_was, changes, restore
from innovation_week.back_office.kept_filters import with_filters
from innovation_week.back_office.limits import visible
from sessions.models import Sequence, Session

SHOWN = 200  # deleted rows in their list, newest first


class Restoring(admin.ModelAdmin):
    """For the admin of a model with a history, and for the lines of its form that have one."""

    edition_lookup = ""
    untold: Callable[[HttpRequest], Collection[str]]  # of LabelledFields

    def get_urls(self) -> list[Any]:
        pages: list[tuple[str, Any, str]] = [
            ("<path:object_id>/history/<int:version>/retablir/", self._restore_view, "restore"),
            ("<path:object_id>/history/<slug:line>/<int:version>/retablir/", self._restore_line_view, "restoreline"),
            ("supprimes/", self._deleted_view, "deleted"),
            ("supprimes/<int:version>/retablir/", self._undelete_view, "undelete"),
        ]
        here = [path(route, self.admin_site.admin_view(view), name=self._url_name(name)) for route, view, name in pages]
        return [*here, *super().get_urls()]

    def _url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def restore_url(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self._url_name(page)}", args=args)

    def _owner(self, request: HttpRequest, object_id: str) -> Any:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def _restore_view(self, request: HttpRequest, object_id: str, version: int) -> HttpResponse:
        with transaction.atomic():
            hold(self.model._base_manager.filter(pk=self._owner(request, object_id).pk))
            obj = self._owner(request, object_id)
            record = get_object_or_404(obj.history.all(), pk=version)
            hidden = [*self.get_readonly_fields(request, obj), *self.untold(request), *_out_of_reach(request, record)]
            return self._restore_page(request, obj, obj, record, hidden=hidden)

    def _restore_line_view(self, request: HttpRequest, object_id: str, line: str, version: int) -> HttpResponse:
        obj = self._owner(request, object_id)
        inline: Any = next(
            (one for one in self.get_inline_instances(request, obj) if one.opts.model_name == line), None
        )
        if inline is None or not hasattr(inline.model, "history"):
            raise Http404
        model: Any = inline.model
        formset: Any = inline.get_formset(request, obj)
        parent = formset.fk.name
        record = get_object_or_404(model.history.all(), pk=version, **{parent: obj.pk})
        with transaction.atomic():
            hold(model._base_manager.filter(pk=record.id))
            row = model._base_manager.filter(pk=record.id, **{parent: obj}).first()
            allowed = inline.has_change_permission(request, obj) if row else inline.has_add_permission(request, obj)
            if not allowed:
                raise PermissionDenied
            hidden = [*inline.get_readonly_fields(request, obj), *inline.untold(request)]
            return self._restore_page(request, obj, row, record, hidden=hidden)

    def _undelete_view(self, request: HttpRequest, version: int) -> HttpResponse:
        model: Any = self.model
        record = get_object_or_404(model.history.all(), pk=version)
        if not self._may_undelete(request, record):
            raise PermissionDenied
        with transaction.atomic():
            if model._base_manager.filter(pk=record.id).exists():
                return redirect(self.restore_url("restore", record.id, version))
            return self._restore_page(request, as_it_was(record), None, record, hidden=self.untold(request))

    def _may_undelete(self, request: HttpRequest, record: Any) -> bool:
        may = self.has_add_permission(request) and self.has_change_permission(request, as_it_was(record))
        return may and not _out_of_reach(request, record)

    def _restore_page(self, request: HttpRequest, obj: Any, row: Any, record: Any, *, hidden: Any) -> HttpResponse:
        found = changes(row, record, hidden=hidden)
        possible = {change.name for change in found if not change.problem}
        newest = type(record).objects.filter(id=record.id).first()
        context: dict[str, Any] = {"errors": [change.problem for change in found if change.problem and row is None]}
        names = possible & set(request.POST.getlist("field")) if row is not None else possible
        if request.method == "POST" and not context["errors"]:
            if request.POST.get("newest") != str(newest.pk):
                context["errors"] = [_("It was changed meanwhile: read again what would change.")]
            elif not names:
                context["errors"] = [_("Choose at least one field.")]
            else:
                try:
                    with transaction.atomic():
                        restored = restore(row, record, names)
                except ValidationError as refused:
                    context["errors"] = _in_words(type(as_it_was(record)), refused)
                else:
                    return self._restored(request, obj, restored, names)
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Restore an earlier version"),
            "subtitle": str(row or _named(record)),
            "opts": self.opts,
            "changes": found,
            "possible": possible,
            "record": record,
            "newest": newest.pk,
            "who": who(record),
            "is_gone": row is None,
            "left_out": [
                capfirst(field.verbose_name)
                for field in record.instance_type._meta.concrete_fields
                if field.editable and field.name not in {kept.name for kept in record.tracked_fields}
            ],
            "history_url": self.restore_url("history", obj.pk),
            "object": row,
        }
        return TemplateResponse(request, "admin/restore.html", context)

    def after_restoring(self, request: HttpRequest, obj: Any, names: Collection[str]) -> None:
        """What follows from the fields that were brought back, in the same transaction."""

    def _restored(self, request: HttpRequest, obj: Any, restored: Any, names: Collection[str]) -> HttpResponse:
        owner = restored if isinstance(restored, self.model) else obj
        if owner is restored:
            self.after_restoring(request, restored, names)
        self.log_change(request, owner, _("Restored: %s") % restored)
        self.message_user(request, _("“%s” is restored.") % restored, messages.SUCCESS)
        return redirect(with_filters(self, request, self.restore_url("change", owner.pk)))

    def _deleted_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        model: Any = self.model
        records = model.history.filter(history_type="-").exclude(id__in=model._base_manager.values("pk"))
        edition = chosen_edition(request)
        if self.edition_lookup and edition:
            records = records.filter(**{self.edition_lookup: edition.pk})
        newest: dict[Any, Any] = {}
        for record in records.select_related("history_user")[:SHOWN]:
            if record.id not in newest and self._may_undelete(request, record):
                record.who, record.name = who(record), _named(record)
                newest[record.id] = record
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted: %s") % self.opts.verbose_name_plural,
            "opts": self.opts,
            "records": list(newest.values()),
            "undelete": f"admin:{self._url_name('undelete')}",
        }
        return TemplateResponse(request, "admin/deleted.html", context)


def _out_of_reach(request: HttpRequest, record: Any) -> list[str]:
    """Relations to a sequence of others: an account limited to its own neither reads nor restores them."""
    found = []
    for field in record.tracked_fields:
        if field.related_model in (Sequence, Session) and (key := getattr(record, field.attname)):
            rows = field.related_model._base_manager.filter(pk=key)
            if rows.exists() and not visible(request, rows).exists():
                found.append(field.name)
    return found


def _named(record: Any) -> str:
    """Its name may be made of rows that are gone as well."""
    try:
        return str(as_it_was(record))
    except ObjectDoesNotExist:
        return f"{capfirst(record.instance_type._meta.verbose_name)} {record.id}"


def _in_words(model: Any, refused: ValidationError) -> list[str]:
    if not hasattr(refused, "error_dict"):
        return refused.messages
    labels = {field.name: capfirst(field.verbose_name) for field in model._meta.fields}
    return [
        f"{labels[name]} – {message}" if name in labels else message
        for name, found in refused.message_dict.items()
        for message in found
    ]
