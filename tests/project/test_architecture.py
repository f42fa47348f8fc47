"""The shape that docs and reviews rely on, read from the sources themselves."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from sessions.models.edition import RESERVED_SLUGS

ROOT = settings.BASE_DIR
ORDER = ["venues", "sessions", "speakers", "planning", "publishing", "registrations", "exports"]
OURS = [*ORDER, "outbox"]
FACES = re.compile(r"^\w+/(admin\.py|admin/|management/commands/|migrations/)")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    """The first part of each module that the file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield str(node.module).partition(".")[0]


def allowed(app: str) -> set[str]:
    if app == "outbox":
        return {"outbox"}
    return {*ORDER[: ORDER.index(app) + 1], "outbox"}


def test_imports_go_one_way():
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for app in OURS
        for path in sources(app)
        if not FACES.match(str(path.relative_to(ROOT)))
        for module in imported(path)
        if module in OURS and module not in allowed(app)
    ]

    assert wrong == []


def test_whoever_publishes_drafts_what_people_are_told():
    """``innovation_week.publication`` does both: see docs/decisions/0024-notices.md."""
    past_it = re.compile(r"from publishing\.(publish|calling_off) import (?=.*\b(publish|cancel|postpone)\b)")
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources("innovation_week", *OURS)
        if path != ROOT / "innovation_week" / "publication.py" and past_it.search(path.read_text())
    ]

    assert wrong == []


def test_the_site_never_imports_what_makes_its_environment():
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources("innovation_week", *OURS)
        if path.name != "bootstrap.py" and re.search(r"import bootstrap|bootstrap import", path.read_text())
    ]

    assert wrong == []


def test_what_makes_the_environment_stands_on_the_standard_library():
    modules = set(imported(ROOT / "innovation_week" / "bootstrap.py"))

    assert modules <= sys.stdlib_module_names


def test_each_model_has_the_label_that_its_addresses_and_permissions_are_made_of():
    labels = {
        model._meta.label
        for app in OURS
        for model in apps.get_app_config("programme" if app == "sessions" else app).get_models()
        if not model.__name__.startswith("Historical")
    }

    assert labels == {
        "exports.Deliverable",
        "outbox.Attachment",
        "outbox.Lane",
        "outbox.Mailbox",
        "outbox.Message",
        "planning.Service",
        "planning.Task",
        "planning.TaskCalendar",
        "programme.AccessibilityStatement",
        "programme.Audience",
        "programme.ChosenEdition",
        "programme.Edition",
        "programme.Format",
        "programme.LegalNotice",
        "programme.PrivacyNotice",
        "programme.Role",
        "programme.SavedList",
        "programme.Sequence",
        "programme.Session",
        "publishing.PublishedRow",
        "publishing.Release",
        "registrations.AccessNeed",
        "registrations.Answer",
        "registrations.AnsweredForm",
        "registrations.Employer",
        "registrations.Invitation",
        "registrations.MailText",
        "registrations.Mailing",
        "registrations.Notice",
        "registrations.Participant",
        "registrations.Question",
        "registrations.Registration",
        "registrations.Transition",
        "registrations.Unclaimed",
        "registrations.WalkIn",
        "speakers.Candidacy",
        "speakers.Speaker",
        "venues.Room",
        "venues.Venue",
    }


def first_parts(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        text = str(pattern.pattern).lstrip("^").replace("\\", "")
        if text:
            yield re.split(r"[/$]", text)[0]
        elif isinstance(pattern, URLResolver):
            yield from first_parts(pattern.url_patterns)


def test_no_edition_can_take_an_address_of_the_site():
    fixed = {part for part in first_parts(get_resolver().url_patterns) if part and not part.startswith(("<", "("))}
    others = {language for language, _name in settings.LANGUAGES} | {settings.STATIC_URL.strip("/"), "media"}

    assert fixed | others <= RESERVED_SLUGS


def test_modules_are_named_after_what_they_hold():
    vague = re.compile(r"^(utils?|helpers?|common|misc)(\.py)?$")

    assert [str(path) for path in sources("innovation_week", *OURS) if vague.match(path.name)] == []


def test_a_module_is_short_enough_to_be_read_at_once():
    lengths = {path: len(path.read_text().splitlines()) for path in sources("innovation_week", *OURS)}

    assert [str(path) for path, lines in lengths.items() if lines > 400 and "/migrations/" not in str(path)] == []


def test_templates_hold_neither_scripts_nor_styles_that_the_policy_would_refuse():
    inline = re.compile(
        r"<style|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)|\son\w+=|javascript:", re.I
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "mail" not in path.parts  # mail readers know no style sheet
        for found in inline.finditer(path.read_text())
    ]

    assert wrong == []


def test_no_template_gives_two_landmarks_the_same_name():
    """Who listens chooses among them by their names."""
    named = re.compile(r"<(?:section|nav|[^>]+role=\"region\")[^>]* aria-labelledby=\"([^\"]*)\"")
    twice = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if len(names := named.findall(path.read_text())) > len(set(names))
    ]

    assert twice == []


def test_suppressions_are_few_and_each_says_why():
    marks = re.compile(r"#\s*(noqa|type: ignore)[^#\n]*(#.*)?")
    found = [
        (str(path.relative_to(ROOT)), mark.group())
        for path in sources("innovation_week", *OURS, "tests", "bench")
        for mark in marks.finditer(path.read_text())
        if path != Path(__file__)
    ]

    assert [mark for mark in found if mark[1].count("#") < 2] == []
    assert len(found) < 10
