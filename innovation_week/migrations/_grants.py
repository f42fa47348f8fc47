"""Operations that give rights to the roles of the staff; docs/roles.md tells them all, and a test compares."""

from typing import Any

from django.db import migrations

ROLES = ["Chef de projet", "Éditorial", "Intervenants", "Logistique", "Accueil", "Lecture"]
VERBS = {"V": "view", "A": "add", "C": "change", "D": "delete"}


def grant(rights: dict[str, list[str]]) -> migrations.RunPython:
    """Letters by model, such as ``{"venues.venue": ["VACD", "V", "V", "VACD", "V", "V"]}``, in the order of ROLES."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        for label, columns in rights.items():
            for role, letters in zip(ROLES, columns, strict=True):
                for letter in letters:
                    verb = VERBS[letter]
                    name = f"Can {verb} {apps.get_model(label)._meta.verbose_name_raw}"
                    _give(apps, label, f"{verb}_{label.partition('.')[2]}", name, [role])

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def grant_special(label: str, codename: str, name: str, roles: list[str]) -> migrations.RunPython:
    """A right of the model's ``Meta.permissions``, which is none of the four of Django."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        _give(apps, label, codename, name, roles)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def _give(apps: Any, label: str, codename: str, name: str, roles: list[str]) -> None:
    """Django makes permissions after the last migration only; it leaves those that exist as they are."""
    app_label, model = label.split(".")
    content_types = apps.get_model("contenttypes", "ContentType").objects
    content_type = content_types.get_or_create(app_label=app_label, model=model)[0]
    permissions = apps.get_model("auth", "Permission").objects
    permission = permissions.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )[0]
    for group in apps.get_model("auth", "Group").objects.filter(name__in=roles):
        group.permissions.add(permission)
