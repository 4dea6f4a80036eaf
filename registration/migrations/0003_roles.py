from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

from registration.roles import APPS, grant


def create_roles(apps, schema_editor):
    # Django creates permissions after all migrations: too late for this one.
    for label in APPS:
        create_permissions(
            installed.get_app_config(label),
            verbosity=0,
            apps=apps,
            using=schema_editor.connection.alias,
        )
    grant(
        apps.get_model('auth', 'Group').objects,
        apps.get_model('auth', 'Permission').objects,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0002_life_of_a_registration'),
        ('events', '0003_municipality_name_key'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [migrations.RunPython(create_roles, migrations.RunPython.noop)]
