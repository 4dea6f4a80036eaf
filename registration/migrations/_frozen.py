"""What old migrations need of the code as it was when they were written.

It never follows the code: a later change of the roles has a migration of its own.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

ALL = ("view", "add", "change", "delete")

ROLES = {
    "Redaktion": {
        "talk": ALL,
        "speaker": ALL,
        "material": ALL,
        "topic": ALL,
        "municipality": ALL,
        "series": ("view", "add", "change"),
    },
    # They see the talks, because they choose their people by them.
    "Teilnehmende": {
        "talk": ("view",),
        "speaker": ("view",),
        "municipality": ("view",),
        "registration": ("view", "change", "export", "erase"),
        "interest": ("view", "change"),
        "erasure": ("view",),
        "outgoingmail": ("view", "change"),
        "message": ("view", "add", "change"),
    },
    # No personal data: for whoever only wants to follow the series.
    "Lesend": {
        "talk": ("view",),
        "speaker": ("view",),
        "material": ("view",),
        "topic": ("view",),
        "municipality": ("view",),
        "series": ("view",),
    },
}
APPS = ("events", "registration")


def grant_roles(apps, schema_editor):
    """Create the three groups of organisers and give them their rights (0003, 0007, 0011)."""
    # Django creates permissions after all migrations: too late.
    alias = schema_editor.connection.alias
    for label in APPS:
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps, using=alias)
    groups = apps.get_model("auth", "Group").objects
    permissions = apps.get_model("auth", "Permission").objects
    for role, rights in ROLES.items():
        names = [f"{verb}_{model}" for model, verbs in rights.items() for verb in verbs]
        group, _ = groups.get_or_create(name=role)
        group.permissions.set(
            permissions.filter(content_type__app_label__in=APPS, codename__in=names)
        )
