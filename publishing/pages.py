"""``@released_page``: a public page as a projection of the last release, rendered once and served ready.

A page is kept under all it depends on: the release, the language, the address with its canonical query, the
states of tight sessions, how many starts, ends and midnights of the programme are past, and the size of the
booklet. So nothing expires.
"""

import bisect
import dataclasses as dc
import datetime as dt
import functools
from collections.abc import Callable, Hashable
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from innovation_week.back_office.limits import sees_all, visible
from publishing.addresses import path_of
from publishing.availability import Availability, availability
from publishing.build import build
from publishing.current import released
from publishing.models import Release
from publishing.page_cache import ReadyPage, pages
from publishing.programme import Item, Programme
from publishing.publish import last_programme
from publishing.release_files import booklet_size
from publishing.revisions import carry
from publishing.selection import compose, narrow
from sessions.models import Edition

Query = tuple[tuple[str, str], ...]
CanonicalQuery = Callable[[QueryDict, Programme], Query]
View = Callable[..., HttpResponse]


@dc.dataclass(frozen=True)
class Page:
    """What a view of a public page knows. ``release`` is None in a preview."""

    request: HttpRequest
    edition: Edition
    release: Release | None
    programme: Programme
    availability: Availability
    now: dt.datetime
    query: Query

    @property
    def is_preview(self) -> bool:
        return self.release is None

    def address(self, item: Item) -> str:
        """Of the page of the session or, for slots, of their day on the page of the sequence; in a preview, there."""
        match = self.request.resolver_match
        return path_of(self.programme, item, current_app=match.namespace if match else None)

    @functools.cached_property
    def booklet_size(self) -> int | None:
        """Bytes of the booklet in the language of the page; None while there is none."""
        return booklet_size(self.release, translation.get_language()) if self.release else None


def released_page(view: View | None = None, *, query: CanonicalQuery | None = None, is_sequence: bool = False) -> Any:
    """Make ``view(page, **kwargs)`` a public GET view of an edition. At most two queries when warm.

    ``query`` reduces the query string to what the page understands; without it the query string is ignored.
    The page of a session tells its numbers; so does that of a sequence (``is_sequence``), of each of its slots.
    """
    if view is None:
        return functools.partial(released_page, query=query, is_sequence=is_sequence)

    @require_safe
    @functools.wraps(view)
    def wrapper(request: HttpRequest, edition: str, **kwargs: Any) -> HttpResponse:
        if request.resolver_match and request.resolver_match.namespace == "preview":
            return _preview(view, query, is_sequence, request, edition, kwargs)
        now = timezone.now()
        found = released(edition)
        if found is None:
            return nothing_published(request, edition)
        states = availability(found.edition, now=now, **_numbers(found.programme, kwargs, is_sequence))
        asked = query(request.GET, found.programme) if query else ()
        page = Page(request, found.edition, found.release, found.programme, states, now, asked)
        key = _key(page)
        ready = pages.get(key)
        if ready is None:
            response = view(page, **kwargs)
            if response.status_code != 200:
                return response
            ready = ReadyPage.of(response.content)
            pages.put(key, ready)
        return ready.response(request)

    return wrapper


def _numbers(programme: Programme, kwargs: dict[str, Any], is_sequence: bool) -> dict[str, str]:
    """Of what the page tells more than a state."""
    slug = kwargs.get("slug", "") if is_sequence else ""
    return {"exact": kwargs.get("code", ""), "sequence": slug if slug in programme.threads_with_slots else ""}


def _key(page: Page) -> Hashable:
    assert page.release is not None
    return (
        page.release.sha256,
        page.release.number,
        translation.get_language(),
        page.request.path,
        page.query,
        page.availability.key(page.programme),
        bisect.bisect_right(page.programme.instants, page.now),
        page.edition.is_current,
        page.edition.accessibility_status(page.now.date()),
        page.booklet_size,
    )


def _preview(
    view: View,
    query: CanonicalQuery | None,
    is_sequence: bool,
    request: HttpRequest,
    slug: str,
    kwargs: dict[str, Any],
) -> HttpResponse:
    """The same page over the present state, for staff only and kept nowhere."""
    if not admin.site.has_permission(request):
        return redirect_to_login(request.get_full_path(), "admin:login")
    if not request.user.has_perm("programme.view_session"):
        raise PermissionDenied
    now = timezone.now()
    edition = get_object_or_404(Edition, slug=slug)
    programme = _previewed(request, edition, now)
    states = availability(edition, now=now, **_numbers(programme, kwargs, is_sequence))
    page = Page(request, edition, None, programme, states, now, query(request.GET, programme) if query else ())
    response = view(page, **kwargs)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _previewed(request: HttpRequest, edition: Edition, now: dt.datetime) -> Programme:
    """The present state; for an account limited to some sequences, theirs among what is public."""
    last, draft = last_programme(edition), build(edition, at=now)
    if sees_all(request):
        return carry(last, draft)
    codes = frozenset(visible(request, edition.sessions.all()).values_list("code", flat=True))
    return carry(last, compose(last, draft, codes, around=False) if last else narrow(draft, codes))


def nothing_published(request: HttpRequest, slug: str) -> HttpResponse:
    """A helpful page instead of a bare 404: the editions that can be read."""
    editions = Edition.objects.filter(releases__isnull=False).distinct()
    context = {"wanted": Edition.objects.filter(slug=slug).first(), "editions": editions}
    return render(request, "publishing/nothing_published.html", context, status=404)
