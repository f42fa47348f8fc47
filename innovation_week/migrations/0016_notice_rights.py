from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0015_question_rights"), ("registrations", "0016_notices")]
    operations = [grant({"registrations.notice": ["VC", "", "", "VC", "V", ""]})]
