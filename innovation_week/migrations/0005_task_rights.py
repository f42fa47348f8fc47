from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0004_account_limit_rights"), ("planning", "0001_tasks")]
    operations = [grant({"planning.task": ["VACD", "VACD", "VACD", "VACD", "V", "V"]})]
