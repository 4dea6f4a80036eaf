"""The organisers' sheets of certificates: those of a whole talk, and one for a person who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from events.models import Series, Talk
from registration import certificate_keys as keys
from registration import pdf
from registration.certificates import paper
from registration.certificates.paper import Certificate, certificate_of, why_no_certificate
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.desk.people.participants import (
    VIEW_OR_CHANGE,
    get_talk,
    page_about_talk,
)
from registration.desk.people.surnames import by_surname
from registration.models import Registration

# A PDF of more would keep others waiting too long; the page to print has no end.
MOST_IN_PDF = 100
NO_PDF = "PDFs kann diese Website gerade nicht schreiben. Drucken Sie bitte diese Seite."


def of_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the certificates of all who may have one, each on a sheet of its own."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    people = people_of(talk)
    found = certificates_of(people, Series.load())
    context = {
        "title": "Bescheinigungen",
        "certificates": found,
        "unknown": len(people) - len(found),
        "has_key": keys.current() is not None,
        "offers_pdf": pdf.is_available() and 0 < len(found) <= MOST_IN_PDF,
        "is_too_many": len(found) > MOST_IN_PDF,
        "most": MOST_IN_PDF,
        "no_pdf": why_no_pdf(request, [each.name for each in found]),
    }
    return page_about_talk(request, "certificates", talk, context)


def of_talk_as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    found = certificates_of(people_of(talk), Series.load())
    page = reverse("admin:print_certificates", args=[pk])
    if not 0 < len(found) <= MOST_IN_PDF:
        return redirect(page)
    return pdf_or_page(found, f"Bescheinigungen-{talk.slug}.pdf", page)


def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person's certificate; without one, say why."""
    require_permission(request, *VIEW_OR_CHANGE)
    row = get_row(pk)
    found = certificates_of([row], Series.load())
    context = {
        "title": f"Bescheinigung für {row.name}",
        "row": row,
        "certificates": found,
        "obstacle": why_no_certificate(row),
        "offers_pdf": pdf.is_available(),
        "no_pdf": why_no_pdf(request, [row.name or ""]),
    }
    return admin_page(request, Registration, "registration/person/certificate.html", context)


def of_person_as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    require_permission(request, *VIEW_OR_CHANGE)
    row = get_row(pk)
    found = certificates_of([row], Series.load())
    page = reverse("admin:person_certificate", args=[pk])
    if not found:
        return redirect(page)
    return pdf_or_page(found, f"Bescheinigung-{row.talk.slug}.pdf", page)


def people_of(talk: Talk) -> list[Registration]:
    """Return who has a seat in `talk`, which each of them shares with its speakers."""
    people = list(Registration.objects.in_talk(talk).confirmed().named())
    for row in people:
        row.talk = talk
    return people


def get_row(pk: int) -> Registration:
    rows = Registration.objects.named().select_related("talk")
    return get_object_or_404(rows.prefetch_related("talk__speakers"), pk=pk)


def certificates_of(rows: list[Registration], series: Series) -> list[Certificate]:
    """Return the certificates of these rows, by surname."""
    ordered = sorted(rows, key=lambda row: by_surname(row.name))
    return [found for row in ordered if (found := certificate_of(row, series))]


def pdf_or_page(found: list[Certificate], name: str, page: str) -> HttpResponse:
    """Send the PDF; where it cannot be written, lead to the page, which says why."""
    try:
        content = paper.as_pdf(found)
    except pdf.Unavailable:
        return redirect(f"{page}?pdf=fehlt")
    except pdf.Unprintable:
        return redirect(f"{page}?pdf=schrift")
    return pdf.as_download(content, name)


def why_no_pdf(request: HttpRequest, names: list[str]) -> str:
    """Say why the page was shown instead of the PDF that was asked for; "" if none was."""
    asked: Any = request.GET.get("pdf")
    if asked == "fehlt":
        return NO_PDF
    if asked != "schrift":
        return ""
    unprintable = [name for name in names if not all(map(pdf.is_printable, name))]
    whose = f" ({', '.join(unprintable)})" if unprintable else ""
    return (
        f"Für die Schrift eines Namens{whose}, oder ein Zeichen im Titel, haben wir keine Vorlage "
        "für ein PDF. Drucken Sie bitte diese Seite."
    )


URLS: list[DeskUrl] = [
    ("talk/<int:pk>/bescheinigungen/", of_talk, "print_certificates"),
    ("talk/<int:pk>/bescheinigungen.pdf", of_talk_as_pdf, "certificates_pdf"),
    ("<int:pk>/bescheinigung/", of_person, "person_certificate"),
    ("<int:pk>/bescheinigung.pdf", of_person_as_pdf, "person_certificate_pdf"),
]
