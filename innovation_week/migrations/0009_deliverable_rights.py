from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0008_service_rights"), ("exports", "0001_deliverables")]
    operations = [grant({"exports.deliverable": ["VACD", "VAC", "V", "V", "", "V"]})]
