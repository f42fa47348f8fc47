"""Every page of the back-office, by every role: what docs/roles.md grants, under the strict policy of the site."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from tests.conftest import client_of

ROLES = ["Chef de projet", "Éditorial", "Intervenants", "Logistique", "Accueil", "Lecture"]
REFERENT = "Référent accessibilité"  # given beside one of these
VERBS = {"V": "view", "A": "add", "C": "change", "D": "delete", "F": "force", "E": "export", "P": "check_in"}
TABLE = Path(__file__).parents[2] / "docs" / "roles.md"
# Their rows are written by services: no form, whatever the letters allow to do with them.
NO_FORM = {
    "innovation_week.personalexport",
    "outbox.message",
    "publishing.release",
    "registrations.accessneed",
    "registrations.mailing",
    "registrations.notice",
}
# Made by hand, and cancelled rather than deleted.
NO_DELETION = {"registrations.invitation", "registrations.registration"}


def table() -> dict[str, dict[str, str]]:
    """Letters by role, by model, as the documentation has them."""
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", TABLE.read_text(), re.MULTILINE)
    return {label: dict(zip(ROLES, re.sub("–", "", cells).split(" | "), strict=True)) for label, cells in rows}


def pages(label: str) -> dict[str, str]:
    """The address of each kind of page about a model, with an existing object."""
    model = apps.get_model(label)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    pk = model._default_manager.order_by("pk").first().pk
    found = {"changelist": reverse(f"{name}_changelist"), "add": reverse(f"{name}_add")}
    return found | {kind: reverse(f"{name}_{kind}", args=[pk]) for kind in ("change", "history", "delete")}


class Inline(HTMLParser):
    """What the policy would block: style and script in the page itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        data = names.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in names and not data):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in names if name == "style" or name.startswith("on")]


def inline_code(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found


def registered() -> list[str]:
    return [model._meta.label_lower for model in admin.site._registry]


def test_the_groups_hold_what_the_documentation_says(db):
    granted = {
        role: {
            f"{permission.content_type.app_label}.{permission.codename}"
            for permission in Permission.objects.filter(group__name=role).select_related("content_type")
        }
        for role in ROLES
    }

    told: dict[str, set[str]] = {role: set() for role in ROLES}
    for label, letters_by_role in table().items():
        app, model = label.split(".")
        for role, letters in letters_by_role.items():
            told[role] |= {f"{app}.{VERBS[letter]}_{model}" for letter in letters}
    assert granted == told
    assert set(Group.objects.values_list("name", flat=True)) == {*ROLES, REFERENT}


def test_the_referent_reads_and_handles_accessibility_needs_and_nothing_else(db):
    granted = Permission.objects.filter(group__name=REFERENT).values_list("codename", flat=True)

    assert set(granted) == {"view_accessneed", "change_accessneed"}


def test_every_model_of_the_admin_is_in_the_table_or_for_superusers(db):
    assert set(registered()) - set(table()) == {"axes.accessattempt", "axes.accesslog", "axes.accessfailurelog"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_grants_and_nothing_else(role, staff, populate):
    populate(1)
    client = client_of(staff(role))
    for label, letters_by_role in table().items():
        if label not in registered():
            continue
        letters = letters_by_role[role]
        edits = "" if label in NO_FORM else letters
        expected = {
            "changelist": 200 if letters else 403,
            "change": 200 if letters else 403,
            "history": 200 if letters else 403,
            "add": 200 if "A" in edits else 403,
            "delete": 200 if "D" in edits else 403,
        }
        if label == "auth.user":
            # The first account of the table may be a superuser's; tests/admin/test_accounts.py tells the rest.
            expected = {"changelist": expected["changelist"], "add": expected["add"]}
        found = pages(label)
        assert (label, {kind: client.get(found[kind]).status_code for kind in expected}) == (label, expected)


def test_a_reader_cannot_post_a_change(reader, populate):
    edition = populate(1)
    session = edition.sessions.order_by("pk").first()

    response = reader.post(reverse("admin:programme_session_change", args=[session.pk]), {"title": "Piraté"})

    assert response.status_code == 403
    session.refresh_from_db()
    assert session.title != "Piraté"


def every_address() -> list[str]:
    found = [reverse("admin:index"), reverse("admin:publishing_release_publish"), reverse("admin:password_change")]
    for label in registered():
        if apps.get_model(label)._default_manager.exists():
            shown = pages(label)
            found += [shown["changelist"], shown["change"], shown["history"]]
            if label not in NO_FORM and not label.startswith("axes."):
                found += [shown["add"]] if label in NO_DELETION else [shown["add"], shown["delete"]]
    return found


def test_every_page_obeys_the_strict_policy(superuser_client, populate):
    populate(2)
    for address in every_address():
        response = superuser_client.get(address)
        assert (address, response.status_code) == (address, 200)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert (address, inline_code(response.content.decode())) == (address, [])


def test_log_in_obeys_the_strict_policy(db):
    response = Client().get(reverse("admin:login"))

    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert inline_code(response.content.decode()) == []


def test_the_detector_of_inline_code_detects():
    html = '<p style="color:red" onclick="go()"><script>x</script><style>p {}</style><script src="a.js"></script>'

    assert inline_code(html) == ["p style", "p onclick", "script", "style"]


def test_a_stranger_sees_the_log_in_page_only(stranger, populate):
    populate(1)
    for address in every_address():
        response = stranger.get(address)
        assert (address, response.status_code, response["Location"]) == (
            address,
            302,
            f"{reverse('admin:login')}?next={address}",
        )
