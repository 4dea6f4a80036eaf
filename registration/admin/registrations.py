"""The list of registrations and its actions."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from registration.admin.read_only import ReadOnlyAdmin
from registration.desk.admin_page import admin_urls
from registration.desk.ask_first import Step, ask_first, of_several_talks, too_many
from registration.desk.list_filters import (
    MailFilter,
    TalkFilter,
    TownFilter,
    chosen_key,
    chosen_talk,
)
from registration.desk.people import attendance, export, participants, person
from registration.models import Registration
from registration.models.queries import RegistrationQuerySet

if TYPE_CHECKING:
    from django.contrib.admin.options import _ListDisplayT
    from django.db.models.expressions import Combinable
    from django.utils.datastructures import _ListOrTuple

CANCEL = Step(
    "cancel_selected",
    "Abmelden?",
    "Diese Personen verlieren ihren Platz und bekommen eine Mail darüber. Wer auf der Warteliste "
    "vorn steht, rückt sofort nach und bekommt ebenfalls eine. Zurücknehmen lässt es sich nicht.",
    "Abmelden, mit Mail",
)
PROMOTE = Step(
    "promote_selected",
    "Nachrücken lassen?",
    "Diese Personen bekommen einen Platz und eine Mail darüber, auch wenn keiner frei ist und "
    "andere länger warten. Zurücknehmen lässt es sich nicht.",
    "Nachrücken lassen, mit Mail",
)


ABSENT = Step(
    "mark_absent_selected",
    "Doch nicht dabei?",
    "Bei diesen Personen steht danach nicht mehr, dass sie dabei waren. Sind die Namen erst "
    "gelöscht, lässt es sich nicht mehr eintragen.",
    "Vermerk löschen",
)


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """Who has signed up, talk by talk."""

    list_display = [
        "name",
        "organisation",
        "municipality",
        "talk",
        "state",
        "mail_state",
        "was_there",
        "has_question",
        "signed_up",
    ]
    list_filter = ["state", MailFilter, TownFilter, TalkFilter]
    list_select_related = ["talk", "municipality"]
    list_per_page = 50
    # Counting 200,000 rows twice would cost more than all the rest.
    show_full_result_count = False
    search_fields = ["name", "email", "organisation"]
    fields = [
        "talk",
        "name",
        "email",
        "organisation",
        "municipality",
        "question",
        "state",
        "state_changed_at",
        "state_reason",
        "created_at",
        "joined_at",
        "anonymised_at",
    ]
    actions = [
        "cancel_selected",
        "promote_selected",
        "confirm_selected",
        "mark_present_selected",
        "mark_absent_selected",
    ]

    def get_urls(self) -> list[URLPattern]:
        pages = [*person.URLS, *participants.URLS, *attendance.URLS, *export.URLS]
        return [*admin_urls(pages), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> RegistrationQuerySet:
        return cast(RegistrationQuerySet, super().get_queryset(request)).with_mails()

    def get_ordering(self, request: HttpRequest) -> "_ListOrTuple[str | Combinable]":
        """List the people of one talk as they came, the queue in its order."""
        return ["created_at", "pk"] if chosen_key(request) else super().get_ordering(request)

    def get_list_display(self, request: HttpRequest) -> "_ListDisplayT":
        """Leave out the talk where only one is listed."""
        if chosen_key(request):
            return [name for name in self.list_display if name != "talk"]
        return self.list_display

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Tell the list which talk it is about, for the buttons above it."""
        talk = chosen_talk(request)
        title = f"Anmeldungen: {talk.title}" if talk else "Anmeldungen"
        context = {"talk": talk, "title": title, **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description="Seit", ordering="created_at")
    def signed_up(self, registration: Registration) -> str:
        """Show the moment in few letters, so that all columns fit beside the filters."""
        return date_format(timezone.localtime(registration.created_at), "j.n.y, H:i")

    @admin.display(description="Frage")
    def has_question(self, registration: Registration) -> str:
        return "ja" if registration.question else ""

    @admin.display(description="Dabei")
    def was_there(self, registration: Registration) -> str:
        """Say it in words: a red cross beside everybody before the talk looked like a fault."""
        return "ja" if registration.was_there else ""

    @admin.display(description="Letzte Mail")
    def mail_state(self, registration: Registration) -> str | None:
        """Say what became of the last mail; a refused address leads to its correction."""
        if registration.is_undeliverable and registration.email:
            url = reverse("admin:correct_registration", args=[registration.pk])
            return format_html('<a class="trouble" href="{}">unzustellbar</a>', url)
        return registration.last_mail.get_state_display() if registration.last_mail else None

    @admin.action(description="Ausgewählte abmelden (mit Mail)", permissions=["change"])
    def cancel_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        rows = list(queryset.select_related("talk"))
        if too_many(request, rows) or of_several_talks(request, rows):
            return None
        if page := ask_first(request, CANCEL, rows):
            return page
        self._tell(
            request,
            [row for row in rows if row.cancel(Registration.Reason.ORGANISER)],
            len(rows),
            said="Abgemeldet",
            noted="Abgemeldet, mit Mail.",
            unchanged="wer schon abgemeldet ist oder wessen Talk begonnen hat",
        )
        return None

    @admin.action(
        description="Nachrücken lassen, auch über die Platzzahl hinaus (mit Mail)",
        permissions=["change"],
    )
    def promote_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        # The longest in the queue come first, whatever the list is sorted by.
        rows = list(queryset.select_related("talk").order_by("created_at", "pk"))
        if too_many(request, rows) or of_several_talks(request, rows):
            return None
        if page := ask_first(request, PROMOTE, rows):
            return page
        self._tell(
            request,
            [row for row in rows if row.promote()],
            len(rows),
            said="Nachgerückt",
            noted="Von der Warteliste nachgerückt, mit Mail.",
            unchanged="wer nicht wartet oder wessen Talk begonnen hat oder nicht stattfindet",
        )
        return None

    @admin.action(description="Bestätigen, ohne Klick in der Mail", permissions=["change"])
    def confirm_selected(self, request: HttpRequest, queryset: RegistrationQuerySet) -> None:
        rows = list(queryset)
        self._tell(
            request,
            [row for row in rows if row.confirm()],
            len(rows),
            said="Bestätigt",
            noted="Bestätigt, mit Mail.",
            unchanged="wer schon bestätigt ist oder zu spät kommt",
        )

    @admin.action(description="Als dabei vermerken", permissions=["change"])
    def mark_present_selected(self, request: HttpRequest, queryset: RegistrationQuerySet) -> None:
        self._tell(
            request,
            queryset.mark_present(),
            len(queryset),
            said="Als dabei vermerkt",
            noted="Als dabei vermerkt.",
            unchanged="wer schon vermerkt ist, keinen Platz hat oder wessen Talk noch bevorsteht",
        )

    @admin.action(description="Doch nicht dabei", permissions=["change"])
    def mark_absent_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        rows = list(queryset.select_related("talk"))
        if too_many(request, rows) or of_several_talks(request, rows):
            return None
        if page := ask_first(request, ABSENT, rows):
            return page
        self._tell(
            request,
            queryset.mark_absent(),
            len(queryset),
            said="Vermerk gelöscht",
            noted="Vermerk gelöscht, dabei gewesen zu sein.",
            unchanged="wer nicht als dabei vermerkt war",
        )
        return None

    def _tell(
        self,
        request: HttpRequest,
        done: list[Registration],
        total: int,
        *,
        said: str,
        noted: str,
        unchanged: str,
    ) -> None:
        """Note each change in the history, and say how many of the selected rows it changed."""
        self.log_changes(request, done, noted)
        self.message_user(request, f"{said}: {len(done)} von {total}.")
        if len(done) < total:
            self.message_user(request, f"Unverändert bleibt, {unchanged}.", messages.WARNING)
