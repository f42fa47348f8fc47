from django.db import migrations

from innovation_week.migrations._grants import grant, grant_special


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0007_export_rights"), ("planning", "0002_services")]
    operations = [
        grant({"planning.service": ["VACD", "VAC", "V", "VACD", "V", "V"]}),
        grant_special(
            "planning.service", "view_amount", "Can see the amounts of services", ["Chef de projet", "Logistique"]
        ),
    ]
