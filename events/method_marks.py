"""Marks for methods that change rows."""

from collections.abc import Callable
from typing import Any


def alters_data[Verb: Callable[..., Any]](verb: Verb) -> Verb:
    """Keep templates from calling the method (Django's `alters_data`)."""
    verb.alters_data = True  # type: ignore[attr-defined]  # Django reads it from the function
    return verb


def for_querysets_only[Verb: Callable[..., Any]](verb: Verb) -> Verb:
    """Keep the method off managers: `Talk.objects.delete()` would delete everything."""
    verb.queryset_only = True  # type: ignore[attr-defined]  # Django reads it from the function
    return verb


def for_managers_too[Verb: Callable[..., Any]](verb: Verb) -> Verb:
    """Give the method to managers, although it changes rows."""
    verb.queryset_only = False  # type: ignore[attr-defined]  # Django reads it from the function
    return verb
