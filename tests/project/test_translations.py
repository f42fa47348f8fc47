"""The French is complete and written as French is. Read from the sources: gettext's own tools are not needed."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation.template import templatize

from innovation_week.translations import compile_stale

OURS = [
    "innovation_week",
    "venues",
    "sessions",
    "speakers",
    "planning",
    "publishing",
    "registrations",
    "exports",
    "outbox",
]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
THIN, FIXED = "\u202f", "\u00a0"
FAULTS = {
    "a straight apostrophe": re.compile(r"\w'\w"),
    "a straight quotation mark": re.compile(r'"'),
    "no thin space before ; ! ?": re.compile(rf"[^{THIN}](?=[;!?](\s|$|<))"),
    "no fixed space before a colon": re.compile(rf"[^{FIXED}](?=:(\s|$))"),
    "no fixed space inside « »": re.compile(rf"«[^{FIXED}]|[^{FIXED}]»"),
    "three dots": re.compile(r"\.\.\."),
    "an exclamation mark": re.compile(r"!"),
    "a median point": re.compile(r"\w·\w"),
}


def sources() -> Iterator[tuple[Path, str]]:
    """Each source with what is in it as Python: templates are turned into it by Django."""
    for folder in OURS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for pattern in ("*.html", "*.txt"):
        for path in sorted((settings.BASE_DIR / "templates").rglob(pattern)):
            code = templatize(path.read_text(), origin=str(path))
            yield path, "\n".join(line.strip() for line in code.splitlines())  # it keeps the indents of the template


def said() -> Iterator[tuple[str, str, str | None]]:
    """Where, message (the singular where there are two) and context of each string of the interface."""
    for path, code in sources():
        for line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            singular = message if isinstance(message, str) else message[0]
            if singular:
                yield f"{path.relative_to(settings.BASE_DIR)}:{line}", singular, context


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (settings.BASE_DIR / "locale" / "fr" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale="fr")


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_string_of_the_interface_has_its_french(french):
    missing = {
        f"{where}: {text}"
        for where, text, context in said()
        if (found := french.get(text, context)) is None or not all(strings(found))
    }

    assert sorted(missing) == []


def test_no_translation_waits_to_be_reviewed(french):
    assert [message.id for message in french if message.fuzzy and message.id] == []


def test_translations_keep_the_placeholders_of_their_strings(french):
    wrong = [f"{message.id!r}: {error}" for message in french for error in message.check(french)]

    assert wrong == []


@pytest.mark.parametrize("fault", FAULTS)
def test_french_is_written_as_french_is(french, fault):
    code = re.compile(r'\w="[^"]*"|&\w+;')
    texts = [code.sub("", text) for message in french if message.id for text in strings(message)]
    wrong = [text for text in texts if FAULTS[fault].search(text)]

    assert wrong == []


def test_what_was_just_compiled_is_spoken_at_once(settings, tmp_path):
    """On a fresh clone, catalogues are read before they are compiled: the rest of that command must be French too."""
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(f'{header}msgid "Only here."\nmsgstr "Rien qu’ici."\n', "utf-8")
    settings.LOCALE_PATHS = [tmp_path]

    before = gettext("Only here.")
    compiled = compile_stale()

    assert (before, gettext("Only here.")) == ("Only here.", "Rien qu’ici.")
    assert compiled == [folder / "django.po"]
    assert compile_stale() == []
