"""The accessibility referent: a role beside the six, given to whoever reads what people need, and to nobody else."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from innovation_week.migrations._grants import _give

NAME = "Référent accessibilité"
LABEL = "registrations.accessneed"


def make_role(apps: Any, schema_editor: Any) -> None:
    group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    if is_new:  # so that the next change has something to differ from
        history = apps.get_model("innovation_week", "HistoricalGroup")
        history.objects.create(
            id=group.pk, name=NAME, history_date=timezone.now(), history_type="+", history_change_reason="manage.py migrate"
        )
    for verb in ("view", "change"):
        _give(apps, LABEL, f"{verb}_accessneed", f"Can {verb} accessibility need", [NAME])


def remove_role(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0013_registration_rights"), ("registrations", "0014_access_need")]
    operations = [migrations.RunPython(make_role, remove_role)]
