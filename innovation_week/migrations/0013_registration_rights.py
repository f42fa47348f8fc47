from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0012_account_history_begins"), ("registrations", "0010_walk_ins")]
    operations = [grant({"registrations.registration": ["VAC", "", "", "VAC", "VA", ""]})]
