"""The organisers' pages about one person across all talks: find, tell (Art. 15), erase (Art. 17).

Everything is asked for by POST: an address must not stand in one of ours, which logs would keep.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from registration.models import Erasure, Registration, addresses
from registration.privacy import history, own_data
from registration.privacy.own_data import Person

# More namesakes than this are not listed: a longer name narrows them down.
MOST_LISTED = 50


class PersonForm(forms.Form):
    """Whom it is about: an address, or a part of a name."""

    who = forms.CharField(
        label="E-Mail-Adresse oder Name",
        min_length=2,
        max_length=addresses.MAX_EMAIL,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Bitte geben Sie eine Adresse oder einen Namen ein.",
            "min_length": "Bitte geben Sie mindestens zwei Buchstaben ein.",
        },
    )

    def clean_who(self):
        """Return the address as it is kept, or the piece of a name."""
        who = self.cleaned_data["who"]
        return addresses.email_key(addresses.canonical_email(who)) if "@" in who else who

    @property
    def is_address(self) -> bool:
        return self.is_valid() and "@" in self.cleaned_data["who"]


class FindsPeople(admin.ModelAdmin):
    """Adds them to the admin of the registrations."""

    def get_urls(self):
        pages = [
            ("person/", self.find_person, "find_person"),
            ("person/auskunft/", self.person_data, "person_data"),
            ("person/loeschen/", self.erase_person, "erase_person"),
        ]
        view = self.admin_site.admin_view
        return [
            *(path(route, view(page), name=name) for route, page, name in pages),
            *super().get_urls(),
        ]

    @method_decorator(sensitive_post_parameters("who"))
    def find_person(self, request):
        """Show all that is kept about an address; for a piece of a name, who it may be."""
        self._refuse_without(request, "view")
        form = PersonForm(request.POST if request.method == "POST" else None)
        context = {"title": "Person suchen", "form": form}
        if form.is_address:
            context["person"] = Person.of(form.cleaned_data["who"])
        elif form.is_valid():
            found = Registration.objects.names_like(form.cleaned_data["who"])
            context |= {"found": found[:MOST_LISTED], "most": MOST_LISTED}
        return self._person_page(request, "find", context, 422 if form.errors else 200)

    @method_decorator(sensitive_post_parameters("who"))
    def person_data(self, request):
        """Say what the file holds, then give it (Art. 15 and 20 DSGVO)."""
        person = self._person(request, "export")
        if person is None:
            return redirect("admin:find_person")
        if "ja" not in request.POST:
            context = {"title": "Auskunft erteilen", "person": person}
            return self._person_page(request, "data", context)
        self._log_person(request, person, "Auskunft erteilt.")
        return own_data.file(person, "auskunft.json")

    @method_decorator(sensitive_post_parameters("who"))
    def erase_person(self, request):
        """Ask, then erase everything (Art. 17 DSGVO)."""
        person = self._person(request, "erase")
        if person is None:
            return redirect("admin:find_person")
        if "ja" not in request.POST:
            context = {"title": "Alle Angaben löschen", "person": person}
            return self._person_page(request, "erase", context)
        Registration.objects.erase_person(person.key, Erasure.Reason.ORGANISER)
        self._log_person(request, person, "Alle Angaben der Person gelöscht.")
        self.message_user(request, "Alle Angaben der Person sind gelöscht.")
        return redirect("admin:find_person")

    def _person(self, request, right):
        """Return who was asked for; None if nobody was, or nothing is kept of them."""
        self._refuse_without(request, right)
        form = PersonForm(request.POST)
        person = Person.of(form.cleaned_data["who"]) if form.is_address else None
        return person if person and person.is_known else None

    def _log_person(self, request, person, message):
        if person.rows:
            history.write(request.user, person.rows, CHANGE, message)
        else:
            history.write_export(request.user, None, message)

    def _refuse_without(self, request, right):
        if not request.user.has_perm(f"registration.{right}_registration"):
            raise PermissionDenied

    def _person_page(self, request, template, context, status=200):
        context |= {**self.admin_site.each_context(request), "opts": self.opts}
        page = f"admin/registration/person/{template}.html"
        return render(request, page, context, status=status)
