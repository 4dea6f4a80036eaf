"""What is to do for the whole site: the legal pages, the register of towns, offers to report."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from events.dates import NBSP
from events.models import Series
from registration import certificate_keys as keys
from registration import pdf
from registration.desk.first_page.desk import MOST_TOWNS, Desk
from registration.desk.first_page.to_do import Link, ToDo, Urgency

NO_KEY = (
    "Es gibt keine Teilnahmebescheinigungen: Auf dem Server fehlt der Schlüssel dafür "
    "(CERTIFICATE_KEY)."
)
NO_PDF = (
    "Bescheinigungen und Berichte gibt es nur als Seiten zum Drucken, nicht als PDF: Auf dem "
    "Server fehlt ein Programm (Pango)."
)


def legal_gaps(desk: Desk) -> Iterator[ToDo]:
    """Say in one line on which legal pages something is missing; each leads to its first field."""
    gaps = desk.series.gaps
    if not gaps:
        return
    first = {gap.page: gap for gap in reversed(gaps)}
    pages = {gap.page: 0 for gap in gaps}
    for gap in gaps:
        pages[gap.page] += 1
    links = tuple(
        Link(f"{page} ({number})", _series_url(desk.series, first[page].field))
        for page, number in pages.items()
    )
    yield ToDo(
        text=f"Auf den Rechtsseiten {_are_missing(len(gaps))}:",
        links=links,
        button="Eintragen",
        url=_series_url(desk.series, gaps[0].field),
        urgency=Urgency.LATER,
    )


def _are_missing(number: int) -> str:
    if number == 1:
        return f"fehlt noch 1{NBSP}Angabe"
    return f"fehlen noch {number}{NBSP}Angaben"


def _series_url(series: Series, field: str) -> str:
    """Return where the field is entered; nobody may have saved the series yet."""
    page = reverse("admin:events_series_add")
    if series.pk:
        page = reverse("admin:events_series_change", args=[series.pk])
    return f"{page}#id_{field}"


def offers(desk: Desk) -> Iterator[ToDo]:
    """Say that towns would like to report and wait for an answer."""
    number = desk.open_offers
    if not number:
        return
    text = f"{number}{NBSP}Kommunen möchten selbst berichten und warten auf Ihre Antwort."
    if number == 1:
        text = "Eine Kommune möchte selbst berichten und wartet auf Ihre Antwort."
    yield ToDo(
        text=text,
        button="Angebot ansehen" if number == 1 else "Angebote ansehen",
        url=f"{reverse('admin:registration_offer_changelist')}?is_answered__exact=0",
        urgency=Urgency.SOON,
    )


def certificates(desk: Desk) -> Iterator[ToDo]:
    """Say that there are no certificates, or none as PDF: only the operators can change it."""
    missing = "" if pdf.is_available() else NO_PDF
    if missing := missing if keys.current() else NO_KEY:
        whom = settings.OPERATOR_CONTACT or "den Menschen, die den Server betreiben"
        yield ToDo(
            text=f"{missing} Sagen Sie es bitte {whom}.",
            button="Im Handbuch nachlesen",
            url=f"{reverse('admin:handbook')}#bescheinigungen",
            urgency=Urgency.LATER,
        )


def towns(desk: Desk) -> Iterator[ToDo]:
    """Name towns of which nobody has said in which Land they lie."""
    found = desk.towns_without_land
    if not found:
        return
    names = ", ".join(town.name for town in found[:MOST_TOWNS])
    more = " und weiteren" if len(found) > MOST_TOWNS else ""
    listed = f"{reverse('admin:events_municipality_changelist')}?land__exact="
    one = f"{reverse('admin:events_municipality_change', args=[found[0].pk])}#id_land"
    yield ToDo(
        text=f"Bei {names}{more} fehlt das Land. Es steht auf dem Ortsschild, und die Auswahl "
        "nach Ländern braucht es.",
        button="Land wählen",
        url=one if len(found) == 1 else listed,
        urgency=Urgency.LATER,
    )
