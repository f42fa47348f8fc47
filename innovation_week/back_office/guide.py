"""The user guide, docs/user-guide.md, as a page of the back-office: each screen links to its section."""

import dataclasses as dc
import functools
import itertools
import re
from pathlib import Path

from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = settings.BASE_DIR / "docs"
LOG_IN = "se-connecter"  # the part that is read before one is inside
PICTURE = re.compile(r"pictures/([a-z0-9-]+\.png)")

# HTML is left out: what it would need (scripts, styles) the policy of the site refuses anyway.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dc.dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    title: str
    level: int  # 2 for a chapter, 3 for a part of one


@dc.dataclass(frozen=True, slots=True)
class Guide:
    title: str
    html: SafeString
    sections: tuple[Section, ...]
    log_in: SafeString

    def title_of(self, anchor: str) -> str:
        """ "" when the guide has no such section."""
        return next((section.title for section in self.sections if section.anchor == anchor), "")


def guide() -> Guide:
    """Read again when the file has changed."""
    path = FOLDER / "user-guide.md"
    return _rendered(path, path.stat().st_mtime_ns, reverse("admin:guide"))


@functools.lru_cache(maxsize=4)
def _rendered(path: Path, _changed_at: int, address: str) -> Guide:
    tokens = _markdown.parse(path.read_text(encoding="utf-8"))
    sections = []
    for heading, inline in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            section = Section(slugify(inline.content), inline.content, int(heading.tag[1]))
            heading.attrSet("id", section.anchor)
            sections.append(section)
    for inline in tokens:
        _point(inline.children or [], address)
    title, body = sections[0], tokens[3:]  # the page says the title itself
    return Guide(title.title, _html(body), tuple(sections[1:]), _html(_part(tokens, LOG_IN)))


def _html(tokens: list[Token]) -> SafeString:
    return mark_safe(_markdown.renderer.render(tokens, _markdown.options, {}))


def _part(tokens: list[Token], anchor: str) -> list[Token]:
    """What stands under the heading, down to the next one."""
    after = itertools.dropwhile(lambda token: token.attrs.get("id") != anchor, tokens)
    return list(itertools.takewhile(lambda token: token.type != "heading_open", itertools.islice(after, 3, None)))


def _point(tokens: list[Token], address: str) -> None:
    """Pictures are served beside the page; what links to another file of the folder stays as plain words."""
    leads_nowhere = False
    for token in tokens:
        if token.type == "image" and (found := PICTURE.fullmatch(str(token.attrs["src"]))):
            token.attrSet("src", f"{address}{found[1]}")
            token.attrSet("loading", "lazy")
        elif token.type == "link_open":
            leads_nowhere = not str(token.attrs["href"]).startswith(("#", "http"))
            token.hidden = leads_nowhere
        elif token.type == "link_close":
            token.hidden = leads_nowhere


@require_safe
def guide_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    found = guide()
    context = {**site.each_context(request), "title": found.title, "guide_text": found}
    return TemplateResponse(request, "admin/guide.html", context)


@require_safe
def log_in_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """For everybody, without its pictures: the rest of the guide opens after the log-in."""
    found = guide()
    context = {**site.each_context(request), "title": found.title_of(LOG_IN), "log_in_text": found.log_in}
    return TemplateResponse(request, "admin/log_in_help.html", context)


@require_safe
def picture_view(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the guide; the address admits no other folder."""
    path = FOLDER / "pictures" / name
    if not path.is_file():
        raise Http404(_("The guide has no such picture."))
    return FileResponse(path.open("rb"), headers={"Cache-Control": "private, max-age=3600"})
