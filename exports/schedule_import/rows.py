"""Writing many rows with their history, in few queries, and without losing what staff edited since."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.text import slugify
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from publishing.richtext import to_html
from sessions.codes import new_code

# In the history of each row that an import wrote: who did it, and the values that the next one starts from.
ACTOR = "import"
BATCH = 200
TEXTS = frozenset({"text", "course"})

Row = TypeVar("Row", bound=Model)


def create(model: type[Row], rows: list[Row]) -> list[Row]:
    if not rows:
        return []
    return bulk_create_with_history(rows, model, batch_size=BATCH, default_change_reason=ACTOR)


def update(model: type[Row], rows: list[Row], fields: Iterable[str]) -> None:
    if rows:
        bulk_update_with_history(rows, model, sorted(fields), batch_size=BATCH, default_change_reason=ACTOR)


def last_imported(history: QuerySet, fields: Sequence[str]) -> dict[int, dict[str, Any]]:
    """By primary key, the values of ``fields`` that the last import left, out of a queryset of historical rows."""
    written = history.filter(history_change_reason=ACTOR).order_by("history_id")
    return {values.pop("id"): values for values in written.values("id", *fields)}


def merge(row: Model, values: dict[str, Any], last: dict[str, Any] | None) -> tuple[list[str], list[str]]:
    """Give ``row`` the values of the file; return the names of the fields changed, and of those left.

    A field is left when it no longer has the value of the last import: a person has edited it, and knows better.
    """
    changed, left = [], []
    for name, value in values.items():
        present = getattr(row, name)
        if _same(name, present, value):
            continue
        if last is not None and not _same(name, present, last[name]):
            left.append(name)
        else:
            setattr(row, name, value)
            changed.append(name)
    return changed, left


def _same(name: str, one: Any, other: Any) -> bool:
    """Texts are the same when the public reads the same: our feed gives back HTML where staff wrote Markdown."""
    return one == other or (name in TEXTS and to_html(one) == to_html(other))


def labels(model: type[Model], names: Iterable[str]) -> str:
    """The names of fields as staff know them; attribute names such as ``room_id`` too."""
    fields = (model._meta.get_field(name.removesuffix("_id")) for name in names)
    return ", ".join(str(getattr(field, "verbose_name", field.name)) for field in fields)


def by_name(names: Iterable[str], rows: Iterable[Row], field: str) -> tuple[dict[str, Row], list[tuple[str, str]]]:
    """Rows whose ``field``, else whose slug, is that of a name; and the names left, each with a free slug.

    Finding a row by its slug as well lets staff give it a better name without losing it at the next import.
    """
    names, rows = list(dict.fromkeys(names)), list(rows)
    titles = {getattr(row, field): row for row in rows}
    found = {name: titles[name] for name in names if name in titles}
    slugs = {row.slug: row for row in rows}  # type: ignore[attr-defined]  # each of these models has one
    free = {slug: row for slug, row in slugs.items() if row not in found.values()}
    taken, missing = set(slugs), []
    for name in names:
        slug = slugify(name)[:40].strip("-") or "x"
        if name in found:
            continue
        if slug in free:
            found[name] = free.pop(slug)
        else:
            missing.append((name, _free_slug(slug, taken)))
    return found, missing


def _free_slug(wanted: str, taken: set[str]) -> str:
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    taken.add(slug)
    return slug


def new_codes(model: type[Model], count: int) -> list[str]:
    """As many codes as asked that no row has: in bulk a clash would refuse the whole import."""
    taken = set(model._default_manager.values_list("code", flat=True)) if count else set()
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_code())
        codes -= taken
    return list(codes)
