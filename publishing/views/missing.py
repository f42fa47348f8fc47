"""What is not in the programme, or not any more: a page that says so and where to go."""

from django.http import HttpResponse
from django.shortcuts import render

from publishing.pages import Page
from publishing.programme import Item, Thread


def not_found(page: Page, kind: str) -> HttpResponse:
    """``kind``: "session", "sequence", "speaker" or "venue"."""
    return render(page.request, "publishing/not_found.html", {"page": page, "kind": kind}, status=404)


def withdrawn(page: Page, item: Item) -> HttpResponse:
    """Once announced, not in the programme any more: 410, so that search engines forget it."""
    context = {"page": page, "item": item, "thread": _thread(page, item)}
    return render(page.request, "publishing/withdrawn.html", context, status=410)


def _thread(page: Page, item: Item) -> Thread | None:
    return page.programme.thread_by_slug.get(item.thread)
