"""One entry in the history for what is done at once: the fields of a row, and what it is related to.

simple_history writes one at each step: when the row is saved, when something is taken from a relation, when something
is added to it. Those in between tell of a moment that nobody saw, such as an account without a role.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

WAITING = "_entries_that_wait"


class Records(HistoricalRecords):
    """For models whose history keeps relations."""

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        write = partial(super().create_historical_record, instance, history_type, using)
        waiting: list[Callable[[], None]] | None = vars(instance).get(WAITING)
        if waiting is None:
            write()
        else:
            waiting.append(write)


@contextmanager
def one_entry(row: models.Model) -> Iterator[None]:
    """Of what happens within, through this very object. The first step says whether the row was made or changed."""
    waiting: list[Callable[[], None]] = []
    vars(row)[WAITING] = waiting
    try:
        yield
    finally:
        del vars(row)[WAITING]
    for write in waiting[:1]:
        write()
