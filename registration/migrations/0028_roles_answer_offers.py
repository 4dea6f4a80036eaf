from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = ("Redaktion", "Teilnehmende")
RIGHTS = ("view_offer", "change_offer")


def let_roles_answer_offers(apps, schema_editor):
    """Give the roles that plan talks and look after people the offers to report."""
    # Django creates permissions after all migrations: too late.
    alias = schema_editor.connection.alias
    create_permissions(
        installed.get_app_config("registration"), verbosity=0, apps=apps, using=alias
    )
    rights = apps.get_model("auth", "Permission").objects.using(alias).filter(
        content_type__app_label="registration", codename__in=RIGHTS
    )
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=ROLES):
        group.permissions.add(*rights)


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0027_feedback_and_offers'),
    ]

    operations = [
        migrations.RunPython(let_roles_answer_offers, migrations.RunPython.noop),
    ]
