"""Meine Anmeldung: what the holder of a link sees and may do, by buttons that post."""

from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events import calendar
from events.models import Material
from events.pages.files import serve_file
from registration.models import Interest, NotBookable, Registration, links
from registration.pages.forms import DetailsForm, HandOverForm
from registration.pages.link_holder import dead_link
from registration.privacy import own_data
from registration.privacy.own_data import Person


def for_person(view):
    """Give a view all rows of the person who holds the link, and the row that the link names."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def wrapped(request, token, **kwargs):
        rows = list(Registration.objects.of_token(token).with_talks())
        if not rows:
            return dead_link(request)
        key = links.key_of(token, links.PURPOSE_MINE)
        person = next(row for row in rows if row.key == key)
        return view(request, token, person, rows, **kwargs)

    return wrapped


def own(rows, uuid):
    """Return the person's row `uuid`; a row of somebody else is not found."""
    for row in rows:
        if row.uuid == uuid:
            return row
    raise Http404


def newest(rows) -> list:
    """Keep one row per talk: whoever came back has an old one too, and the live one counts."""
    counts = {row.talk_id: row for row in sorted(rows, key=lambda row: row.is_live)}
    return [row for row in rows if counts[row.talk_id] is row]


@for_person
def mine(request, token, person, rows):
    context = {
        "token": token,
        "person": person,
        "registrations": newest(rows),
        "interest": Interest.objects.active().of(person.email_key).first(),
        "notice": NOTICES.get(request.GET.get("stand")),
    }
    return render(request, "registration/mine.html", context)


# What the page says after a button; a name in the address, because no cookie carries messages.
NOTICES = {
    "geaendert": ("ok", "Ihre Angaben sind gespeichert."),
    "wieder": ("ok", "Sie sind wieder dabei. Wir haben Ihnen eine E-Mail geschickt."),
    "warten": ("wait", "Sie stehen auf der Warteliste. Wir haben Ihnen eine E-Mail geschickt."),
    "bestaetigen": ("wait", "Bitte klicken Sie auf den Link in der E-Mail an Sie."),
    "voll": ("wait", "Für diesen Talk ist gerade keine Anmeldung möglich."),
}


COME_BACK = {"confirmed": "wieder", "waiting": "warten", "pending": "bestaetigen"}


def _back(token, notice=""):
    query = f"?stand={notice}" if notice else ""
    return redirect(reverse("registration:mine", args=[token]) + query)


@for_person
def cancel(request, token, person, rows, uuid):
    if request.method == "POST":
        own(rows, uuid).cancel()
    return _back(token)


@for_person
def come_back(request, token, person, rows, uuid):
    """Sign up again with what is known, at the end of the queue."""
    row = own(rows, uuid)
    if request.method != "POST" or not row.may_come_back:
        return _back(token, "voll" if request.method == "POST" else "")
    try:
        (back,) = Registration.objects.sign_up(
            [row.talk],
            name=row.name,
            email=row.email,
            organisation=row.organisation,
            question=row.question,
        )
    except NotBookable:
        return _back(token, "voll")
    return _back(token, COME_BACK[back.state])


@for_person
def hand_over(request, token, person, rows, uuid):
    row = own(rows, uuid)
    if not row.may_be_handed_over:
        return _back(token)
    data = request.POST if request.method == "POST" else None
    form = HandOverForm(data, own_key=row.email_key)
    if form.is_valid():
        row.hand_over(**form.cleaned_data)
        return redirect("registration:handed_over")
    context = {"form": form, "token": token, "talk": row.talk}
    status = 422 if form.is_bound else 200
    return render(request, "registration/hand_over.html", context, status=status)


@for_person
def details(request, token, person, rows):
    known = {"name": person.name, "organisation": person.organisation}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        Registration.objects.change_person(rows, **form.cleaned_data)
        return _back(token, "geaendert")
    status = 422 if form.is_bound else 200
    context = {"form": form, "token": token}
    return render(request, "registration/details.html", context, status=status)


@for_person
def erase(request, token, person, rows):
    if request.method == "POST":
        Registration.objects.erase_person(person.email_key)
        return redirect("registration:erased")
    leaving = [row for row in rows if row.is_booked and row.is_cancellable]
    return render(request, "registration/erase.html", {"token": token, "leaving": leaving})


@for_person
def data(request, token, person, rows):
    """Give the person all that is stored about them (Art. 15 and 20 DSGVO)."""
    return own_data.file(Person.of(person.email_key), "meine-daten.json")


@for_person
def talk_calendar(request, token, person, rows, uuid):
    talk = own(rows, uuid).talk
    content = calendar.published([talk], site_url=settings.SITE_URL)
    return HttpResponse(
        content,
        content_type=calendar.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{talk.slug}.ics"'},
    )


@for_person
def material(request, token, person, rows, pk):
    """Serve a PDF that is for those with a seat in the talk."""
    found = get_object_or_404(Material.objects.files(), pk=pk)
    if found.talk_id not in {row.talk_id for row in rows if row.is_confirmed}:
        raise Http404
    return serve_file(found.file.name, "application/pdf", title=found.title, is_public=False)
