import dataclasses as dc
import datetime as dt
from typing import Any

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
    without_day,
)
from publishing.grid import grid
from publishing.pages import Page, released_page
from publishing.programme import Day, Item
from publishing.rows import by_day, row
from publishing.slot_picker import DayOfSequence, days_of_sequence
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
    wanted = dict(page.query)
    found = matching(page.programme, page.query, page.availability)
    days = _days(page, found)
    links = _links(days)
    every_day = _days(page, matching(page.programme, without_day(page.query), page.availability))
    if sum(len(day.items) for day in every_day) > LONG:
        current = wanted.get("jour") or str(default_day(every_day, page.programme, page.now).date)
        days = [day for day in days if current in (EVERY_DAY, str(day.date))]
        links = _links_to_pages(page, every_day, current)
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
        "undated": [row(page, item) for item in found if item.slot.starts_at is None],
    }
    context |= _grids(page, days) if is_grid else _lists(page, days)
    return render(page.request, "publishing/programme.html", context)


def _grids(page: Page, days: list[Day]) -> dict[str, Any]:
    return {
        "grids": [grid(page.programme, day) for day in days],
        "rows": {item.code: row(page, item) for day in days for item in day.items},
    }


def _lists(page: Page, days: list[Day]) -> dict[str, Any]:
    return {"days": by_day(row(page, item) for day in days for item in day.items)}


def _days(page: Page, items: list[Item]) -> list[Day]:
    codes = {item.code for item in items}
    days = (Day(day.date, tuple(item for item in day.items if item.code in codes)) for day in page.programme.days)
    return [day for day in days if day.items]


def _links(days: list[Day]) -> list[DayLink]:
    """To the days of the page; none when there is one day."""
    links = [DayLink(day.date, len(day.items), f"#jour-{day.date.isoformat()}", is_current=False) for day in days]
    return links if len(links) > 1 else []


def _links_to_pages(page: Page, days: list[Day], current: str) -> list[DayLink]:
    """To a page per day, and to all of them on one page."""
    links = [
        DayLink(day.date, len(day.items), query_string(page.query, jour=day.date.isoformat()), current == str(day.date))
        for day in days
    ]
    count = sum(link.count for link in links)
    return [*links, DayLink(None, count, query_string(page.query, jour=EVERY_DAY), current == EVERY_DAY)]


@released_page(is_sequence=True)
def sequence(page: Page, slug: str) -> HttpResponse:
    thread = page.programme.thread_by_slug.get(slug)
    if thread is None:
        return not_found(page, "sequence")
    days = days_of_sequence(page, [item for item in page.programme.lines if item.thread == slug])
    context = {
        "page": page,
        "thread": thread,
        "days": days,
        "day_links": _links_to_openings(days),
        "is_one_each": thread.one_slot_per_person and any(day.has_seats for day in days),
    }
    return render(page.request, "publishing/sequence.html", context)


def _links_to_openings(days: list[DayOfSequence]) -> list[DayOfSequence]:
    """To the days of an exhibition; none when there is one day."""
    links = [day for day in days if day.date]
    return links if len(links) > 1 and any(day.openings for day in links) else []
