"""The list of outgoing mails."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from registration.admin.read_only import ReadOnlyAdmin
from registration.desk.admin_page import admin_urls
from registration.desk.ask_first import Step, ask_first, too_many
from registration.desk.messages import mail_previews
from registration.models import OutgoingMail
from registration.models.outgoing_mail import OutgoingMailQuerySet

DISCARD = Step(
    "discard_selected",
    "Mails verwerfen?",
    "Diese zurückgehaltenen Mails gehen nie mehr hinaus.",
    "Verwerfen",
)


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
