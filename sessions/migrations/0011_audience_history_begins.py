"""A first entry in the history of each audience that is there: the next change has something to differ from."""

from typing import Any

from django.db import migrations
from django.utils import timezone


def begin(apps: Any, _schema_editor: Any) -> None:
    history, now = apps.get_model("programme", "HistoricalAudience"), timezone.now()
    for row in apps.get_model("programme", "Audience").objects.order_by("pk"):
        history.objects.create(
            id=row.pk,
            name=row.name,
            slug=row.slug,
            history_date=now,
            history_type="+",
            history_change_reason="manage.py migrate",
        )


class Migration(migrations.Migration):
    dependencies = [("programme", "0010_audience_history")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
