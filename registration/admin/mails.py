"""The list of outgoing mails."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from events.dates import moment_text
from registration.admin.read_only import ReadOnlyAdmin
from registration.desk.admin_page import admin_urls
from registration.desk.ask_first import Step, ask_first, too_many
from registration.desk.list_filters import TalkOfMailFilter
from registration.desk.messages import mail_domain, mail_previews
from registration.models import OutgoingMail, SpeakerLink
from registration.models.mails.outgoing_mail import OutgoingMailQuerySet

DISCARD = Step(
    "discard_selected",
    "Mails verwerfen?",
    "Diese zurückgehaltenen Mails gehen nie mehr hinaus.",
    "Verwerfen",
)


def _card(link: SpeakerLink) -> str:
    """Return where organisers mail the speaker, also at another address."""
    page = reverse("admin:speaker_links", args=[link.speaker.talk_id])
    return f"{page}#speaker-{link.speaker.pk}"


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The outbox: what went to whom, about which talk, and what became of it."""

    change_list_template = "admin/registration/outgoingmail/change_list.html"
    list_display = ["written", "what", "to", "standing"]
    list_display_links = ["written"]
    list_filter = ["state", "kind", TalkOfMailFilter]
    # Nobody is looked for here: a name in an address would stay in the browser's history.
    search_fields = ["=message_id"]
    search_help_text = "Message-ID"
    show_full_result_count = False
    fields = [
        "kind",
        "about",
        "to",
        "recipient",
        "standing",
        "attempts",
        "next_try",
        "created_at",
        "sent_at",
        "bounced_at",
        "message",
        "message_id",
    ]
    actions = ["resend_selected", "release_selected", "discard_selected"]

    def get_urls(self) -> list[URLPattern]:
        urls = [*mail_previews.URLS, *mail_domain.URLS]
        return [*admin_urls(urls), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return OutgoingMail.objects.with_people_and_talks()

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave out the talk where all mails are about the same."""
        of_one_talk = TalkOfMailFilter.parameter_name in request.GET
        return ["written", "kind" if of_one_talk else "what", "to", "standing"]

    @admin.display(description="Vom", ordering="created_at")
    def written(self, mail: OutgoingMail) -> str:
        return date_format(localtime(mail.created_at), "j.n.Y, G:i")

    @admin.display(description="Mail", ordering="kind")
    def what(self, mail: OutgoingMail) -> str:
        """Name the kind, and beneath it the talks."""
        return format_html("{}{}", mail.get_kind_display(), self._links_to_talks(mail))

    @admin.display(description="Talk")
    def about(self, mail: OutgoingMail) -> str:
        """Lead to all mails about the same talk."""
        return self._links_to_talks(mail) or "-"

    def _links_to_talks(self, mail: OutgoingMail) -> str:
        url = reverse("admin:registration_outgoingmail_changelist")
        links = [(url, talk.pk, talk.title, talk.short_date_text) for talk in mail.talks]
        return format_html_join("", '<div><a href="{}?talk={}">{}</a>, {}</div>', links)

    @admin.display(description="Person")
    def to(self, mail: OutgoingMail) -> str:
        """Lead to the person, as long as the mail is still theirs."""
        if mail.account_id:
            return "jemand aus dem Team"
        if mail.is_test:
            return "Test an die Veranstalter"
        if person := mail.person:
            url = reverse("admin:registration_registration_person", args=[person.pk])
            return format_html('<a href="{}">{}</a>', url, person.name)
        if mail.speaker_link:
            name = mail.speaker_link.speaker.name
            return format_html('<a href="{}">{}</a>, trägt vor', _card(mail.speaker_link), name)
        if mail.interest:
            url = reverse("admin:registration_interest_change", args=[mail.interest.pk])
            return format_html('<a href="{}">Neue Termine per E-Mail</a>', url)
        return "nicht mehr zuzuordnen"

    @admin.display(description="Stand", ordering="state")
    def standing(self, mail: OutgoingMail) -> str:
        """Say what became of it, with the server's answer, and lead to who can be helped."""
        state, person, link = mail.get_state_display(), mail.person, mail.speaker_link
        if not mail.answer:
            return state
        tries = "1 Versuch" if mail.attempts == 1 else f"{mail.attempts} Versuche"
        text = format_html("{}<br>{}, {}", state, mail.answer, tries)
        if mail.state != mail.State.FAILED:
            return text
        if person:
            url = reverse("admin:correct_registration", args=[person.pk])
        elif link:
            url = _card(link)
        else:
            return text
        return format_html('{}<br><a href="{}">Adresse berichtigen</a>', text, url)

    @admin.display(description="Nächster Versuch")
    def next_try(self, mail: OutgoingMail) -> str:
        return moment_text(mail.not_before) if mail.state == mail.State.QUEUED else "-"

    @admin.display(description="Nachricht")
    def message(self, mail: OutgoingMail) -> str:
        """Lead to the organisers' text that it carries."""
        if not (message := mail.organiser_message):
            return "-"
        url = reverse("admin:check_message", args=[message.pk])
        return format_html('<a href="{}">{}</a>', url, message)

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
                "Nicht wiederholt wird, was noch wartet, entfallen ist oder eine gelöschte Person "
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
