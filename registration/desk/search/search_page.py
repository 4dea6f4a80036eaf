"""The one search in the header of every page of the organisers.

Who may see people searches by POST: a name or an address must not stand in an address, a log or
the browser's history. All others search by GET, and find all but people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from events.models import Municipality, Talk
from events.text.addresses import MAX_EMAIL, canonical_email
from events.text.fields import LineInput
from registration.desk.admin_page import admin_page, require_permission
from registration.models import Message, Registration, SpeakerLink, addresses
from registration.privacy.own_data import Person

SEE_PEOPLE = "registration.view_registration"
# More of a kind are not listed.
MOST = 20


@dataclass(frozen=True)
class Hit:
    """Something that was found: what it is called, and where one works on it."""

    text: str
    url: str
    remark: str = ""


@dataclass(frozen=True)
class Finds:
    """What was found of one kind; `list_url` leads to the list with all of it."""

    heading: str
    hits: Sequence[Hit]
    list_url: str

    @property
    def listed(self) -> Sequence[Hit]:
        return self.hits[:MOST]

    @property
    def has_more(self) -> bool:
        return len(self.hits) > MOST


class SearchForm(forms.Form):
    """What is looked for; an address is looked for as it is kept."""

    q = LineInput(
        min_length=2,
        max_length=MAX_EMAIL,
        error_messages={
            "required": "Bitte geben Sie oben ein, was Sie suchen.",
            "min_length": "Bitte geben Sie oben mindestens zwei Buchstaben ein.",
            "max_length": "Bitte geben Sie oben höchstens 254 Zeichen ein.",
        },
    )

    def clean_q(self) -> str:
        text = self.cleaned_data["q"]
        return addresses.email_key(canonical_email(text)) if "@" in text else text


@sensitive_post_parameters("q")
def search(request: HttpRequest) -> HttpResponse:
    """Show talks, towns and messages of these words and, by POST, people."""
    require_permission(request, *SEARCHES, SEE_PEOPLE)
    if "@" in request.GET.get("q", ""):  # it shall not stay in the address, or in the history
        return redirect("desk_search")
    sent = request.POST if request.method == "POST" else request.GET
    form = SearchForm(sent) if request.method == "POST" or "q" in sent else SearchForm()
    context = {"title": "Suche", "form": form, "most": MOST, "search_typed": sent.get("q", "")}
    if form.is_valid():
        context |= found_by(request, form.cleaned_data["q"])
    status = 422 if form.errors else 200
    return admin_page(request, Talk, "desk/search.html", context, status)


def found_by(request: HttpRequest, text: str) -> dict[str, Any]:
    """Return what `text` finds of what the organiser may see; one query for each kind."""
    is_address, by_post = "@" in text, request.method == "POST"
    may_see = request.user.has_perm
    kinds = [] if is_address else [look for right, look in SEARCHES.items() if may_see(right)]
    found = [look(text) for look in kinds]
    if is_address and by_post and may_see("events.change_talk"):
        found.append(speakers(text))
    context: dict[str, Any] = {
        "searched": text,
        "found": [kind for kind in found if kind.hits],
        "in_vain": [kind.heading for kind in found if not kind.hits],
        # The lists are asked by GET: what may be a name is not handed on to them.
        "query": "" if by_post else urlencode({"q": text}),
    }
    if by_post and may_see(SEE_PEOPLE):
        context["people"] = people_of(text) if is_address else people_named(text)
    return context


def talks(text: str) -> Finds:
    """Find talks, drafts too, the newest first, by the words that the archive looks through."""
    rows = Talk.objects.matching(text).newest().headlines()[: MOST + 1]
    hits = [
        Hit(
            talk.title,
            reverse("admin:events_talk_change", args=[talk.pk]),
            f"{talk.short_date_text}, {talk.get_status_display()}",
        )
        for talk in rows
    ]
    return Finds("Talks", hits, reverse("admin:events_talk_changelist"))


def towns(text: str) -> Finds:
    hits = [
        Hit(
            town.text_with_inhabitants, reverse("admin:events_municipality_change", args=[town.pk])
        )
        for town in Municipality.objects.with_words(text)[: MOST + 1]
    ]
    return Finds("Orte", hits, reverse("admin:events_municipality_changelist"))


def messages(text: str) -> Finds:
    """Find messages by their subject; those of old talks have none any more."""
    rows = Message.objects.filter(subject__icontains=text).select_related("talk")
    hits = [
        Hit(message.subject, reverse("admin:check_message", args=[message.pk]), message.talk.title)
        for message in rows[: MOST + 1]
    ]
    return Finds("Nachrichten", hits, reverse("admin:registration_message_changelist"))


def speakers(key: str) -> Finds:
    """Find the speakers whose link went to this canonical address; their names find the talk."""
    links = SpeakerLink.objects.of(key).with_talks().order_by("-speaker__talk__starts_at", "pk")
    hits = [
        Hit(
            link.speaker.name, reverse("admin:speaker_links", args=[link.talk.pk]), link.talk.title
        )
        for link in links[: MOST + 1]
    ]
    talks_list = reverse("admin:events_talk_changelist")
    return Finds("Referentinnen und Referenten", hits, talks_list)


def people_named(text: str) -> list[tuple[str, str, int]]:
    """Return (canonical address, name, number of registrations) of who may be meant."""
    return list(Registration.objects.names_like(text)[:MOST])


def people_of(key: str) -> list[tuple[str, str, int]]:
    """Return the same for a canonical address, also of who is not registered."""
    person = Person.of(key)
    return [(key, person.name, len(person.registrations))] if person.is_known else []


# What is searched, by the right to see it, in the order of the page.
SEARCHES: dict[str, Callable[[str], Finds]] = {
    "events.view_talk": talks,
    "events.view_municipality": towns,
    "registration.view_message": messages,
}
