"""The foot of the list of services: how many, and for how much, by sequence and state."""

import dataclasses as dc
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from planning.models import Service

STATES = [Service.State.ASKED, Service.State.ORDERED, Service.State.CONFIRMED]


@dc.dataclass(frozen=True, slots=True)
class Cell:
    number: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.number + other.number, self.amount + other.amount)


@dc.dataclass(frozen=True, slots=True)
class Row:
    """A cell for each of STATES, then that of them all."""

    title: str
    cells: tuple[Cell, ...]


@dc.dataclass(frozen=True, slots=True)
class Totals:
    states: tuple[str, ...]
    rows: tuple[Row, ...]
    foot: Row
    with_amounts: bool


def totals(services: QuerySet[Service], *, with_amounts: bool) -> Totals:
    """Of ``services``, as the filters of the list leave them; cancelled ones do not count. One query."""
    alive = services.exclude(state=Service.State.CANCELLED).order_by()
    sums = alive.values_list("session__sequence", "session__sequence__title", "state")
    cells: dict[tuple[int, str], dict[str, Cell]] = {}
    for sequence, title, state, number, amount in sums.annotate(Count("pk"), Sum("amount")):
        cells.setdefault((sequence, title), {})[state] = Cell(number, amount or Decimal(0))
    rows = [_row(title, by_state) for (_pk, title), by_state in sorted(cells.items(), key=lambda row: row[0][1])]
    every = zip(*(row.cells for row in rows), strict=True)
    foot = Row(_("In all"), tuple(sum(column, Cell()) for column in every))
    return Totals(tuple(str(state.label) for state in STATES), tuple(rows), foot, with_amounts)


def _row(title: str, by_state: dict[str, Cell]) -> Row:
    cells = [by_state.get(state, Cell()) for state in STATES]
    return Row(title, (*cells, sum(cells, Cell())))
