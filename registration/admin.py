"""The organisers' pages about people: registrations, their mails, and the talk as they see it."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from events.admin import TalkAdmin
from events.models import Talk
from registration.desk.export_page import ExportsPeople
from registration.desk.mails import PreviewsMails, TellsOfChange
from registration.desk.messages import MessageAdmin
from registration.desk.participants import ListsParticipants
from registration.desk.person import FindsPeople
from registration.desk.statistics_page import ShowsFigures
from registration.models import Erasure, Interest, Message, OutgoingMail, Registration
from registration.privacy.history import NamesNobody


@admin.register(Talk)
class TalkWithRegistrationsAdmin(ShowsFigures, TellsOfChange, TalkAdmin):
    """A talk whose queue moves up at once when an organiser gives it more seats."""

    list_display = [*TalkAdmin.list_display, "registrations_link"]

    @admin.display(description="Anmeldungen")
    def registrations_link(self, talk):
        """Show `7 von 10, 2 warten` as the link to the list of these people."""
        text = f"{talk.seats_taken} von {talk.capacity}" if talk.capacity else talk.seats_taken
        waiting = f", {talk.waiting_count} warten" if talk.waiting_count else ""
        url = reverse("admin:registration_registration_changelist")
        return format_html('<a href="{}?talk__id__exact={}">{}{}</a>', url, talk.pk, text, waiting)

    def has_delete_permission(self, request, obj=None):
        """Keep talks that have registrations: they are cancelled instead."""
        has_people = obj is not None and obj.registrations.exists()
        return super().has_delete_permission(request, obj) and not has_people

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if moved := Registration.objects.promote_waiting(form.instance):
            self.message_user(request, f"Von der Warteliste nachgerückt: {len(moved)}.")


class ReadOnlyAdmin(NamesNobody, admin.ModelAdmin):
    """Shows rows; they change through verbs alone."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Allow the actions of the list, but no form: saving one would overwrite the row."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Registration)
class RegistrationAdmin(FindsPeople, ListsParticipants, ExportsPeople, ReadOnlyAdmin):
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


@admin.register(OutgoingMail)
class OutgoingMailAdmin(PreviewsMails, ReadOnlyAdmin):
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

    @admin.action(description="Ausgewählte noch einmal verschicken", permissions=["change"])
    def resend_selected(self, request, queryset):
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
    def release_selected(self, request, queryset):
        mails = list(queryset.held())
        queryset.release()
        self.log_changes(request, mails, "Freigegeben.")
        self.message_user(request, f"Freigegeben: {len(mails)}.")

    @admin.action(description="Ausgewählte zurückgehaltene verwerfen", permissions=["change"])
    def discard_selected(self, request, queryset):
        mails = list(queryset.held())
        queryset.held().forget()
        self.log_changes(request, mails, "Verworfen.")
        self.message_user(request, f"Verworfen: {len(mails)}.")


@admin.register(Message)
class NamelessMessageAdmin(NamesNobody, MessageAdmin):
    """The subject may name somebody; the history does not."""


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
    def withdraw_selected(self, request, queryset):
        rows = list(queryset)
        done = [row for row in rows if row.withdraw()]
        self.log_changes(request, done, "Ausgetragen.")
        self.message_user(request, f"Ausgetragen: {len(done)} von {len(rows)}.")


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """The log of what was forgotten; it names nobody."""

    list_display = ["erased_at", "kind", "reason", "uuid"]
    list_filter = ["kind", "reason"]
    show_full_result_count = False
    fields = ["erased_at", "kind", "reason", "uuid"]
