from django.db import migrations

from innovation_week.migrations._grants import grant


class Migration(migrations.Migration):
    dependencies = [("innovation_week", "0018_invitation_rights"), ("registrations", "0021_mail_texts")]
    operations = [grant({"registrations.mailtext": ["VACD", "VACD", "", "V", "", ""]})]
