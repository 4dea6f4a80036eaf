from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_role_enter_way_in(apps, schema_editor):
    """Give the role that looks after the people the right to enter the way in, and nothing else."""
    # Django creates permissions after all migrations: too late.
    alias = schema_editor.connection.alias
    create_permissions(
        installed.get_app_config("events"), verbosity=0, apps=apps, using=alias
    )
    permission = apps.get_model("auth", "Permission").objects.using(alias).get(
        content_type__app_label="events", codename="enter_way_in_talk"
    )
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name="Teilnehmende"):
        group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0022_mails_to_accounts'),
        ('events', '0019_way_in_permission'),
    ]

    operations = [
        migrations.RunPython(let_role_enter_way_in, migrations.RunPython.noop),
    ]
