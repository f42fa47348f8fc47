"""Who changed what, when, from which value to which: of an object and of the lines that hang on it."""

import dataclasses as dc
import itertools
from collections import defaultdict
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from innovation_week.actors import who, why
from innovation_week.back_office.earlier_versions import as_it_was, in_words
from innovation_week.back_office.limits import is_out_of_reach
from innovation_week.back_office.model_admin import ModelAdmin
from innovation_week.back_office.restoring import Restoring
from innovation_week.excerpts import excerpts
from innovation_week.one_entry import one_entry


class InWords(HistoricalRecordContextHelper):
    """History says “Approved”, not ``approved``, and “15/12/2026 12:00”, on the clock of the edition."""

    def __init__(self, reader: Any, model: Any, record: Any) -> None:
        super().__init__(model, record)
        self.reader = reader

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        if not field.is_relation:
            return in_words(field, value)
        # The objects of a relation came along with the records.
        return gettext("(out of your reach)") if is_out_of_reach(self.reader, value) else str(value or "")

    def stringify_delta_change_values(self, change: Any, old: Any, new: Any) -> Any:
        return excerpts(old, new)


@dc.dataclass(frozen=True, slots=True)
class Lines:
    """The history of what an inline shows; ``records`` of one line follow each other, newest first."""

    title: str
    records: list[Any]


def _as_it_was(record: Any) -> models.Model:
    """The line at the time of the record, with the related objects that the query has brought along."""
    line: models.Model = as_it_was(record)
    for field in record.tracked_fields:
        if field.many_to_one:
            setattr(line, field.name, getattr(record, field.name))
    return line


def _related(records: list[Any], field: Any) -> dict[int, list[str]]:
    """Names of what each record was related to, by primary key of the record."""
    target = field.m2m_reverse_field_name()
    rows = getattr(type(records[0]), field.name).filter(history__in=[record.pk for record in records])
    named_with = f"{target}__content_type" if field.related_model is Permission else target
    names: dict[int, list[str]] = defaultdict(list)
    for row in rows.select_related(named_with).order_by(target):
        names[row.history_id].append(str(getattr(row, target)))
    return names


class HistoryAdmin(Restoring, ModelAdmin, SimpleHistoryAdmin):
    def get_urls(self) -> list[Any]:
        """Without the package's forms of old versions: posting one saves it, for whoever may merely look."""
        return [url for url in super().get_urls() if not str(url.name).endswith("_simple_history")]

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """A form sent as it came, for the sake of its lines, leaves no empty entry; any other leaves one."""
        if not change or form.changed_data:
            with one_entry(obj):
                super().save_model(request, obj, form, change)
                form.save_m2m()  # once more in ``save_related``, which finds nothing left to do

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kept = [inline(self.model, self.admin_site) for inline in self.inlines if hasattr(inline.model, "history")]
        seen = [inline for inline in kept if inline.has_view_permission(request)]
        restorable = bool(seen) and self.has_change_permission(request, self.get_object(request, object_id))
        found = (self._lines(request, inline, object_id, restorable=restorable) for inline in seen)
        lines = [of_inline for of_inline in found if of_inline.records]
        return super().history_view(request, object_id, {"lines": lines, **(extra_context or {})})

    def _lines(self, request: HttpRequest, inline: Any, object_id: str, *, restorable: bool) -> Lines:
        """Also of lines that were deleted: that is what one comes to look for."""
        model: Any = inline.model
        untold = inline.untold(request)
        parent = next(field.name for field in model._meta.fields if field.related_model is self.model)
        found = model.history.filter(**{parent: object_id}).select_related("history_user")
        records = list(found._select_related_history_tracked_objs().order_by("id", "-history_date", "-history_id"))
        for record in records:
            record.line = _as_it_was(record)
        for _line, found_versions in itertools.groupby(records, key=lambda record: record.id):
            versions = list(found_versions)
            for record in versions:
                record.who, record.why = who(record), why(record)
                is_past = record is not versions[0] or record.history_type == "-"
                if is_past and restorable:
                    record.restore_url = self.restore_url("restoreline", object_id, model._meta.model_name, record.pk)
            for new, old in itertools.pairwise(versions):
                delta = new.diff_against(old, excluded_fields=untold, foreign_keys_are_objs=True)
                new.history_delta_changes = InWords(request.user, model, new).context_for_delta_changes(delta)
        return Lines(capfirst(model._meta.verbose_name_plural), records)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """As the package's, which asks the database four times for each record and each many-to-many field."""
        records, untold = list(historical_records), self.untold(request)
        self._tell_actors(request, records, newest_first=historical_records.number == 1)
        fields = records[0]._history_m2m_fields if records else []
        related = {field: _related(records, field) for field in fields}
        for new, old in itertools.pairwise(records):
            excluded = [*untold, *(field.name for field in fields)]
            delta = new.diff_against(old, excluded_fields=excluded, foreign_keys_are_objs=True)
            new.history_delta_changes = InWords(request.user, self.model, new).context_for_delta_changes(delta)
            for field, names in related.items():
                before, after = ", ".join(names[old.pk]), ", ".join(names[new.pk])
                if before != after:
                    change = {"field": capfirst(field.verbose_name), "old": before, "new": after}
                    new.history_delta_changes.append(change)

    def _tell_actors(self, request: HttpRequest, records: list[Any], *, newest_first: bool) -> None:
        """And, to whoever may change the object, where to go back to each version but the newest."""
        obj = self.get_object(request, str(records[0].id)) if records else None
        may_restore = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        for number, record in enumerate(records):
            record.who, record.why = who(record), why(record)
            if may_restore and obj and (number or not newest_first):
                record.restore_url = self.restore_url("restore", obj.pk, record.pk)
            elif may_restore and not obj:
                record.restore_url = self.restore_url("undelete", record.pk)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"deleted_url": self.restore_url("deleted")}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def history_view_title(self, request: HttpRequest, obj: models.Model) -> str:
        self.go_by_edition_of(request, obj)  # the package looks it up by itself
        return gettext("History of “%s”") % obj
