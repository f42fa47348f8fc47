"""Words of the programme, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import translate_url
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext, pgettext_lazy

from innovation_week import dates
from publishing.filters import ACCESS_WORDS, query_string
from publishing.pages import Page
from publishing.programme import Item
from publishing.rows import Row

register = template.Library()

STATES = {
    "open": pgettext_lazy("session", "Seats available"),
    "few": pgettext_lazy("session", "Last seats"),
    "full": pgettext_lazy("session", "Full"),
    "closed": pgettext_lazy("session", "Registration closed"),
    "not_yet": pgettext_lazy("session", "Registration not open yet"),
    "free": pgettext_lazy("session", "Free entry"),
    "invitation": pgettext_lazy("session", "By invitation"),
    "now": pgettext_lazy("session", "Under way"),
    "over": pgettext_lazy("session", "Over"),
    "cancelled": pgettext_lazy("session", "Cancelled"),
    "postponed": pgettext_lazy("session", "Postponed"),
    "moved": pgettext_lazy("session", "Moved"),
}
PARTS = {
    "people": gettext_lazy("speakers"),
    "places": gettext_lazy("venues"),
    "threads": gettext_lazy("sequences"),
    "edition": gettext_lazy("presentation of the week"),
}
LANGUAGES = {"fr": gettext_lazy("French"), "en": gettext_lazy("English")}


@register.simple_tag
def state_badge(page: Page, item: Item) -> SafeString:
    """The state of the session, as a word; that it moved is a second word, while it matters."""
    state = page.availability.state(item)
    badge = _badge(state, _not_yet(page, item) if state == "not_yet" else STATES[state])
    if item.moved_from and state not in ("over", "cancelled", "postponed"):
        return format_html("{} {}", badge, _badge("moved", STATES["moved"]))
    return badge


def _badge(state: str, word: Any) -> SafeString:
    return format_html('<span class="state state--{}">{}</span>', state, word)


def _not_yet(page: Page, item: Item) -> str:
    opens_at = page.availability.opens_at(item)
    if opens_at is None:
        return str(STATES["not_yet"])
    opening = page.programme.local(opens_at, item.slot)
    return pgettext("session", "Registration from %(date)s") % {"date": dates.day_and_month(opening.date())}


@register.simple_tag
def address(page: Page, item: Item) -> str:
    return page.address(item)


@register.simple_tag
def address_if_known(page: Page, item: Item) -> str:
    """ "" for a session of an older release that the programme no longer has."""
    programme = page.programme
    return page.address(item) if item.code in programme.line_by_code or item.code in programme.item_by_code else ""


@register.filter
def access_word(code: str) -> str:
    return str(ACCESS_WORDS.get(code, code))


@register.filter
def part_word(code: str) -> str:
    """A part of the programme around the sessions, as ``Changes.around`` names it."""
    return str(PARTS.get(code, code))


@register.simple_tag
def booklet_format(page: Page) -> str:
    """“PDF, 1,2 Mo, en français”: what a link that downloads has to say; the size as soon as it is known."""
    if page.booklet_size is None:
        return gettext("PDF, in English")
    return gettext("PDF, %(size)s, in English") % {"size": _file_size(page.booklet_size)}


def _file_size(size: int) -> str:
    """“340 kB”, “1.2 MB”, in thousands as people count and as their computers say."""
    if size < 1_000_000:
        return gettext("%(size)s kB") % {"size": formats.number_format(max(size // 1000, 1))}
    return gettext("%(size)s MB") % {"size": formats.number_format(size / 1_000_000, 1)}


@register.filter
def row_of(rows: Mapping[str, Row], item: Item) -> Row:
    return rows[item.code]


@register.filter
def language_word(code: str) -> str:
    return str(LANGUAGES.get(code, code))


@register.filter
def text_lang(language: str) -> SafeString:
    """`` lang="en"`` when the text is not in the language of the page."""
    return format_html(' lang="{}"', language) if language and language != get_language() else SafeString("")


@register.simple_tag(takes_context=True)
def page_links(context: Context) -> SafeString:
    """The address to keep of this page, and the same page in the other language."""
    page: Page = context["page"]
    query = query_string(page.query)
    path = page.request.path
    links = [("alternate", code, translate_url(path, code)) for code, _name in settings.LANGUAGES]
    canonical = format_html('<link rel="canonical" href="{}{}{}">', settings.SITE_URL, path, query)
    return canonical + format_html_join(
        "",
        '<link rel="{}" hreflang="{}" href="{}{}{}">',
        ((*link[:2], settings.SITE_URL, link[2], query) for link in links),
    )
