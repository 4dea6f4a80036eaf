"""The organisers' pages about people: registrations, their mails, and the talk as they see it.

Each class holds its list, its rights and its actions. Pages of our own are plain functions in
registration/desk.
"""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from events.admin import TalkAdmin
from events.desk.takes_anything import TakesAnything
from events.models import Talk
from registration.desk import (
    announcement,
    attendance,
    export,
    mail_previews,
    participants,
    person,
    statistics,
    tell_of_change,
)
from registration.desk import messages as message_pages
from registration.desk.admin_page import admin_urls, primary_key
from registration.desk.ask_first import Step, ask_first, of_several_talks, too_many
from registration.desk.list_filters import MailFilter, TalkFilter, chosen_talk, list_of_people
from registration.models import (
    Erasure,
    Interest,
    Message,
    OutgoingMail,
    Registration,
)
from registration.models.interest import InterestQuerySet
from registration.models.outgoing_mail import OutgoingMailQuerySet
from registration.models.queries import RegistrationQuerySet
from registration.privacy.history import NamesNobody, organiser

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups, _ListDisplayT


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
DISCARD = Step(
    "discard_selected",
    "Mails verwerfen?",
    "Diese zurückgehaltenen Mails gehen nie mehr hinaus.",
    "Verwerfen",
)
WITHDRAW = Step(
    "withdraw_selected",
    "Austragen?",
    "Diese Personen bekommen keine neuen Termine mehr per E-Mail, und auch keine Mail darüber.",
    "Austragen",
)


@admin.register(Talk)
class TalkWithRegistrationsAdmin(TalkAdmin):
    """A talk with its people: they are counted, told of changes, and move up from the queue."""

    list_display = [*TalkAdmin.list_display, "registrations_link"]

    def get_urls(self) -> list[URLPattern]:
        pages = [*statistics.URLS, *tell_of_change.URLS, *announcement.URLS]
        return [*admin_urls(pages), *super().get_urls()]

    def said_above(self, request: HttpRequest, talk: Talk) -> dict[str, Any]:
        """Say who does not know yet what the talk is now, and who will hear of it."""
        if not self.has_change_permission(request, talk):
            return {}
        untold = tell_of_change.untold_of(Talk.objects.filter(pk=talk.pk))
        said: dict[str, Any] = {"untold": untold}
        if talk.is_to_announce:
            said["announcement"] = announcement.announcement_of(talk)
        return said

    @admin.display(description="Anmeldungen")
    def registrations_link(self, talk: Talk) -> str:
        """Show `7 von 10, 2 warten` as the link to the list of these people."""
        text = f"{talk.seats_taken} von {talk.capacity}" if talk.capacity else talk.seats_taken
        waiting = f", {talk.waiting_count} warten" if talk.waiting_count else ""
        return format_html('<a href="{}">{}{}</a>', list_of_people(talk), text, waiting)

    def has_delete_permission(self, request: HttpRequest, obj: Talk | None = None) -> bool:
        """Keep talks that have registrations: they are cancelled instead."""
        has_people = obj is not None and obj.registrations.exists()
        return super().has_delete_permission(request, obj) and not has_people

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """After a change that people have in their calendars, ask whether to tell them of it."""
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            before = self.get_object(request, unquote(object_id))  # locked until all is saved
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if before is not None and tell_of_change.has_news_for_people(before):
                return redirect("admin:tell_of_change", before.pk)
        return response

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: list[forms.BaseInlineFormSet],
        change: bool,
    ) -> None:
        """Let people move up from the queue at once; say what a newly published talk entails."""
        super().save_related(request, form, formsets, change)
        if moved := Registration.objects.promote_waiting(form.instance):
            self.message_user(request, f"Von der Warteliste nachgerückt: {len(moved)}.")
        if not {"status", "publish_at", "starts_at"}.isdisjoint(form.changed_data):
            self._say_what_is_announced(request, form.instance)

    def _say_what_is_announced(self, request: HttpRequest, talk: Talk) -> None:
        """Say whom the talk that is published now will be announced to, and where to stop it."""
        if talk.is_to_announce and (news := announcement.announcement_of(talk)).number:
            link = format_html('<a href="{}">Ansehen und anhalten …</a>', news.url)
            self.message_user(request, format_html("{}. {}", news.text, link))


