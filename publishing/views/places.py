import collections
import dataclasses as dc

from django.http import HttpResponse
from django.shortcuts import render

from publishing.pages import Page, released_page
from publishing.programme import Place
from publishing.rows import by_day, row
from publishing.views.missing import not_found


@dc.dataclass(frozen=True, slots=True)
class PlaceRow:
    place: Place
    count: int


@released_page
def venues(page: Page) -> HttpResponse:
    counts = collections.Counter(item.slot.place for item in page.programme.lines)
    context = {"page": page, "places": [PlaceRow(place, counts[place.slug]) for place in page.programme.places]}
    return render(page.request, "publishing/venues.html", context)


@released_page
def venue(page: Page, slug: str) -> HttpResponse:
    place = page.programme.place_by_slug.get(slug)
    if place is None:
        return not_found(page, "venue")
    rows = [row(page, item) for item in page.programme.lines if item.slot.place == slug]
    context = {"page": page, "place": place, "days": by_day(rows), "count": len(rows)}
    return render(page.request, "publishing/venue.html", context)
