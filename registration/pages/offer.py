"""Selbst berichten: a town offers to report in a talk, and the organisers write back."""

from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Hidden, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache

from events.pages.requests import SiteRequest
from events.text.fields import LineInput
from registration.fields import TOO_LONG, PersonForm, QuestionInput, email_field, name_field
from registration.models import Offer, addresses, limits
from registration.models.offer import MAX_SUBJECT
from registration.pages import form_stamp
from registration.pages.link_holder import asked_to_wait, read_or_post, shows_again

TEMPLATE = "registration/offer.html"
ONCE_MORE = (
    "Das ging so schnell, dass es ein Programm gewesen sein könnte. Gespeichert ist noch nichts. "
    "Bitte sehen Sie Ihre Angaben durch und senden Sie sie noch einmal ab."
)


class OfferForm(PersonForm):
    """Who would like to report, and on what."""

    button = "Angebot abschicken"
    data: MultiValueDict[str, Any]

    town = LineInput(
        label="Ihre Kommune",
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"required": "Bitte nennen Sie Ihre Kommune.", "max_length": TOO_LONG},
    )
    subject = QuestionInput(
        label="Worüber möchten Sie berichten?",
        help_text="Zwei, drei Sätze genügen: Was haben Sie gemacht, und was können andere lernen?",
        max_length=MAX_SUBJECT,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "required": "Bitte schreiben Sie in ein, zwei Sätzen, worum es geht.",
            "max_length": TOO_LONG,
        },
    )
    name = name_field()
    email = email_field(help_text="Dorthin schreiben wir Ihnen, sonst an niemanden.")
    # A trap, as in the form for a sign-up.
    website = forms.Field(
        label="Bitte leer lassen",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.Field(required=False, widget=forms.HiddenInput)

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.add_input(Hidden("opened", form_stamp.new()))
        return helper

    def layout(self) -> Layout:
        trap = Field("website", wrapper_class="honeypot")
        return Layout("town", "subject", "name", "email", trap)

    def clean_town(self) -> str:
        return self._canonical("town", addresses.clean_line)

    def clean(self) -> dict[str, Any]:
        """Let a program's form be sent once more: it will not be, and a person's will.

        The trap is emptied, in case a password manager has filled it in.
        """
        answers = super().clean()
        is_suspect = answers["website"] or not form_stamp.is_plausible(answers["opened"])
        if is_suspect and not self.errors:
            self.data = self.data.copy()
            self.data["website"] = ""
            raise ValidationError(ONCE_MORE)
        return answers


@never_cache
@read_or_post
@shows_again
def offer(request: SiteRequest) -> HttpResponse:
    """Take an offer; organisers hear of it by mail (registration/desk/notices.py)."""
    form = OfferForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "offer_months": settings.OFFER_MONTHS}
    if not form.is_valid():
        return render(request, TEMPLATE, context, status=422 if form.is_bound else 200)
    answers = form.cleaned_data
    verdict = limits.judge_form(answers["email"], request.visitor)
    if verdict.wait:
        return asked_to_wait(request, TEMPLATE, context, verdict.wait)
    Offer.objects.take(
        town=answers["town"],
        name=answers["name"],
        email=answers["email"],
        subject=answers["subject"],
    )
    return redirect("registration:offer_thanks")
