from django.db import migrations

from innovation_week.migrations._grants import grant_special


class Migration(migrations.Migration):
    dependencies = [
        ("innovation_week", "0009_deliverable_rights"),
        ("registrations", "0009_check_in_right"),
    ]
    operations = [
        grant_special(
            "registrations.registration",
            "check_in_registration",
            "Can check people in",
            ["Chef de projet", "Logistique", "Accueil"],
        ),
    ]
