"""The interest list, the offers to report, and the log of what was erased."""

from urllib.parse import quote, urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator

from registration.admin.private_search import PrivateSearch
from registration.admin.read_only import ReadOnlyAdmin
from registration.desk.ask_first import Step, ask_first, too_many
from registration.models import Erasure, Interest, Offer
from registration.models.interest import InterestQuerySet
from registration.models.offer import OfferQuerySet

WITHDRAW = Step(
    "withdraw_selected",
    "Austragen?",
    "Diese Personen bekommen keine neuen Termine mehr per E-Mail, und auch keine Mail darüber.",
    "Austragen",
)
ERASE = Step(
    "erase_selected",
    "Löschen?",
    "Diese Angebote sind dann weg, mit Namen und Adresse. Das lässt sich nicht zurücknehmen.",
    "Löschen",
)


@admin.register(Interest)
class InterestAdmin(PrivateSearch, ReadOnlyAdmin):
    """Who asked to be told of new talks; people leave by the link in a mail, or here."""

    list_display = ["created_at", "email", "state", "confirmed_at", "ended_at"]
    list_filter = ["state"]
    search_fields = ["email"]
    show_full_result_count = False
    fields = [
        "email",
        "state",
        "why",
        "wants_all",
        "topics",
        "created_at",
        "confirmed_at",
        "ended_at",
        "consent_version",
        "consent_text",
    ]
    actions = ["withdraw_selected"]

    @admin.display(description="Grund")
    def why(self, interest: Interest) -> str:
        """Say why it ended where the person has not ended it."""
        return interest.why_ended or "-"

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


@admin.register(Offer)
class OfferAdmin(PrivateSearch, ReadOnlyAdmin):
    """Who would like to report in a talk; organisers write to them from their own mailbox."""

    list_display = ["town", "beginning", "name", "write", "created_at", "standing"]
    list_filter = ["is_answered"]
    search_fields = ["town", "name", "email", "subject"]
    show_full_result_count = False
    fields = ["town", "name", "write", "subject", "created_at", "standing"]
    readonly_fields = ["write", "standing"]
    actions = ["answer_selected", "reopen_selected", "erase_selected"]

    @admin.display(description="Stand", ordering="is_answered")
    def standing(self, offer: Offer) -> str:
        """Say it in words: a red cross looks like a fault."""
        return "beantwortet" if offer.is_answered else "wartet auf Antwort"

    @admin.display(description="Worum es geht")
    def beginning(self, offer: Offer) -> str:
        return Truncator(offer.subject).words(20)

    @admin.display(description="E-Mail-Adresse", ordering="email")
    def write(self, offer: Offer) -> str:
        """Lead to the organiser's own mail program, with a subject."""
        query = urlencode({"subject": f"Ihr Angebot: {offer.town}"}, quote_via=quote)
        return format_html('<a href="mailto:{}?{}">{}</a>', quote(offer.email), query, offer.email)

    @admin.action(description="Als beantwortet vermerken", permissions=["change"])
    def answer_selected(self, request: HttpRequest, queryset: OfferQuerySet) -> None:
        rows = list(queryset)
        if not too_many(request, rows):
            done = queryset.mark_answered()
            self.log_changes(request, rows, "Als beantwortet vermerkt.")
            self.message_user(request, f"Als beantwortet vermerkt: {done} von {len(rows)}.")

    @admin.action(description="Als unbeantwortet vermerken", permissions=["change"])
    def reopen_selected(self, request: HttpRequest, queryset: OfferQuerySet) -> None:
        rows = list(queryset)
        if not too_many(request, rows):
            done = queryset.mark_open()
            self.log_changes(request, rows, "Als unbeantwortet vermerkt.")
            self.message_user(request, f"Als unbeantwortet vermerkt: {done} von {len(rows)}.")

    @admin.action(description="Ausgewählte löschen", permissions=["change"])
    def erase_selected(self, request: HttpRequest, queryset: OfferQuerySet) -> HttpResponse | None:
        rows = list(queryset)
        if too_many(request, rows):
            return None
        if page := ask_first(request, ERASE, rows):
            return page
        self.log_changes(request, rows, "Gelöscht.")
        for row in rows:
            row.erase(Erasure.Reason.ORGANISER)
        self.message_user(request, f"Gelöscht: {len(rows)}.")
        return None


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """The log of what was erased; it names nobody."""

    list_display = ["erased_at", "kind", "reason", "uuid"]
    list_filter = ["kind", "reason"]
    show_full_result_count = False
    fields = ["erased_at", "kind", "reason", "uuid"]
