from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0017_mailing_rights"), ("registrations", "0020_invitations")]
    operations = [grant({"registrations.invitation": ["VAC", "", "", "VAC", "", ""]})]
