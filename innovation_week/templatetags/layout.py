"""What the frame of every page needs: the edition it speaks of, its place in the navigation, its other language."""

import datetime as dt
import functools
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import translate_url
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from innovation_week.dates import date_range, day_and_month
from sessions.models import Edition, Motif

register = template.Library()

# Names of views, by the entry of the navigation under which a reader would look for them.
SECTIONS = {
    "publishing": {
        "programme": "programme",
        "session": "programme",
        "sequence": "programme",
        "speakers": "speakers",
        "speaker": "speakers",
        "venues": "venues",
        "venue": "venues",
        "news": "news",
    },
    "registrations": {
        "create": "programme",
        "mailed": "programme",
        "resend": "registrations",
        "detail": "registrations",
        "slot": "registrations",
        "space": "registrations",
        "data": "registrations",
        "ticket": "registrations",
    },
}
ENTRIES = {"programme", "speakers", "venues", "news", "resend"}  # the pages that the navigation leads to


def _request(context: Context) -> HttpRequest | None:
    page = context.get("page")
    return context.get("request") or getattr(page, "request", None)


@register.simple_tag(takes_context=True)
def site_edition(context: Context) -> Edition | None:
    """The edition of the page, else the current one; None on error pages, which must not ask the database."""
    page = context.get("page")
    edition = getattr(page, "edition", None) or context.get("edition")
    if isinstance(edition, Edition):
        return edition
    if _request(context) is None:
        return None
    return Edition.objects.current().select_related("accessibility_statement").first()


@register.simple_tag(takes_context=True)
def section(context: Context) -> dict[str, str]:
    """The entry of the navigation the page belongs to, as its key, with the value of its ``aria-current``."""
    match = getattr(_request(context), "resolver_match", None)
    if match is None:
        return {}
    name = SECTIONS.get(match.app_name, {}).get(match.url_name)
    return {name: "page" if match.url_name in ENTRIES else "true"} if name else {}


@register.simple_tag(takes_context=True)
def other_language_url(context: Context, language: str) -> str:
    """The same page in ``language``. Pages kept ready for every reader know their query in its one form."""
    request, page = _request(context), context.get("page")
    if request is None:
        return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    if page is None:
        return translate_url(request.get_full_path(), language)
    return translate_url(request.path + (f"?{urlencode(page.query)}" if page.query else ""), language)


@register.simple_tag
def accessibility_status(edition: Edition | None) -> str:
    return edition.accessibility_status(timezone.localdate()) if edition else "none"


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> bool:
    """Whether a form of the page comes back with errors: the title then says so first."""
    form: Any = context.get("form")
    return bool(form is not None and getattr(form, "is_bound", False) and form.errors)


@register.simple_tag
def page_language() -> str:
    return get_language() or "fr"


@register.simple_tag
def motif(name: str) -> SafeString:
    """The drawing of a sequence, inline so that it takes the colour of its place. Decorative: hidden from readers."""
    return _drawing(name) if name in Motif.values else SafeString("")


@functools.cache
def _drawing(name: str) -> SafeString:
    svg = (settings.BASE_DIR / "static/img/motifs" / f"{name}.svg").read_text().strip()
    return mark_safe(svg.replace("<svg ", '<svg class="motif" aria-hidden="true" focusable="false" ', 1))


@register.simple_tag
def initials(name: str) -> str:
    """“Camille Exemple” gives CE, “Ana da Silva” AS: of the first and the last word."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.filter
def days_of(edition: Edition) -> str:
    """“du lundi 19 au dimanche 25 novembre 2018”."""
    return date_range(edition.starts_on, edition.ends_on)


@register.filter
def full_date(date: dt.date) -> str:
    """“1er novembre 2026”."""
    return f"{day_and_month(date)} {date.year}"
