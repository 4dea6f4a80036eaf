"""The list of registrations; what its actions do stands in `desk/people/verbs.py`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registration.admin.private_search import PrivateList, PrivateSearch
from registration.admin.read_only import ReadOnlyAdmin
from registration.desk.admin_page import admin_urls, primary_key
from registration.desk.ask_first import ask_first, of_several_talks, too_many
from registration.desk.figures.statistics import figures_of
from registration.desk.list_filters import (
    MailFilter,
    PresenceFilter,
    TalkFilter,
    TownFilter,
    chosen_key,
    chosen_talk,
    chosen_texts,
)
from registration.desk.people import (
    certificates,
    export,
    participants,
    person,
    person_page,
    print_lists,
    verbs,
)
from registration.desk.presence import pages as presence
from registration.models import Registration
from registration.models.queries import RegistrationQuerySet

if TYPE_CHECKING:
    from django.contrib.admin.options import _ListDisplayT
    from django.db.models.expressions import Combinable
    from django.utils.datastructures import _ListOrTuple

# A day within this time needs no year.
SAME_YEAR = timedelta(days=300)


class PeopleList(PrivateList):
    """The list; who waits is shown with the place in the queue."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        Registration.objects.note_queue_positions(rows)
        self.result_list = rows


@admin.register(Registration)
class RegistrationAdmin(PrivateSearch, ReadOnlyAdmin):
    """Who has signed up, talk by talk."""

    change_list_template = "admin/registration/registration/change_list.html"
    list_display = [
        "person",
        "from_where",
        "talk",
        "standing",
        "mail_state",
        "presence",
        "has_question",
        "signed_up",
    ]
    # The name alone leads on; the address beneath it can be marked and copied.
    list_display_links = None
    empty_value_display = ""
    list_filter = ["state", PresenceFilter, MailFilter, TownFilter, TalkFilter]
    list_select_related = ["talk", "municipality"]
    list_per_page = 50
    # Counting 200,000 rows twice would cost more than all the rest.
    show_full_result_count = False
    search_fields = ["name", "email", "organisation"]
    fields = ["talk", "state"]
    actions = [
        "cancel_selected",
        "promote_selected",
        "confirm_selected",
        "mark_present_selected",
        "take_back_mark_selected",
    ]

    def get_urls(self) -> list[URLPattern]:
        rooms = (
            *(person, person_page, participants),
            *(print_lists, certificates, presence, export),
        )
        pages = [page for room in rooms for page in room.URLS]
        return [*admin_urls(pages), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PeopleList

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
        if talk and talk.has_begun:
            context["figures"] = figures_of(talk)
        response = super().changelist_view(request, context)
        if isinstance(response, TemplateResponse) and response.context_data:
            response.context_data["chosen"] = chosen_texts(response.context_data.get("cl"))
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the page of the person: a registration has none of its own."""
        key = primary_key(object_id)
        if request.method != "GET" or key is None:
            return super().change_view(request, object_id, form_url, extra_context)
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect("admin:registration_registration_person", key)

    def action_checkbox(self, registration: Registration) -> SafeString:
        """Offer no box for who is erased: nothing can be done with them."""
        if registration.anonymised_at:
            return SafeString()
        return super().action_checkbox(registration)

    @admin.display(description="Name", ordering="name")
    def person(self, registration: Registration) -> str:
        """Show name and address; the name leads to the person's page."""
        if registration.anonymised_at:
            return format_html('<span class="quiet">{}</span>', "anonym")
        return format_html(
            '<a href="{}">{}</a><span class="beneath">{}</span>',
            reverse("admin:registration_registration_person", args=[registration.pk]),
            registration.name,
            registration.email,
        )

    @admin.display(description="Organisation, Ort", ordering="organisation")
    def from_where(self, registration: Registration) -> str:
        """Show both; the Land stands at the town's name for who points at it."""
        town, organisation = registration.municipality, registration.organisation or ""
        if town is None:
            return organisation
        css_class = "beneath" if organisation else ""
        shown = '{}<span class="{}" title="{}">{}</span>'
        return format_html(shown, organisation, css_class, town, town.name)

    @admin.display(description="Stand", ordering="state")
    def standing(self, registration: Registration) -> str:
        return registration.state_text

    @admin.display(description="Letzte Mail")
    def mail_state(self, registration: Registration) -> str:
        """Say what became of the last mail; a refused address leads to its correction."""
        mail = registration.last_mail
        if mail is None or registration.anonymised_at:
            return ""
        text = mail.get_state_display()
        if registration.is_undeliverable:
            url = reverse("admin:correct_registration", args=[registration.pk])
            shown = '<a class="trouble" href="{}">{}</a><span class="beneath">{}</span>'
            return format_html(shown, url, text, mail.answer if mail.bounced_at else "")
        url = reverse("admin:registration_registration_person", args=[registration.pk])
        title = mail.get_kind_display()
        return format_html('<a href="{}#mails" title="{}">{}</a>', url, title, text)

    @admin.display(description="Teilnahme", ordering="minutes_present")
    def presence(self, registration: Registration) -> str:
        """Say it in words: a red cross beside everybody before the talk looked like a fault."""
        return registration.presence

    @admin.display(description="Frage")
    def has_question(self, registration: Registration) -> str:
        """Mark it; the question itself shows to who points at the mark."""
        if not registration.question:
            return ""
        mark = (
            '<span class="mark" title="{}" aria-hidden="true">?</span>'
            '<span class="visually-hidden">hat eine Frage</span>'
        )
        return format_html(mark, registration.question)

    @admin.display(description="Seit", ordering="created_at")
    def signed_up(self, registration: Registration) -> str:
        """Show the day in few letters; the whole moment shows to who points at it."""
        moment = timezone.localtime(registration.created_at)
        is_long_ago = timezone.now() - moment > SAME_YEAR
        text = date_format(moment, "j. F Y, G:i \\U\\h\\r")
        day = date_format(moment, "j.n.y" if is_long_ago else "j.n.")
        return format_html('<span title="{}">{}</span>', text, day)

    @admin.action(description="Ausgewählte abmelden (mit Mail)", permissions=["change"])
    def cancel_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        return self._carry_out(verbs.CANCEL, request, queryset)

    @admin.action(
        description="Nachrücken lassen, auch über die Platzzahl hinaus (mit Mail)",
        permissions=["change"],
    )
    def promote_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        return self._carry_out(verbs.PROMOTE, request, queryset)

    @admin.action(description="Bestätigen, ohne Klick in der Mail", permissions=["change"])
    def confirm_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        return self._carry_out(verbs.CONFIRM, request, queryset)

    @admin.action(description="Als dabei vermerken", permissions=["change"])
    def mark_present_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        return self._carry_out(verbs.PRESENT, request, queryset)

    @admin.action(description="Vermerk „dabei“ löschen", permissions=["change"])
    def take_back_mark_selected(
        self, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        return self._carry_out(verbs.TAKE_BACK_MARK, request, queryset)

    def _carry_out(
        self, verb: verbs.Verb, request: HttpRequest, queryset: RegistrationQuerySet
    ) -> HttpResponse | None:
        """Ask first where it takes something away, then do it with the selected rows."""
        # The page that asks names them as they came, whatever the list is sorted by.
        rows = list(queryset.select_related("talk").order_by("created_at", "pk"))
        if verb.asks:
            if too_many(request, rows) or of_several_talks(request, rows):
                return None
            if page := ask_first(request, verb.step, rows):
                return page
        verb.carry_out(request, rows)
        return None
