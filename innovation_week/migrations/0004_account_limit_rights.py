from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0003_account_limit")]
    operations = [grant({"innovation_week.accountlimit": ["VACD", "", "", "", "", ""]})]
