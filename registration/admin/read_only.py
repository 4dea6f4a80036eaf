"""The base of the pages that show rows which verbs alone change."""

from django.db.models import Model
from django.http import HttpRequest

from events.desk.lists import HasList
from registration.privacy.history import NamesNobody


class ReadOnlyAdmin(NamesNobody, HasList):
    """Base of the pages that show rows; only verbs change these."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow the actions of the list, but no form: saving one would overwrite the row."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
