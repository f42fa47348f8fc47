import dataclasses as dc
import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render

from publishing.filters import (
    EVERY_DAY,
    GRID,
    LONG,
    canonical_query,
    chosen,
    default_day,
    filter_form,
    matching,
    query_string,
)
from publishing.grid import grid
from publishing.pages import Page, released_page
from publishing.programme import Day, Item
from publishing.rows import by_day, row
from publishing.views.missing import not_found


@dc.dataclass(frozen=True, slots=True)
class DayLink:
    """To a day of this page, or to the page of that day. ``date`` is None for the whole week."""

    date: dt.date | None
    count: int
    address: str
    is_current: bool


@released_page(query=canonical_query)
def programme(page: Page) -> HttpResponse:
    found = matching(page.programme, page.query, page.availability)
    wanted = dict(page.query)
    shown, links = _one_day_at_a_time(page, found) if _is_long(wanted, found) else (found, _anchors(page, found))
    is_grid = wanted.get("vue") == GRID
    context = {
        "page": page,
        "count": len(found),
        "filters": filter_form(page.query, page.programme),
        "chosen": chosen(page.query, page.programme),
        "day_links": links,
        "is_grid": is_grid,
        "noindex": "q" in wanted,
        "list_query": query_string(page.query, vue=""),
        "grid_query": query_string(page.query, vue=GRID),
        "everything_query": query_string((), vue=wanted.get("vue", "")),
        "undated": [row(page, item) for item in shown if item.slot.starts_at is None],
    }
    if is_grid:
        rows = {item.code: row(page, item) for item in shown}
        context |= {"grids": [grid(page.programme, day) for day in _days(page, shown)], "rows": rows}
    else:
        context["days"] = by_day(page, [row(page, item) for item in shown if item.slot.starts_at])
    return render(page.request, "publishing/programme.html", context)


def _is_long(wanted: dict[str, str], found: list[Item]) -> bool:
    return "jour" not in wanted and len(found) > LONG


def _days(page: Page, items: list[Item]) -> list[Day]:
    codes = {item.code for item in items}
    days = (Day(day.date, tuple(item for item in day.items if item.code in codes)) for day in page.programme.days)
    return [day for day in days if day.items]


def _anchors(page: Page, found: list[Item]) -> list[DayLink]:
    """Links to the days of the page; none when there is one day."""
    days = _days(page, found)
    links = [DayLink(day.date, len(day.items), f"#jour-{day.date.isoformat()}", is_current=False) for day in days]
    return links if len(links) > 1 else []


def _one_day_at_a_time(page: Page, found: list[Item]) -> tuple[list[Item], list[DayLink]]:
    """The items of the day to open on, and the links to the others and to the whole."""
    date = default_day(found, page.programme, page.now)
    links = [
        DayLink(day.date, len(day.items), query_string(page.query, jour=day.date.isoformat()), day.date == date)
        for day in _days(page, found)
    ]
    links.append(DayLink(None, len(found), query_string(page.query, jour=EVERY_DAY), is_current=False))
    return [item for item in found if item.slot.starts_at and page.programme.date_of(item) == date], links


@released_page
def sequence(page: Page, slug: str) -> HttpResponse:
    thread = page.programme.thread_by_slug.get(slug)
    if thread is None:
        return not_found(page, "sequence")
    rows = [row(page, item) for item in page.programme.items if item.thread == slug]
    context = {"page": page, "thread": thread, "days": by_day(page, rows), "count": len(rows)}
    return render(page.request, "publishing/sequence.html", context)
