"""The interest list and the log of what was erased."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from registration.admin.read_only import ReadOnlyAdmin
from registration.desk.ask_first import Step, ask_first, too_many
from registration.models import Erasure, Interest
from registration.models.interest import InterestQuerySet

WITHDRAW = Step(
    "withdraw_selected",
    "Austragen?",
    "Diese Personen bekommen keine neuen Termine mehr per E-Mail, und auch keine Mail darüber.",
    "Austragen",
)


@admin.register(Interest)
class InterestAdmin(ReadOnlyAdmin):
    """Who asked to be told of new talks; people leave by the link in a mail, or here."""

    list_display = ["created_at", "email", "state", "confirmed_at", "ended_at"]
    list_filter = ["state"]
    search_fields = ["email"]
    show_full_result_count = False
    fields = [
        "email",
        "state",
        "wants_all",
        "topics",
        "created_at",
        "confirmed_at",
        "ended_at",
        "consent_version",
        "consent_text",
    ]
    actions = ["withdraw_selected"]

    @admin.action(description="Ausgewählte austragen (ohne Mail)", permissions=["change"])
    def withdraw_selected(
        self, request: HttpRequest, queryset: InterestQuerySet
    ) -> HttpResponse | None:
        rows = list(queryset)
        if too_many(request, rows):
            return None
        if page := ask_first(request, WITHDRAW, rows):
            return page
        done = [row for row in rows if row.withdraw()]
        self.log_changes(request, done, "Ausgetragen.")
        self.message_user(request, f"Ausgetragen: {len(done)} von {len(rows)}.")
        return None


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """The log of what was erased; it names nobody."""

    list_display = ["erased_at", "kind", "reason", "uuid"]
    list_filter = ["kind", "reason"]
    show_full_result_count = False
    fields = ["erased_at", "kind", "reason", "uuid"]
