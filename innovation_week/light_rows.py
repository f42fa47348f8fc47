"""Rows read with few instances: an edition is thousands of rows, and making objects takes longer than asking for them.

``select_related`` makes the room of a hundred sessions a hundred times. Here it is one object.
"""

import dataclasses as dc
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db import connection
from django.db.models import ForeignKey, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

AnyModel = TypeVar("AnyModel", bound=Model)
# The values that were asked for, and the objects that the keys lead to, by name.
Row = SimpleNamespace


@dc.dataclass(frozen=True, slots=True)
class _Along:
    """The object at the end of ``path``; its values start at ``start``, those made already are ``known`` by key."""

    path: str
    model: type[Model]
    names: list[str]
    start: int
    known: dict[Any, Model]


def rows(queryset: QuerySet, names: list[str], *paths: str) -> list[Row]:
    """These values of each row, without an instance, and the objects at the end of the paths.

    A path comes after the one that it prolongs.
    """
    along = _along(queryset.model, paths, len(names))
    found = []
    for values in queryset.values_list(*names, *_columns(along)):
        row = Row(**dict(zip(names, values, strict=False)))
        vars(row).update(_objects(along, values))
        found.append(row)
    return found


def instances(queryset: QuerySet[AnyModel], *paths: str) -> list[AnyModel]:
    """As ``queryset.select_related(*paths)``."""
    names = _attributes(queryset.model)
    along = _along(queryset.model, paths, len(names))
    found = []
    for values in queryset.values_list(*names, *_columns(along)):
        instance = queryset.model.from_db(connection.alias, names, values[: len(names)])
        instance._state.fields_cache.update(_objects(along, values))
        found.append(instance)
    return found


def _attributes(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _along(model: type[Model], paths: tuple[str, ...], start: int) -> list[_Along]:
    found: list[_Along] = []
    known: dict[type[Model], dict[Any, Model]] = {}
    for path in paths:
        target: Any = model
        for name in path.split(LOOKUP_SEP):
            key = target._meta.get_field(name)
            assert isinstance(key, ForeignKey)
            target = key.related_model
        found.append(_Along(path, target, _attributes(target), start, known.setdefault(target, {})))
        start += len(found[-1].names)
    return found


def _columns(along: list[_Along]) -> list[str]:
    return [f"{each.path}{LOOKUP_SEP}{name}" for each in along for name in each.names]


def _objects(along: list[_Along], values: Any) -> dict[str, Model | None]:
    """Those that the row itself leads to, each with those that it leads to."""
    at: dict[str, Model | None] = {}
    for each in along:
        at[each.path] = found = _object(each, values)
        parent, _separator, name = each.path.rpartition(LOOKUP_SEP)
        if parent and (holder := at[parent]) is not None:
            holder._state.fields_cache[name] = found
    return {path: found for path, found in at.items() if LOOKUP_SEP not in path}


def _object(along: _Along, values: Any) -> Model | None:
    """Its key comes first."""
    pk = values[along.start]
    if pk is not None and pk not in along.known:
        along.known[pk] = along.model.from_db(
            connection.alias, along.names, values[along.start : along.start + len(along.names)]
        )
    return along.known.get(pk)
