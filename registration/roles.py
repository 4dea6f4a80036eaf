"""What organisers may do: three groups, each with the least it needs.

Only accounts with all rights (superusers) manage accounts.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Manager

ALL = ("view", "add", "change", "delete")

ROLES: dict[str, dict[str, tuple[str, ...]]] = {
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


def codenames(role: str) -> set[str]:
    return {f"{verb}_{model}" for model, verbs in ROLES[role].items() for verb in verbs}


def grant(groups: Manager[Group], permissions: Manager[Permission]) -> None:
    """Create the groups and give them exactly their rights; rights added by hand go."""
    for role in ROLES:
        group, _ = groups.get_or_create(name=role)
        group.permissions.set(
            permissions.filter(content_type__app_label__in=APPS, codename__in=codenames(role))
        )
