"""A query written once: Django takes longer to write the SQL of a small query than the database to answer it."""

import functools
from collections.abc import Callable, Collection, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model, QuerySet, Value

M = TypeVar("M", bound=Model)


class Slot(Value):
    """The place of a value that is known only when the query runs, named and of the type of ``output_field``."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(name, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Prepared:
    """The rows of the ``values_list`` queryset that ``make()`` gives, which has a ``Slot`` for each value to come.

    The SQL is Django's own, for the database in use; only the writing of it is saved, which is most of the cost of
    a warm page.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make = make

    def rows(self, **values: Any) -> list[Sequence[Any]]:
        compiler, sql, places, converters = self._compiled
        params = [
            place.output_field.get_db_prep_value(values[place.value], connection) if isinstance(place, Slot) else place
            for place in places
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        return list(compiler.apply_converters(found, converters)) if converters else found

    @functools.cached_property
    def _compiled(self) -> tuple[Any, str, Sequence[Any], Any]:
        compiler = self._make().query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        return compiler, sql, places, compiler.get_converters([column[0] for column in compiler.select])


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
        found = self._model.from_db(connection.alias, self._columns, row[:number])
        for name, value in zip(self._annotated, row[number:], strict=True):
            setattr(found, name, value)
        return found
