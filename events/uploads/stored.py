"""Stored files: which of them a row names, and how one is removed."""

from collections.abc import Iterable

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import FileField

from events.uploads import images


def in_use(names: Iterable[str]) -> set[str]:
    """Return which of these files any row names: no column of any model is forgotten."""
    names = list(names)
    columns = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, FileField)
    ]
    return {
        name
        for model, column in columns
        for name in model._base_manager.filter(**{f"{column}__in": names}).values_list(
            column, flat=True
        )
    }


def remove_unused(names: Iterable[str]) -> None:
    """Delete these files once the change is committed, but for those that a row still names."""
    names = [name for name in names if name]

    def remove_each() -> None:
        for name in set(names) - in_use(names):
            remove(name)

    if names:
        transaction.on_commit(remove_each, robust=True)


def remove(name: str) -> None:
    """Delete a file, or all sizes of a picture; does nothing if they are gone."""
    if name.startswith(f"{images.FOLDER}/"):
        images.remove(name)
    else:
        default_storage.delete(name)
