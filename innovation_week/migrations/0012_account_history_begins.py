"""A first entry in the history of each account and role that is there: the next change has something to differ from."""

from typing import Any

from django.db import migrations
from django.utils import timezone

# By model: its fields that are kept, then its relations, each with the model that they lead to.
KEPT = {
    "User": (
        ["username", "first_name", "last_name", "is_staff", "is_active", "is_superuser", "date_joined"],
        {"groups": "group", "user_permissions": "permission"},
    ),
    "Group": (["name"], {"permissions": "permission"}),
}


def begin(apps: Any, _schema_editor: Any) -> None:
    now = timezone.now()
    for name, (fields, relations) in KEPT.items():
        history = apps.get_model("innovation_week", f"Historical{name}")
        for row in apps.get_model("auth", name).objects.order_by("pk"):
            values = {field: getattr(row, field) for field in fields}
            entry = history.objects.create(
                id=row.pk, history_date=now, history_type="+", history_change_reason="manage.py migrate", **values
            )
            for relation, target in relations.items():
                through = getattr(row, relation).through.objects.filter(**{f"{name.lower()}_id": row.pk})
                kept = apps.get_model("innovation_week", f"Historical{name}_{relation}")
                kept.objects.bulk_create(
                    kept(
                        id=link.pk,
                        history=entry,
                        **{f"{name.lower()}_id": row.pk, f"{target}_id": getattr(link, f"{target}_id")},
                    )
                    for link in through
                )


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0011_account_history")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
