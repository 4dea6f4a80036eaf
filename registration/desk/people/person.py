"""The organisers' pages about one person across all talks: find, tell (Art. 15), erase (Art. 17).

Every page is asked for by POST: logs keep the addresses of pages, and no e-mail address may be
part of one.
"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from events.text.addresses import MAX_EMAIL, canonical_email
from events.text.fields import LineInput
from registration.desk.admin_page import DeskUrl, admin_page, posted, require_permission
from registration.desk.people.participants import PERSON
from registration.desk.people.person_page import mail_lines
from registration.models import Erasure, Registration, addresses
from registration.privacy import history, own_data
from registration.privacy.letter import Letter
from registration.privacy.own_data import Person

# More namesakes than this are not listed: a longer name narrows them down.
MOST_LISTED = 50


class PersonSearchForm(forms.Form):
    """Whom an organiser looks for: an address, or a part of a name."""

    who = LineInput(
        label="E-Mail-Adresse oder Name",
        min_length=2,
        max_length=MAX_EMAIL,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Bitte geben Sie eine Adresse oder einen Namen ein.",
            "min_length": "Bitte geben Sie mindestens zwei Buchstaben ein.",
        },
    )

    def clean_who(self) -> str:
        """Return the address as it is kept, or the piece of a name."""
        who = self.cleaned_data["who"]
        return addresses.email_key(canonical_email(who)) if "@" in who else who

    @property
    def is_address(self) -> bool:
        return self.is_valid() and "@" in self.cleaned_data["who"]


@sensitive_post_parameters("who")
def find_person(request: HttpRequest) -> HttpResponse:
    """Show all that is kept about an address; for a piece of a name, who it may be."""
    require_permission(request, "registration.view_registration")
    form = PersonSearchForm(posted(request))
    context = {"title": "Person suchen", "form": form}
    if form.is_address:
        person = Person.of(form.cleaned_data["who"])
        if person.registrations:
            return redirect(PERSON, person.registrations[-1].pk)
        context |= {"person": person, "lines": mail_lines(person)}
    elif form.is_valid():
        found = Registration.objects.names_like(form.cleaned_data["who"])
        context |= {"found": found[:MOST_LISTED], "most": MOST_LISTED}
    status = 422 if form.errors else 200
    return admin_page(request, Registration, "registration/person/find.html", context, status)


@sensitive_post_parameters("who")
def person_data(request: HttpRequest) -> HttpResponse:
    """Say what the file holds, then give it (Art. 15 and 20 DSGVO)."""
    require_permission(request, "registration.export_registration")
    person = asked_for(request)
    if person is None:
        return redirect("admin:find_person")
    if "ja" not in request.POST:
        context = {"title": "Auskunft erteilen", "person": person}
        return admin_page(request, Registration, "registration/person/data.html", context)
    log(request, person, "Auskunft erteilt.")
    return own_data.file(person, "auskunft.json")


@sensitive_post_parameters("who")
def person_letter(request: HttpRequest) -> HttpResponse:
    """Give the same as a letter to print, with what Art. 15 (1) DSGVO asks to be said beside."""
    require_permission(request, "registration.export_registration")
    person = asked_for(request)
    if person is None:
        return redirect("admin:find_person")
    log(request, person, "Auskunft erteilt.")
    context = {"title": "Auskunft als Brief", "letter": Letter.to(person), "person": person}
    return admin_page(request, Registration, "registration/letter/letter.html", context)


@sensitive_post_parameters("who")
def erase_person(request: HttpRequest) -> HttpResponse:
    """Ask, then erase everything (Art. 17 DSGVO)."""
    require_permission(request, "registration.erase_registration")
    person = asked_for(request)
    if person is None:
        return redirect("admin:find_person")
    if "ja" not in request.POST:
        context = {"title": "Alle Angaben löschen", "person": person}
        return admin_page(request, Registration, "registration/person/erase.html", context)
    Registration.objects.erase_person(person.key, Erasure.Reason.ORGANISER)
    log(request, person, "Alle Angaben der Person gelöscht.")
    messages.info(request, "Alle Angaben der Person sind gelöscht.")
    return redirect("admin:find_person")


def asked_for(request: HttpRequest) -> Person | None:
    """Return the person whose address was sent; None without one, or if nothing is kept."""
    form = PersonSearchForm(request.POST)
    person = Person.of(form.cleaned_data["who"]) if form.is_address else None
    return person if person and person.is_known else None


def log(request: HttpRequest, person: Person, message: str) -> None:
    """Write it into the history; if only mails are left of the person, no row can be named."""
    if person.rows:
        history.write(request, person.rows, message)
    else:
        history.write_about_everybody(request, message)


URLS: list[DeskUrl] = [
    ("person/", find_person, "find_person"),
    ("person/auskunft/", person_data, "person_data"),
    ("person/auskunft/brief/", person_letter, "person_letter"),
    ("person/loeschen/", erase_person, "erase_person"),
]
