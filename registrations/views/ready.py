"""A page that is the same for everybody but for a few words: laid out once a minute, the words put in at each look."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

KEPT = 60  # seconds: what the page tells of live numbers is in its key
CSRF = "~csrf~"


def ready_page(
    request: HttpRequest,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *,
    key: Hashable,
    words: Mapping[str, str],
) -> HttpResponse:
    """``key`` settles what the context holds, but for ``words``: what stands in the page in place of which text."""
    html = _laid_out(request, template, context, key)
    for placeholder, word in {CSRF: get_token(request), **words}.items():
        html = html.replace(placeholder, escape(word))
    return HttpResponse(html)


def _laid_out(request: HttpRequest, template: str, context: Callable[[], Mapping[str, Any]], key: Hashable) -> str:
    name = (
        f"ready:{hashlib.sha256(repr((template, request.get_full_path(), get_language(), key)).encode()).hexdigest()}"
    )
    html: str | None = cache.get(name)
    if html is None:
        html = render_to_string(template, {**context(), "csrf_token": CSRF}, request)
        if not request.GET:  # anybody can invent addresses
            cache.set(name, html, KEPT)
    return html
