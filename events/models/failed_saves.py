"""What is left of uploads that no form was saved with; the worker removes it once a day."""

from collections.abc import Collection

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField

from events.uploads import images, kept


def remove_leftovers() -> None:
    """Remove kept uploads that are too old, and what failed saves have stored of them.

    A crash between a commit and the removal of what it used looks the same as a failed save:
    so what a row names stays.
    """
    for folder in kept.expired():
        names = kept.noted(folder)
        held = held_names(names)
        for name in names:
            if name in held:
                continue
            if name.startswith(f"{images.FOLDER}/"):
                images.remove(name)
            else:
                default_storage.delete(name)
        kept.remove(folder)


def held_names(names: Collection[str]) -> set[str]:
    """Return which of these stored files a row names: of whatever model, also those to come."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return {
        name
        for field in fields
        if isinstance(field, FileField)
        for name in field.model._base_manager.filter(**{f"{field.name}__in": names}).values_list(
            field.name, flat=True
        )
    }
