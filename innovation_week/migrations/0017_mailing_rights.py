from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0016_notice_rights"), ("registrations", "0017_mailings")]
    operations = [grant({"registrations.mailing": ["VAC", "", "", "VAC", "", ""]})]
