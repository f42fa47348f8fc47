"""The roles of the staff. What each may do is told in docs/roles.md, which a test compares with this."""

from django.db import migrations

VERBS = {"V": "view", "A": "add", "C": "change", "D": "delete"}

# In this order: chef de projet, éditorial, intervenants, logistique, accueil, lecture.
ROLES = ["Chef de projet", "Éditorial", "Intervenants", "Logistique", "Accueil", "Lecture"]
PERMISSIONS = {
    "programme.edition": ["VACD", "VC", "V", "V", "V", "V"],
    "programme.privacynotice": ["VACD", "VAC", "V", "V", "V", "V"],
    "programme.legalnotice": ["VACD", "VAC", "V", "V", "V", "V"],
    "programme.accessibilitystatement": ["VACD", "VAC", "V", "V", "V", "V"],
    "programme.format": ["VACD", "VACD", "V", "V", "V", "V"],
    "programme.role": ["VACD", "VACD", "V", "V", "V", "V"],
    "programme.audience": ["VACD", "VACD", "V", "V", "V", "V"],
    "programme.sequence": ["VACD", "VACD", "V", "V", "V", "V"],
    "programme.session": ["VACD", "VACD", "V", "VC", "V", "V"],
    "speakers.speaker": ["VACD", "VAC", "VACD", "V", "", "V"],
    "speakers.candidacy": ["VACD", "V", "VACD", "V", "", "V"],
    "venues.venue": ["VACD", "V", "V", "VACD", "V", "V"],
    "venues.room": ["VACD", "V", "V", "VACD", "V", "V"],
    "publishing.release": ["VA", "V", "V", "V", "V", "V"],
    "registrations.employer": ["VACD", "", "", "VAC", "V", ""],
    "registrations.registration": ["VC", "", "", "VC", "V", ""],
    "registrations.transition": ["V", "", "", "V", "V", ""],
    "outbox.message": ["VC", "", "", "", "", ""],
    "outbox.attachment": ["V", "", "", "", "", ""],
    "auth.user": ["VAC", "", "", "", "", ""],
    "auth.group": ["V", "", "", "", "", ""],
}


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    groups = [Group.objects.get_or_create(name=name)[0] for name in ROLES]
    for label, columns in PERMISSIONS.items():
        for group, letters in zip(groups, columns):
            group.permissions.add(*(_permission(apps, label, VERBS[letter]) for letter in letters))


def _permission(apps, label, verb):
    """Django makes permissions after the last migration only; it leaves those that exist as they are."""
    app_label, model = label.split(".")
    verbose_name = apps.get_model(label)._meta.verbose_name_raw
    content_type = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )[0]
    permissions = apps.get_model("auth", "Permission").objects
    return permissions.get_or_create(
        content_type=content_type, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {verbose_name}"}
    )[0]


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("outbox", "0001_initial"),
        ("programme", "0001_initial"),
        ("publishing", "0001_initial"),
        ("registrations", "0001_initial"),
        ("speakers", "0001_initial"),
        ("venues", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_roles, remove_roles)]
