"""Texts with placeholders, such as “Bonjour {prenom},”: read strictly, and laid out once for plain text and for HTML.

A placeholder is a plain name between braces: no attribute, no format, no language of templates. A paragraph ends at an
empty line; a line that begins with “# ” is a heading.
"""

import dataclasses as dc
import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping

from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

HEADING = "# "
_BRACED = re.compile(r"\{([^{}]*)\}")


class Strong(str):
    """A value that the eye must find, such as a deadline."""


@dc.dataclass(frozen=True, slots=True)
class Part:
    """What stands alone on its lines. ``kind`` says how templates lay it out; one without words is left out."""

    kind: str  # paragraph, heading, button, link, or one of the template’s
    lines: tuple[tuple[str, ...], ...] = ()  # of each, its pieces
    url: str = ""
    is_known: bool = False  # to the template, which has its words

    @property
    def text(self) -> str:
        return "\n".join("".join(line) for line in self.lines)

    @property
    def html(self) -> SafeString:
        lines = [format_html_join("", "{}", ((_in_html(piece),) for piece in line)) for line in self.lines]
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))

    @property
    def is_empty(self) -> bool:
        return not self.is_known and not self.text.strip()


Value = str | Part
Values = Mapping[str, Callable[[], Value]]  # asked only when the text names it


def paragraph(words: str) -> Part:
    return Part("paragraph", tuple((line,) for line in words.splitlines()))


def known(kind: str) -> Part:
    """The template knows what it says."""
    return Part(kind, is_known=True)


def link(label: str, url: str) -> Part:
    return Part("link", ((label,),), url)


def button(label: str, url: str) -> Part:
    return Part("button", ((label,),), url)


def check(text: str, *, inline: Collection[str], blocks: Collection[str] = (), required: Collection[str] = ()) -> None:
    """ValidationError that holds everything that stands in the way."""
    names = _BRACED.findall(text)
    errors = [_unknown(name, [*inline, *blocks]) for name in dict.fromkeys(names) if name not in {*inline, *blocks}]
    if re.search(r"[{}]", _BRACED.sub("", text)):
        message = _("A brace stands alone: a placeholder is a name between two braces, such as {%(example)s}.")
        errors.append(ValidationError(message, code="brace", params={"example": next(iter(inline))}))
    lines = text.splitlines()
    for name in blocks:
        if any(f"{{{name}}}" in line and line.strip() != f"{{{name}}}" for line in lines):
            message = _("{%(name)s} goes alone on its line: it becomes more than one word.")
            errors.append(ValidationError(message, code="alone", params={"name": name}))
    for name in required:
        if name not in names:
            message = _("{%(name)s} is missing: this mail would no longer do what it is for.")
            errors.append(ValidationError(message, code="missing", params={"name": name}))
    if errors:
        raise ValidationError(errors)


def one_line(text: str, values: Values) -> str:
    """Of a text that ``check`` has let through."""
    return "".join(_pieces(text, values))


def lay_out(text: str, values: Values) -> list[Part]:
    """The same, of several lines."""
    return [part for part in _parts(text, values) if not part.is_empty]


def _parts(text: str, values: Values) -> Iterator[Part]:
    lines: list[tuple[str, ...]] = []
    for line in [*(line.strip() for line in text.splitlines()), ""]:
        alone = _BRACED.fullmatch(line)
        value = values[alone[1]]() if alone else ""
        if line and not line.startswith(HEADING) and not isinstance(value, Part):
            lines.append((value,) if alone else tuple(_pieces(line, values)))
            continue
        yield Part("paragraph", tuple(lines))
        lines = []
        if isinstance(value, Part):
            yield value
        elif line:
            yield Part("heading", (tuple(_pieces(line.removeprefix(HEADING), values)),))


def _pieces(line: str, values: Values) -> Iterator[str]:
    """What is between the braces stands at every second place."""
    for index, piece in enumerate(_BRACED.split(line)):
        if index % 2:
            value = values[piece]()
            yield value.text if isinstance(value, Part) else value
        elif piece:
            yield piece


def _unknown(name: str, known: Collection[str]) -> ValidationError:
    near = difflib.get_close_matches(name.strip().casefold(), known, 1)
    if near:
        message = _("{%(name)s} is not known here. Did you mean {%(near)s}?")
        return ValidationError(message, code="unknown", params={"name": name, "near": near[0]})
    message = _("{%(name)s} is not known here: the list of placeholders tells what is.")
    return ValidationError(message, code="unknown", params={"name": name})


def _in_html(piece: str) -> str:
    return format_html("<strong>{}</strong>", piece) if isinstance(piece, Strong) else piece
