"""Going back to a version that history keeps: what would change, and the change itself."""

import dataclasses as dc
import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.actors import RESTORED
from innovation_week.one_entry import one_entry


@dc.dataclass(frozen=True, slots=True)
class Change:
    name: str
    label: str
    now: str
    then: str
    problem: str = ""  # why it cannot be


def as_it_was(record: Any) -> Any:
    """The row at the time of the record, unsaved. What history leaves out has its default."""
    # Not ``record.instance``: it asks the database for the fields that history leaves out.
    return record.instance_type(**{field.attname: getattr(record, field.attname) for field in record.tracked_fields})


def changes(row: Any, record: Any, *, hidden: Collection[str] = ()) -> list[Change]:
    """What going back would change of ``row``, None for one that is no longer there. Not ``hidden`` fields."""
    found = []
    for field in record.tracked_fields:
        if field.primary_key or not field.editable or field.name in hidden:
            continue
        now, then = getattr(row, field.attname, None), getattr(record, field.attname)
        if isinstance(field, models.FileField):
            now, then = str(now or ""), str(then or "")
        if row is None or now != then:
            label, problem = capfirst(field.verbose_name), _problem(field, then)
            found.append(Change(field.name, label, in_words(field, now), in_words(field, then), problem))
    for field in record._history_m2m_fields:
        if field.name not in hidden:
            found += _many_to_many(field, row, record)
    return found


def restore(row: Any, record: Any, names: Collection[str]) -> models.Model:
    """Give the row, None for one that is no longer there, the values of the record, and save it.

    The caller holds the row. ValidationError when a rule forbids it.
    """
    found = as_it_was(record) if row is None else row
    if row is not None:
        for field in record.tracked_fields:
            if field.name in names:
                setattr(found, field.attname, getattr(record, field.attname))
    vars(found)["_change_reason"] = f"{RESTORED}{record.history_date.isoformat(timespec='seconds')}"
    found.full_clean()
    with one_entry(found):
        found.save(force_insert=row is None)
        for field in record._history_m2m_fields:
            if field.name in names:
                getattr(found, field.name).set(_keys(field, record))
    return found


def _keys(field: Any, record: Any) -> list[Any]:
    """What the record was related to. That of a deletion comes after its relations are gone: the one before knows."""
    if record.history_type == "-":
        record = record.prev_record or record
    return list(getattr(record, field.name).values_list(f"{field.m2m_reverse_field_name()}_id", flat=True))


def _many_to_many(field: Any, row: Any, record: Any) -> Iterator[Change]:
    now = set(getattr(row, field.name).values_list("pk", flat=True)) if row is not None else set()
    then = set(_keys(field, record))
    if now == then:
        return
    model: Any = field.related_model
    named = {target.pk: str(target) for target in model._base_manager.filter(pk__in=now | then)}
    present, past = (", ".join(sorted(named.get(key, _("deleted since")) for key in keys)) for keys in (now, then))
    problem = _("What it was related to was deleted since.") if then - set(named) else ""
    yield Change(field.name, capfirst(field.verbose_name), present, past, problem)


def in_words(field: Any, value: Any) -> str:
    if value is None or value == "":
        return ""
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        target = field.related_model._base_manager.filter(**{field.target_field.name: value}).first()
        return str(target) if target else _("deleted since")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def _problem(field: Any, then: Any) -> str:
    if field.is_relation and then is not None:
        there = field.related_model._base_manager.filter(**{field.target_field.name: then}).exists()
        return "" if there else _("What it was related to was deleted since.")
    if isinstance(field, models.FileField) and then and not field.storage.exists(then):
        return _("The file is no longer there.")
    return ""
