from django.db import migrations
from django.db.models import Count
from django.db.migrations.state import StateApps


def count_held(apps: StateApps, schema_editor: object) -> None:
    """Seats held were counted from the registrations until now; then with each change of one."""
    session = apps.get_model("programme", "Session")
    held = apps.get_model("registrations", "Registration").objects.filter(state="held").order_by()
    for pk, number in held.values_list("session").annotate(Count("pk")):
        session.objects.filter(pk=pk).update(seats_held=number)


class Migration(migrations.Migration):
    dependencies = [("registrations", "0005_waiting_list")]
    operations = [migrations.RunPython(count_held, migrations.RunPython.noop)]
