"""Who does not know yet what has become of their talk, and the page that tells them.

What each person was told last is remembered with the registration (`RegistrationQuerySet.untold`).
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from events.dates import NBSP
from events.models import Talk
from events.text.fields import LinesInput
from registration.desk.admin_page import (
    DeskUrl,
    admin_page,
    mails_go_out_text,
    mails_text,
    posted,
    require_permission,
)
from registration.desk.messages import mail_previews
from registration.mail.examples import EXAMPLES, Example
from registration.models import Registration
from registration.privacy import history


@dataclass(frozen=True)
class Untold:
    """How many people of a talk do not know yet what it is now."""

    talk: Talk
    number: int

    @property
    def text(self) -> str:
        """Return `46 Personen wissen noch nicht, dass der Talk abgesagt ist`."""
        talk = self.talk
        if self.number == 1:
            who = f"1{NBSP}Person weiß noch nicht, "
        else:
            who = f"{self.number}{NBSP}Personen wissen noch nicht, "
        if talk.status == talk.Status.CANCELLED:
            return f"{who}dass der Talk abgesagt ist"
        if talk.status == talk.Status.POSTPONED:
            return f"{who}dass der Talk verschoben ist"
        return f"{who}was jetzt gilt: {talk.when_text}"

    @property
    def url(self) -> str:
        return reverse("admin:tell_of_change", args=[self.talk.pk])


def untold_of(talks: models.QuerySet[Talk]) -> list[Untold]:
    """Return what the people of these talks are still to be told, the next talk first."""
    numbers = Registration.objects.filter(talk__in=talks).untold_by_talk()
    if not numbers:
        return []
    found = Talk.objects.filter(pk__in=numbers).order_by("starts_at", "pk")
    return [Untold(talk, numbers[talk.pk]) for talk in found]


class WordsForm(forms.Form):
    """What organisers add to the mail in their own words, and what of it they have seen in it."""

    words = LinesInput(
        label="Ein Satz von Ihnen dazu (freiwillig)",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3, "aria-describedby": "words-help"}),
        error_messages={
            "max_length": "Bitte höchstens 500 Zeichen: Jetzt sind es %(show_value)d."
        },
    )
    seen = LinesInput(required=False, widget=forms.HiddenInput)

    @property
    def is_seen(self) -> bool:
        """Whether the mail was shown with these very words."""
        return bool(self.cleaned_data["words"] == self.cleaned_data["seen"])


def tell_of_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the mail and how many get it; one button sends it, another says that it need not be.

    Only a new title may be left unsaid: who keeps a wrong date comes in vain. Words of one's own
    are shown in the mail before they are sent.
    """
    talk = get_object_or_404(Talk.objects.with_parts(), pk=pk)
    require_permission(request, "events.change_talk")
    change_page = reverse("admin:events_talk_change", args=[pk])
    form = WordsForm(posted(request))
    if "dismiss" in request.POST:
        _dismiss(request, talk)
        return redirect(change_page)
    if form.is_valid() and "show" not in request.POST and form.is_seen:
        _tell(request, talk, form.cleaned_data["words"])
        return redirect(change_page)
    context = _what_to_tell(talk, form) | {"talk": talk, "change_page": change_page}
    status = 422 if form.errors else 200
    return admin_page(request, Talk, "events/talk/tell_of_change.html", context, status)


def as_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the HTML of the mail, with the words of the form that was sent."""
    talk = get_object_or_404(Talk.objects.with_parts(), pk=pk)
    require_permission(request, "events.change_talk")
    form = WordsForm(posted(request))
    words = form.cleaned_data["words"] if form.is_valid() else ""
    return mail_previews.html_of(example_for(talk).message(talk, words))


def _what_to_tell(talk: Talk, form: WordsForm) -> dict[str, Any]:
    """Return what the page shows: who does not know yet, and the mail with the words so far."""
    untold = Registration.objects.in_talk(talk).untold()
    knows_all_but_title = not untold.with_another_date().exists()
    found = example_for(talk)
    words = form.cleaned_data.get("words", "") if form.is_bound else ""
    return {
        "title": "Angemeldete benachrichtigen?",
        "with_seat": untold.confirmed().count(),
        "waiting": untold.waiting().count(),
        "is_over": talk.is_taking_place and talk.is_past,
        "knows_all_but_title": knows_all_but_title,
        "names_old_date": talk.is_taking_place and not knows_all_but_title,
        "form": form,
        "words": words,
        "example": found,
        "message": found.message(talk, words),
    }


def _tell(request: HttpRequest, talk: Talk, words: str) -> None:
    number = len(Registration.objects.tell_of_change(talk, words))
    with_words = ", mit eigenem Satz" if words and number else ""
    said = f"Angemeldete benachrichtigt: {mails_text(number)}{with_words}."
    history.write_about_talk(request, talk, said)
    messages.info(request, mails_go_out_text(number))


def _dismiss(request: HttpRequest, talk: Talk) -> None:
    number = Registration.objects.in_talk(talk).dismiss_title()
    said = f"Wegen des neuen Titels geht keine Mail hinaus ({number} Angemeldete)."
    history.write_about_talk(request, talk, said)
    messages.info(request, said)


def example_for(talk: Talk) -> Example:
    """Return the example of the mail that fits what has become of the talk."""
    names = {
        Talk.Status.CANCELLED.value: "talk_cancelled",
        Talk.Status.POSTPONED.value: "talk_postponed",
    }
    name = names.get(talk.status, "talk_changed")
    return next(found for found in EXAMPLES if found.name == name)


def has_news_for_people(before: Talk) -> bool:
    """Whether a save has changed what people have in their calendars, and concerns them.

    `before` is the talk as it was read before the save. Its change number rises with every new
    title, date or status.
    """
    talk = Talk.objects.get(pk=before.pk)
    is_changed = talk.change_no != before.change_no
    return is_changed and Registration.objects.in_talk(talk).untold().exists()


URLS: list[DeskUrl] = [
    ("<int:pk>/benachrichtigen/", tell_of_change, "tell_of_change"),
    ("<int:pk>/benachrichtigen/html/", as_html, "tell_of_change_html"),
]
