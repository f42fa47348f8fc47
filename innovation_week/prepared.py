"""A statement written once: Django takes longer to write the SQL of a small one than the database to carry it out.

The SQL is Django's own, for the database in use. PostgreSQL keeps it for each connection, so that it reads and plans
it once too, unless ``DISABLE_SERVER_SIDE_CURSORS`` says that a pool hands its connections out by the transaction.
"""

import functools
import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet, Value
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M", bound=Model)
Place = Any  # a Slot, or a value that is always the same

_PLAIN: dict[str, tuple[type, ...]] = {
    "CharField": (str, type(None)),
    "TextField": (str, type(None)),
    "BooleanField": (bool, type(None)),
    "PositiveSmallIntegerField": (int, type(None)),
    "PositiveIntegerField": (int, type(None)),
    "ForeignKey": (int, type(None)),
}
_numbers = itertools.count(1)
_kept: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection of PostgreSQL, the names that it knows


class Slot(Value):
    """The place of a value that is known only when the statement runs, named and of the type of ``output_field``."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(name, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class _Statement:
    def __init__(self, sql: str, places: Sequence[Place]) -> None:
        self._sql, self._places = sql, places
        self._name = f"prepared_{next(_numbers)}"

    def execute(self, cursor: Any, values: dict[str, Any]) -> None:
        database = cursor.db
        params = [
            place.output_field.get_db_prep_value(values[place.value], database) if isinstance(place, Slot) else place
            for place in self._places
        ]
        self.execute_with(cursor, params)

    def execute_with(self, cursor: Any, params: Sequence[Any]) -> None:
        database = cursor.db
        cursor.execute(self._kept_sql(database) if _keeps_statements(database) else self._sql, params)

    def _kept_sql(self, database: BaseDatabaseWrapper) -> str:
        kept = _kept.setdefault(database.connection, set())
        if self._name not in kept:
            with database.wrap_database_errors, database.connection.cursor() as cursor:
                cursor.execute(self._preparation)
            kept.add(self._name)
        return self._execution

    @functools.cached_property
    def _preparation(self) -> str:
        numbered = self._sql % tuple(f"${number}" for number, _place in enumerate(self._places, 1))
        return f"PREPARE {self._name} AS {numbered}"

    @functools.cached_property
    def _execution(self) -> str:
        places = ", ".join(["%s"] * len(self._places))
        return f"EXECUTE {self._name} ({places})" if places else f"EXECUTE {self._name}"


def _database() -> BaseDatabaseWrapper:
    """What ``django.db.connection`` looks up at every use."""
    return connections[DEFAULT_DB_ALIAS]


def _keeps_statements(database: BaseDatabaseWrapper) -> bool:
    return database.vendor == "postgresql" and not database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")


class Prepared:
    """The rows of the ``values_list`` queryset that ``make()`` gives, which has a ``Slot`` for each value to come."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make = make

    def rows(self, **values: Any) -> list[Sequence[Any]]:
        compiler, statement, converters = self._compiled
        with _database().cursor() as cursor:
            statement.execute(cursor, values)
            found = cursor.fetchall()
        return list(compiler.apply_converters(found, converters)) if converters else found

    @functools.cached_property
    def _compiled(self) -> tuple[Any, _Statement, Any]:
        compiler = self._make().query.get_compiler(connection=connection)
        statement = _Statement(*compiler.as_sql())
        return compiler, statement, compiler.get_converters([column[0] for column in compiler.select])


class PreparedObjects(Generic[M]):
    """The same for the objects of the queryset that ``make()`` gives.

    ``only`` these fields are read, as by ``QuerySet.only``; ``annotated`` names what the queryset annotates.
    """

    def __init__(
        self,
        model: type[M],
        make: Callable[[], QuerySet[M]],
        *,
        only: Collection[str] = (),
        annotated: Sequence[str] = (),
    ) -> None:
        fields = model._meta.concrete_fields
        self._columns = [field.attname for field in fields if not only or field.primary_key or field.name in only]
        self._model, self._annotated = model, annotated
        self._rows = Prepared(lambda: make().values_list(*self._columns, *annotated))

    def all(self, **values: Any) -> list[M]:
        return [self._object(list(row)) for row in self._rows.rows(**values)]

    def get(self, **values: Any) -> M:
        """The first; DoesNotExist without one."""
        for found in self.all(**values):
            return found
        raise self._model.DoesNotExist  # type: ignore[attr-defined]  # each model has its own

    def _object(self, row: list[Any]) -> M:
        number = len(self._columns)
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._columns, row[:number])
        for name, value in zip(self._annotated, row[number:], strict=True):
            setattr(found, name, value)
        return found


class PreparedUpdate:
    """``QuerySet.update`` of what ``make()`` gives, with a ``Slot`` for each value to come."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], **assigned: Any) -> None:
        self._make, self._assigned = make, assigned

    def run(self, **values: Any) -> None:
        with _database().cursor() as cursor:
            self._statement.execute(cursor, values)

    @functools.cached_property
    def _statement(self) -> _Statement:
        query: Any = self._make().query.chain(UpdateQuery)
        query.add_update_values(self._assigned)
        return _Statement(*query.get_compiler(connection=connection).as_sql())


class PreparedInsert(Generic[M]):
    """``save(force_insert=True)`` of one row of the model; without signals, as for ``bulk_create``."""

    def __init__(self, model: type[M]) -> None:
        self._model = model

    def save(self, row: M) -> None:
        fields, key, statement = self._compiled
        database = _database()
        params = [self._param(field, plain, row, database) for field, plain in fields]
        with database.cursor() as cursor:
            statement.execute_with(cursor, params)
            setattr(row, key, cursor.fetchone()[0])
        row._state.adding, row._state.db = False, database.alias

    def _param(self, field: Field, plain: Collection[type], row: M, database: BaseDatabaseWrapper) -> Any:
        value = getattr(row, field.attname)
        return value if type(value) in plain else field.get_db_prep_save(field.pre_save(row, add=True), database)

    @functools.cached_property
    def _compiled(self) -> tuple[list[tuple[Field, Collection[type]]], str, _Statement]:
        meta = self._model._meta
        fields = [field for field in meta.local_concrete_fields if not field.primary_key and not field.generated]
        query = InsertQuery(self._model)
        query.insert_values(fields, [self._model()], raw=True)
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = [meta.pk]
        [(sql, places)] = compiler.as_sql()
        return [(field, _plain(field)) for field in fields], meta.pk.attname, _Statement(sql, places)


def _plain(field: Field) -> Collection[type]:
    """The types of values that go to the database as they are: Django asks each field, ten calls for each value."""
    if type(field).pre_save is Field.pre_save:
        return _PLAIN.get(field.get_internal_type(), ())
    return ()
