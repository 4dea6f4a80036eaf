"""Meine Anmeldung: what the holder of a link sees and may do, by buttons that post."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from events import calendar
from events.models import Material, Series
from events.pages.files import calendar_file, serve_file
from events.pages.requests import SiteRequest
from registration import certificate_keys as keys
from registration.models import (
    Interest,
    NotBookable,
    Registration,
    SpeakerLink,
    address_change,
    links,
)
from registration.pages.forms import DetailsForm, HandOverForm, QuestionForm
from registration.pages.link_holder import dead_link, read_or_post, shows_again
from registration.privacy import own_data
from registration.privacy.own_data import Person

State = Registration.State


@dataclass(frozen=True)
class LinkHolder:
    """The participant who holds a link: its token, the row that it names, all their rows."""

    token: str
    row: Registration
    rows: list[Registration]

    @property
    def email_key(self) -> str:
        """Their canonical address: a row that still has a link has an address."""
        return cast(str, self.row.email_key)

    def own(self, uuid: UUID) -> Registration:
        """Return their row `uuid`; raise Http404 for a row of somebody else."""
        for row in self.rows:
            if row.uuid == uuid:
                return row
        raise Http404


def for_link_holder(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the holder of the link; nobody stores the page."""

    @never_cache
    @read_or_post
    @wraps(view)
    def wrapped(request: SiteRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        rows = list(Registration.objects.of_token(token).with_talks().with_queue_position())
        if not rows:
            return dead_link(request)
        key = links.key_of(token, links.PURPOSE_MINE)
        row = next(row for row in rows if row.key == key)
        return view(request, LinkHolder(token, row, rows), **kwargs)

    return wrapped


def one_per_talk(rows: list[Registration]) -> list[Registration]:
    """Keep one row per talk: the live one, else the last of `rows`.

    Whoever came back to a talk has a cancelled row of it too.
    """
    shown: dict[int, Registration] = {}
    for row in rows:
        before = shown.get(row.talk_id)
        if before is None or row.is_live or not before.is_live:
            shown[row.talk_id] = row
    return [row for row in rows if shown[row.talk_id] is row]


@for_link_holder
def mine(request: HttpRequest, holder: LinkHolder) -> HttpResponse:
    registrations = one_per_talk(holder.rows)
    left = request.GET.get("abgemeldet", "")
    context = {
        "token": holder.token,
        "person": holder.row,
        "registrations": registrations,
        "next": next((row for row in registrations if row.leads_in), None),
        "may_change_address": address_change.anchor_of(registrations) is not None,
        "left": next((row for row in registrations if str(row.uuid) == left), None),
        "interest": Interest.objects.active().of(holder.email_key).first(),
        "offers_certificates": keys.current() is not None,
        "certified": {row.pk for row in registrations if row.has_certificate},
        "notice": NOTICES.get(request.GET.get("stand", "")),
    }
    return render(request, "registration/mine.html", context)


# What the page says after a button: tone and text, by their name in the address (`?stand=`).
# Visitors get no cookie that could carry the message.
NOTICES = {
    "bestaetigt": ("ok", "Ihre Anmeldung ist bestätigt. Wir haben Ihnen eine E-Mail geschickt."),
    "geaendert": ("ok", "Ihre Angaben sind gespeichert."),
    "adresse": (
        "wait",
        "Bitte schauen Sie in das neue Postfach. Erst der Knopf in der E-Mail dort ändert die "
        "Adresse. Bis dahin gilt die bisherige.",
    ),
    "wieder": ("ok", "Sie sind wieder dabei. Wir haben Ihnen eine E-Mail geschickt."),
    "warten": ("wait", "Sie stehen auf der Warteliste. Wir haben Ihnen eine E-Mail geschickt."),
    "bestaetigen": ("wait", "Bitte klicken Sie auf den Link in der E-Mail an Sie."),
    "frage": ("ok", "Ihre Frage ist gespeichert."),
    "frage_zurueck": ("ok", "Ihre Frage ist zurückgezogen."),
    "frage_zu_spaet": ("wait", "Ihre Frage lässt sich nicht mehr ändern."),
    "voll": ("wait", "Für diesen Talk ist gerade keine Anmeldung möglich."),
    "abgemeldet": ("ok", "Sie sind abgemeldet."),
    "vorbei": ("wait", "Das ist für diesen Talk nicht mehr möglich. Ihr Stand steht unten."),
}
# The notice for whoever came back, by the state they have now.
CAME_BACK: dict[str, str] = {
    State.CONFIRMED: "wieder",
    State.WAITING: "warten",
    State.PENDING: "bestaetigen",
}


def address_of(token: str, notice: str = "", left: Registration | None = None) -> str:
    """Return where the page says what `notice` names in NOTICES, and which talk was `left`."""
    query = {"stand": notice} if notice else {}
    query |= {"abgemeldet": str(left.uuid)} if left else {}
    return reverse("registration:mine", args=[token], query=query)


def lead_back(
    holder: LinkHolder, notice: str = "", left: Registration | None = None
) -> HttpResponse:
    return redirect(address_of(holder.token, notice, left))


@for_link_holder
def cancel(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    """Ask first: the seat is gone with the click, and in a full talk for good."""
    row = holder.own(uuid)
    if row.may_leave and request.method == "POST":
        row.cancel()
    if row.may_leave:
        context = {"registration": row, "talk": row.talk, "token": holder.token}
        return render(request, "registration/cancel.html", context)
    has_left = row.state == State.CANCELLED
    return lead_back(holder, "abgemeldet" if has_left else "vorbei", row if has_left else None)


@for_link_holder
def come_back(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    """Sign up again with what is known, at the end of the queue."""
    row = holder.own(uuid)
    if request.method != "POST":
        return lead_back(holder)
    if not row.may_come_back:
        return lead_back(holder, "voll")
    try:
        (back,) = Registration.objects.sign_up(
            [row.talk],
            name=row.name or "",
            email=row.email or "",
            organisation=row.organisation or "",
            questions={row.talk_id: row.question or ""},
        )
    except NotBookable:
        return lead_back(holder, "voll")
    return lead_back(holder, CAME_BACK[back.state])


@for_link_holder
@shows_again
def hand_over(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    row = holder.own(uuid)
    if not row.may_be_handed_over:
        return lead_back(holder, "vorbei")
    data = request.POST if request.method == "POST" else None
    form = HandOverForm(data, own_key=holder.email_key)
    if form.is_valid():
        row.hand_over(**form.cleaned_data)
        return redirect("registration:handed_over")
    context = {"form": form, "token": holder.token, "registration": row, "talk": row.talk}
    status = 422 if form.is_bound else 200
    return render(request, "registration/hand_over.html", context, status=status)


@for_link_holder
@shows_again
def question(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    """Show the question to the speakers, to change it; an empty one withdraws it."""
    row = holder.own(uuid)
    if not row.may_ask:
        return lead_back(holder, "frage_zu_spaet")
    data = request.POST if request.method == "POST" else None
    form = QuestionForm(data, initial={"question": row.question or ""})
    if form.is_valid():
        asked = form.cleaned_data["question"]
        if not row.ask(asked):
            return lead_back(holder, "frage_zu_spaet")
        return lead_back(holder, "frage" if asked else "frage_zurueck")
    context = {"form": form, "token": holder.token, "row": row, "talk": row.talk}
    status = 422 if form.is_bound else 200
    return render(request, "registration/question.html", context, status=status)


@for_link_holder
@shows_again
def details(request: HttpRequest, holder: LinkHolder) -> HttpResponse:
    """Change name and organisation, but not of talks that have begun."""
    rows = [row for row in holder.rows if row.may_be_renamed]
    shown = holder.row if holder.row in rows or not rows else rows[-1]
    known = {"name": shown.name, "organisation": shown.organisation}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=known)
    if rows and form.is_valid():
        Registration.objects.change_person(rows, **form.cleaned_data)
        return lead_back(holder, "geaendert")
    status = 422 if rows and form.is_bound else 200
    kept = [row for row in one_per_talk(holder.rows) if not row.may_be_renamed]
    context = {"form": form, "token": holder.token, "may_change": bool(rows), "kept": kept}
    return render(request, "registration/details.html", context, status=status)


@for_link_holder
def erase(request: HttpRequest, holder: LinkHolder) -> HttpResponse:
    if request.method == "POST":
        Registration.objects.erase_person(holder.email_key)
        return redirect("registration:erased")
    leaving = [row for row in holder.rows if row.is_booked and row.is_cancellable]
    speaks = SpeakerLink.objects.of(holder.email_key).with_talks()
    context = {"token": holder.token, "leaving": leaving}
    context["speaks_in"] = [link.talk for link in speaks]
    return render(request, "registration/erase.html", context)


@for_link_holder
def data(request: HttpRequest, holder: LinkHolder) -> JsonResponse:
    """Give the participant all that is stored about them (Art. 15 and 20 DSGVO)."""
    return own_data.file(Person.of(holder.email_key), "meine-daten.json")


@for_link_holder
def talk_calendar(request: HttpRequest, holder: LinkHolder, uuid: UUID) -> HttpResponse:
    talk, series = holder.own(uuid).talk, Series.load()
    content = calendar.published([talk], site_url=settings.SITE_URL, series=series)
    return calendar_file(content, talk.slug)


@for_link_holder
def material(request: HttpRequest, holder: LinkHolder, pk: int) -> FileResponse:
    """Serve a PDF to those who have a seat in its talk."""
    found = get_object_or_404(Material.objects.files(), pk=pk)
    if found.talk_id not in {row.talk_id for row in holder.rows if row.is_confirmed}:
        raise Http404
    name = found.file.name or ""
    return serve_file(name, "application/pdf", title=found.title, is_public=False)
