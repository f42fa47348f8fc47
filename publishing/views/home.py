import dataclasses as dc
import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from publishing.pages import Page, nothing_published, released_page
from publishing.programme import Item, Thread
from publishing.rows import Row, row
from sessions.models import Edition

SHOWN_PER_DAY = 6
SHOWN_NEXT = 4
LONGEST_WEEK = 10  # days; a longer edition shows only those that have sessions


@dc.dataclass(frozen=True, slots=True)
class GlanceRow:
    """A session on the line of days, under its sequence's name when that is enough to tell it from the others."""

    row: Row
    title: str
    language: str  # of the title


@dc.dataclass(frozen=True, slots=True)
class Glance:
    date: dt.date
    shown: tuple[GlanceRow, ...]
    more: int
    is_today: bool
    is_past: bool


@dc.dataclass(frozen=True, slots=True)
class Highlight:
    thread: Thread
    next: Row | None  # the session to come, or the last one
    count: int


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The address of the site opens on the current edition; a search from a page that knows none, in its programme."""
    namespace = request.resolver_match.namespace if request.resolver_match else None
    current = Edition.objects.current()
    edition = (current if namespace == "preview" else current.filter(releases__isnull=False)).first()
    if edition is None:
        return nothing_published(request, "")
    view, query = ("programme", f"?{request.GET.urlencode()}") if "q" in request.GET else ("home", "")
    response = HttpResponse(status=302)
    response["Location"] = reverse(f"publishing:{view}", args=[edition.slug], current_app=namespace) + query
    return response


@released_page
def home(page: Page) -> HttpResponse:
    programme = page.programme
    coming = [item for item in programme.lines if _is_coming(page, item)]
    is_over = page.now.astimezone(programme.zone).date() > programme.ends_on
    context = {
        "page": page,
        "week": week(page),
        "highlights": [highlight(page, thread) for thread in _highlighted(page)],
        "coming": [row(page, item) for item in coming[:SHOWN_NEXT]],
        "is_over": is_over,
        "counted": [row(page, item) for item in programme.lines if item.attendance] if is_over else [],
    }
    return render(page.request, "publishing/home.html", context)


def week(page: Page) -> list[Glance]:
    """Every day of the week, the empty ones too, unless the edition lasts for weeks."""
    programme = page.programme
    by_date = {day.date: day.items for day in programme.days}
    length = (programme.ends_on - programme.starts_on).days + 1
    dates = set(by_date)
    if length <= LONGEST_WEEK:
        dates |= {programme.starts_on + dt.timedelta(days=offset) for offset in range(length)}
    return [_glance(page, date, by_date.get(date, ())) for date in sorted(dates)]


def _glance(page: Page, date: dt.date, items: tuple[Item, ...]) -> Glance:
    today = page.now.astimezone(page.programme.zone).date()
    threads = [item.thread for item in items]
    shown = [_glance_row(page, item, is_alone=threads.count(item.thread) == 1) for item in _shown(page, items)]
    return Glance(date, tuple(shown), len(items) - len(shown), date == today, date < today)


def _shown(page: Page, items: tuple[Item, ...]) -> list[Item]:
    """All of a day, or the first six: a highlight of the week is never among those left out."""
    if len(items) <= SHOWN_PER_DAY + 1:
        return list(items)
    highlights = {thread.slug for thread in page.programme.threads if thread.is_highlight}
    kept = sorted(items, key=lambda item: item.thread not in highlights)[:SHOWN_PER_DAY]
    return [item for item in items if item in kept]


def _glance_row(page: Page, item: Item, *, is_alone: bool) -> GlanceRow:
    each = row(page, item)
    if is_alone and each.thread:
        return GlanceRow(each, each.thread.title, page.programme.language)
    return GlanceRow(each, item.title, item.language)


def _highlighted(page: Page) -> list[Thread]:
    """Those the staff chose; without a choice, all of them while they are few."""
    used = {item.thread for item in page.programme.items}
    threads = [thread for thread in page.programme.threads if thread.slug in used]
    return [thread for thread in threads if thread.is_highlight] or (threads if len(threads) <= SHOWN_PER_DAY else [])


def highlight(page: Page, thread: Thread) -> Highlight:
    items = [item for item in page.programme.lines if item.thread == thread.slug]
    item = next((item for item in items if _is_coming(page, item)), items[-1] if items else None)
    return Highlight(thread, row(page, item) if item else None, len(items))


def _is_coming(page: Page, item: Item) -> bool:
    return item.state == "scheduled" and item.slot.starts_at is not None and item.slot.starts_at > page.now
