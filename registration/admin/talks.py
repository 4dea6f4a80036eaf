"""A talk with its people: `TalkAdmin` is registered here, not in `events`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html

from events.admin import TalkAdmin
from events.desk.change_words import TellsFromTo
from events.models import Talk
from registration.desk.admin_page import admin_urls, names_text
from registration.desk.figures import feedback_page, missing_towns, statistics
from registration.desk.figures.funder import pages as funder_pages
from registration.desk.list_filters import list_of_people
from registration.desk.messages import announcement, recap_mail, tell_of_change
from registration.desk.speakers import consents, links, proposals
from registration.desk.speakers import files as proposed_files
from registration.mail.speaker_reminders import SETTLED, misinformed
from registration.models import ProposedChange, Registration, SpeakerLink

# What speakers are told of a talk whenever it changes.
DATES = {"starts_at", "ends_at", "status", "check_at", "check_url", "meeting_url"}


@admin.register(Talk)
class TalkWithRegistrationsAdmin(TellsFromTo, TalkAdmin):
    """A talk with its people: they are counted, told of changes, and move up from the queue."""

    list_display = [*TalkAdmin.list_display, "registrations_link"]

    def get_urls(self) -> list[URLPattern]:
        of_mails = [*tell_of_change.URLS, *announcement.URLS, *recap_mail.URLS]
        of_figures = [*statistics.URLS, *missing_towns.URLS, *funder_pages.URLS]
        of_speakers = [*links.URLS, *proposals.URLS, *proposed_files.URLS, *consents.URLS]
        pages = [*of_figures, *feedback_page.URLS, *of_mails, *of_speakers]
        return [*admin_urls(pages), *super().get_urls()]

    def said_above(self, request: HttpRequest, talk: Talk) -> dict[str, Any]:
        """Say who does not know yet what the talk is now, and who will hear of it."""
        if not self.has_change_permission(request, talk):
            return {}
        untold = tell_of_change.untold_of(Talk.objects.filter(pk=talk.pk))
        waiting = ProposedChange.objects.open().in_talk(talk).count()
        said: dict[str, Any] = {"untold": untold, "proposals_waiting": waiting}
        if talk.is_to_announce:
            said["announcement"] = announcement.announcement_of(talk)
        return said

    @admin.display(description="Angemeldet")
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
        if not change:
            self._say_where_links_go_out(request, form.instance)
        elif not DATES.isdisjoint(form.changed_data):
            self._say_which_speakers_hear(request, form.instance)

    def _say_what_is_announced(self, request: HttpRequest, talk: Talk) -> None:
        """Say whom the talk that is published now will be announced to, and where to stop it."""
        if talk.is_to_announce and (news := announcement.announcement_of(talk)).number:
            link = format_html('<a href="{}">Ansehen und anhalten …</a>', news.url)
            self.message_user(request, format_html("{}. {}", news.text, link))

    def _say_where_links_go_out(self, request: HttpRequest, talk: Talk) -> None:
        """After a new talk, lead to the links with which its speakers bring text and picture."""
        if names := [speaker.name for speaker in talk.speakers.all()]:
            page = reverse("admin:speaker_links", args=[talk.pk])
            link = format_html('<a href="{}">Link verschicken …</a>', page)
            said = "{} kann Text, Bild und Folien selbst vorschlagen. {}"
            if len(names) > 1:
                said = "{} können Text, Bild und Folien selbst vorschlagen. {}"
            self.message_user(request, format_html(said, names_text(names), link))

    def _say_which_speakers_hear(self, request: HttpRequest, talk: Talk) -> None:
        """Say that the worker tells the speakers by itself, so that nobody looks for a button."""
        links = misinformed(SpeakerLink.objects.filter(speaker__talk=talk))
        if names := [link.speaker.name for link in links]:
            hear = "erfährt" if len(names) == 1 else "erfahren"
            minutes = round(SETTLED.total_seconds() / 60)
            said = f"{names_text(names)} {hear} das in {minutes} Minuten von selbst per E-Mail."
            self.message_user(request, said)
