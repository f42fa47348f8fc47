"""A query written once: Django takes longer to write the SQL of a small query than the database to answer it."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, QuerySet, Value


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
