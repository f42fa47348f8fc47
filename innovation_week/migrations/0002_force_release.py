"""Publishing despite a conflict: for the chef de projet, who says why. See docs/roles.md."""

from django.db import migrations


def grant(apps, schema_editor):
    _lead(apps).permissions.add(_permission(apps))


def withdraw(apps, schema_editor):
    _lead(apps).permissions.remove(_permission(apps))


def _lead(apps):
    return apps.get_model("auth", "Group").objects.get_or_create(name="Chef de projet")[0]


def _permission(apps):
    """Django makes permissions after the last migration only; it leaves those that exist as they are."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    content_type = content_types.get_or_create(app_label="publishing", model="release")[0]
    permissions = apps.get_model("auth", "Permission").objects
    name = "Can publish despite a conflict"
    return permissions.get_or_create(
        content_type=content_type, codename="force_release", defaults={"name": name}
    )[0]


class Migration(migrations.Migration):
    dependencies = [
        ("innovation_week", "0001_staff_roles"),
        ("publishing", "0002_chosen_and_forced"),
    ]
    operations = [migrations.RunPython(grant, withdraw)]
