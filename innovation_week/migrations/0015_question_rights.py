from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0014_accessibility_referent"), ("registrations", "0015_questions")]
    operations = [grant({"registrations.question": ["VACD", "VACD", "V", "VACD", "V", "V"]})]
