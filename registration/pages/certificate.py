"""The certificate of attendance: as a page to print, as a PDF, and the page that checks one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crispy_forms.layout import Layout
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from events.models import Series, Talk
from events.pages.requests import SiteRequest
from events.text.fields import LineInput
from registration import certificate_keys as keys
from registration import pdf
from registration.certificates import paper
from registration.certificates.code import Code, Unreadable
from registration.certificates.paper import certificate_of, why_no_certificate
from registration.fields import PersonForm, name_field
from registration.models import Registration, limits
from registration.pages.link_holder import asked_to_wait, read_or_post, shows_again
from registration.pages.mine import LinkHolder, for_link_holder

CHECK = "registration/check_certificate.html"
# Why there is no PDF, by its name in the page's address (`?pdf=`).
NO_PDF = {
    "schrift": "Für die Schrift dieses Namens, oder ein Zeichen im Titel, haben wir keine Vorlage "
    "für ein PDF. Drucken Sie bitte diese Seite, oder speichern Sie sie beim Drucken als PDF: "
    "Die Bescheinigung ist dieselbe.",
    "fehlt": "PDFs können wir gerade nicht schreiben. Drucken Sie bitte diese Seite, oder "
    "speichern Sie sie beim Drucken als PDF: Die Bescheinigung ist dieselbe.",
}


@for_link_holder
def certificate(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    """Show the certificate, or say why there is none."""
    row = holder.own(uuid)
    context = {
        "token": holder.token,
        "row": row,
        "talk": row.talk,
        "certificate": certificate_of(row, Series.load()),
        "obstacle": why_no_certificate(row),
        "offers_pdf": pdf.is_available(),
        "no_pdf": NO_PDF.get(request.GET.get("pdf", "")),
    }
    return render(request, "registration/certificate.html", context)


@for_link_holder
def as_pdf(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    """Send the PDF; where there is none, the page says why."""
    row = holder.own(uuid)
    found = certificate_of(row, Series.load())
    if found is None:
        return _lead_to_page(holder, row)
    try:
        content = paper.as_pdf([found])
    except pdf.Unprintable:
        return _lead_to_page(holder, row, "schrift")
    except pdf.Unavailable:
        return _lead_to_page(holder, row, "fehlt")
    return pdf.as_download(content, f"Bescheinigung-{row.talk.slug}.pdf")


def _lead_to_page(holder: LinkHolder, row: Registration, no_pdf: str = "") -> HttpResponse:
    query = {"pdf": no_pdf} if no_pdf else {}
    return redirect(
        reverse("registration:certificate", args=[holder.token, row.uuid], query=query)
    )


class CodeInput(LineInput):
    """The check code; its value is the code in its parts."""

    def clean(self, value: Any) -> Code:
        try:
            return Code.read(super().clean(value))
        except Unreadable:
            raise forms.ValidationError(
                "Ein Prüfcode hat 16 Zeichen, in vier Gruppen zu vier. Bitte sehen Sie noch "
                "einmal nach."
            ) from None


class CheckForm(PersonForm):
    """Code and name, as they are printed on the certificate."""

    button = "Prüfen"

    code = CodeInput(
        label="Prüfcode",
        help_text="Er steht unten auf der Bescheinigung.",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Bitte geben Sie den Prüfcode ein."},
    )
    name = name_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.help_text = "Name", "So, wie er auf der Bescheinigung gedruckt ist."
        name.error_messages["required"] = "Bitte geben Sie den gedruckten Namen ein."
        # The own name of whoever checks is the wrong one.
        name.widget.attrs["autocomplete"] = "off"

    def layout(self) -> Layout:
        return Layout("code", "name")


@dataclass(frozen=True)
class Checked:
    """What the page says of a certificate; without a talk it is not genuine."""

    name: str
    code: Code
    talk: Talk | None


@never_cache
@read_or_post
@shows_again
def check(request: SiteRequest, code: str = "") -> HttpResponse:
    """Tell whether a certificate is genuine. Nothing is looked up but the talk."""
    data = request.POST if request.method == "POST" else None
    form = CheckForm(data, initial={"code": code})
    context: dict[str, Any] = {"form": form, "has_key": bool(keys.known())}
    if not form.is_valid():
        return render(request, CHECK, context, status=422 if form.is_bound else 200)
    typed: Code = form.cleaned_data["code"]
    if not limits.may_check_certificate(typed.talk_pk, request.visitor):
        return asked_to_wait(request, CHECK, context, limits.seconds_left(limits.HOUR))
    context["answer"] = answer = answer_to(typed, form.cleaned_data["name"])
    if answer.talk:
        context["form"] = CheckForm()
    return render(request, CHECK, context)


def answer_to(code: Code, name: str) -> Checked:
    talk = Talk.objects.filter(pk=code.talk_pk).first()
    is_genuine = talk is not None and code.vouches_for(talk, name)
    return Checked(name, code, talk if is_genuine else None)
