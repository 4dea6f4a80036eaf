from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

VERBS = {"Redaktion": ("view", "add", "change", "delete"), "Lesend": ("view",)}


def give_roles_the_practice_profile(apps, schema_editor):
    """Let those who plan talks write their practice profiles, and those who follow them read."""
    # Django creates permissions after all migrations: too late.
    alias = schema_editor.connection.alias
    create_permissions(installed.get_app_config("events"), verbosity=0, apps=apps, using=alias)
    rights = apps.get_model("auth", "Permission").objects.using(alias)
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=VERBS):
        names = [f"{verb}_practiceprofile" for verb in VERBS[group.name]]
        found = rights.filter(content_type__app_label="events", codename__in=names)
        group.permissions.add(*found)


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0032_what_speakers_were_told'),
    ]

    operations = [
        migrations.RunPython(give_roles_the_practice_profile, migrations.RunPython.noop),
    ]
