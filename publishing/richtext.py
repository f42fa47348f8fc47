"""Staff write Markdown, or bring HTML from an import; the public reads sanitised HTML made once per release."""

import functools
import html
import re

import nh3
from markdown_it import MarkdownIt

# Headings of a text start under those of the page that shows it.
TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto"}

# HTML is let through here because the sanitiser has the last word, below.
_markdown = MarkdownIt("commonmark", {"html": True, "breaks": True})
_sanitiser = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel="noopener noreferrer",
)
_BLOCK_END = re.compile(r"</(?:p|li|h\d|blockquote|pre)>|<br\s*/?>|<hr\s*/?>")
_TAG = re.compile(r"<[^>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEADING = re.compile(r"(</?)h([1-6])\b")


@functools.lru_cache(maxsize=4096)  # the texts of an edition: the dashboard builds the whole programme again and again
def to_html(source: str) -> str:
    """Sanitised HTML of a text in Markdown or HTML; "" when it is blank."""
    if not source.strip():
        return ""
    rendered = _markdown.render(_CONTROL.sub("", source))
    shifted = _HEADING.sub(lambda match: f"{match[1]}h{3 if int(match[2]) < 3 else 4}", rendered)
    return _sanitiser.clean(shifted).strip()


def to_text(sanitised: str) -> str:
    """Plain text of HTML made by ``to_html``: one line per block."""
    text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", sanitised)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
