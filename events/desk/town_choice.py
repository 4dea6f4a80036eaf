"""The type-ahead of the admin: towns of one name are told apart by their inhabitants."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView

from events.models import Municipality


class TypeAhead(AutocompleteJsonView):
    """Answers what the fields with a type-ahead offer."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """Name Land and inhabitants of a town: `Schwarzenbach (Bayern)` stands there twice."""
        result = super().serialize_result(obj, to_field_name)
        if isinstance(obj, Municipality):
            result["text"] = obj.text_with_inhabitants
        return result