class ReadOnlyAdmin(NamesNobody):
    """Base of the pages that show rows; only verbs change these."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow the actions of the list, but no form: saving one would overwrite the row."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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
    list_filter = ["state", MailFilter, TalkFilter]
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

    def get_list_display(self, request: HttpRequest) -> "_ListDisplayT":
        """Leave out the talk where only one is listed."""
        if primary_key(request.GET.get(TalkFilter.parameter_name)):
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


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The outbox."""

    change_list_template = "admin/registration/outgoingmail/change_list.html"
    list_display = ["created_at", "kind", "recipient", "state", "attempts", "last_error"]
    list_filter = ["state", "kind"]
    search_fields = ["recipient", "registrations__name", "registrations__email"]
    show_full_result_count = False
    fields = [
        "kind",
        "state",
        "recipient",
        "registrations",
        "not_before",
        "attempts",
        "last_error",
        "created_at",
        "sent_at",
        "message_id",
    ]
    actions = ["resend_selected", "release_selected", "discard_selected"]

    def get_urls(self) -> list[URLPattern]:
        return [*admin_urls(mail_previews.URLS), *super().get_urls()]

    @admin.action(description="Ausgewählte noch einmal verschicken", permissions=["change"])
    def resend_selected(self, request: HttpRequest, queryset: OutgoingMailQuerySet) -> None:
        mails = list(queryset)
        done = [mail for mail in mails if mail.resend() is not None]
        for mail in done:
            self.log_change(request, mail, "Noch einmal verschickt.")
        self.message_user(request, f"Werden noch einmal verschickt: {len(done)} von {len(mails)}.")
        if len(done) < len(mails):
            self.message_user(
                request,
                "Nicht wiederholt wird, was noch wartet, überholt ist oder eine gelöschte Person "
                "betrifft.",
                messages.WARNING,
            )

    @admin.action(description="Ausgewählte zurückgehaltene freigeben", permissions=["change"])
    def release_selected(self, request: HttpRequest, queryset: OutgoingMailQuerySet) -> None:
        mails = list(queryset.held())
        queryset.release()
        self.log_changes(request, mails, "Freigegeben.")
        self.message_user(request, f"Freigegeben: {len(mails)}.")

    @admin.action(description="Ausgewählte zurückgehaltene verwerfen", permissions=["change"])
    def discard_selected(
        self, request: HttpRequest, queryset: OutgoingMailQuerySet
    ) -> HttpResponse | None:
        mails = list(queryset.held())
        if not mails:
            self.message_user(request, "Keine davon ist zurückgehalten.", messages.WARNING)
            return None
        if too_many(request, mails):
            return None
        if page := ask_first(request, DISCARD, mails):
            return page
        queryset.held().erase()
        self.log_changes(request, mails, "Verworfen.")
        self.message_user(request, f"Verworfen: {len(mails)}.")
        return None


@admin.register(Message)
class MessageAdmin(NamesNobody, TakesAnything):
    """What organisers write to the people of a talk; a released message cannot be changed."""

    form = message_pages.MessageForm
    list_display = ["words", "talk", "recipients", "standing", "released_at", "stopped_at"]
    list_select_related = ["talk"]
    list_display_links = None
    fields = ["talk", "recipients", "subject", "text"]
    autocomplete_fields = ["talk"]

    def get_urls(self) -> list[URLPattern]:
        return [*admin_urls(message_pages.URLS), *super().get_urls()]

    @admin.display(description="Betreff", ordering="subject")
    def words(self, message: Message) -> str:
        """Lead to the page on which a message is checked, released, watched and stopped."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:check_message", args=[message.pk]), message
        )

    @admin.display(description="Stand")
    def standing(self, message: Message) -> str:
        if not message.is_released:
            return "Entwurf"
        return "Angehalten" if message.is_stopped else "Freigegeben"

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> "_FieldGroups":
        """Show what is left of a message whose talk is long over."""
        if obj and obj.is_erased:
            return ["talk", "recipients", "words"]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> list[str]:
        return ["words"] if obj and obj.is_erased else []

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        is_done = obj is not None and (obj.is_released or obj.is_erased)
        return super().has_change_permission(request, obj) and not is_done

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def get_form(
        self,
        request: HttpRequest,
        obj: Message | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm]:
        """Offer no way from here to add, change or open a talk."""
        form = super().get_form(request, obj, change, **kwargs)
        if talk := form.base_fields.get("talk"):
            talk.widget.can_add_related = False
            talk.widget.can_change_related = False
            talk.widget.can_view_related = False
        return form

    def save_model(
        self, request: HttpRequest, obj: Message, form: forms.ModelForm, change: bool
    ) -> None:
        obj.author = obj.author or organiser(request)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Message, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:check_message", obj.pk)

    def response_change(self, request: HttpRequest, obj: Message) -> HttpResponse:
        return redirect("admin:check_message", obj.pk)


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
