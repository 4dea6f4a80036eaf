from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

from registration.roles import APPS, grant


def grant_export(apps, schema_editor):
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
        ('registration', '0006_newest_first'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='registration',
            options={'ordering': ['-created_at', '-pk'], 'permissions': [('export_registration', 'Darf Anmeldungen exportieren')], 'verbose_name': 'Anmeldung', 'verbose_name_plural': 'Anmeldungen'},
        ),
        migrations.RunPython(grant_export, migrations.RunPython.noop),
    ]
