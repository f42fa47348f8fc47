from django.db import migrations

from innovation_week.migrations._grants import grant, grant_special


class Migration(migrations.Migration):
    dependencies = [
        ("innovation_week", "0006_personal_export"),
        ("registrations", "0004_export_right"),
        ("speakers", "0003_export_right"),
    ]
    operations = [
        grant({"innovation_week.personalexport": ["V", "", "", "", "", ""]}),
        grant_special(
            "registrations.registration",
            "export_registration",
            "Can export registrations",
            ["Chef de projet", "Logistique"],
        ),
        grant_special("speakers.speaker", "export_speaker", "Can export speakers", ["Chef de projet", "Intervenants"]),
    ]
