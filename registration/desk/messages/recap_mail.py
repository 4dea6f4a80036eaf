"""The mail with the material of a talk that is over: what there is, who gets it, and its release.

Nothing goes out by itself. Each person gets it once, so the page says what is still missing.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from events.models import Series, Talk
from registration.desk.admin_page import (
    DeskUrl,
    admin_page,
    mails_go_out_text,
    mails_text,
    require_permission,
)
from registration.desk.messages import mail_previews
from registration.desk.messages.message_pages import CHANGE, VIEW_OR_CHANGE
from registration.mail import compose, examples
from registration.mail.mail import Mail
from registration.mail.occasion import Occasion
from registration.models import OutgoingMail, Registration
from registration.models.queries import RegistrationQuerySet
from registration.privacy import history


@dataclass(frozen=True)
class Wording:
    """One of the two forms of the mail, and how many people get it; `name` is for addresses."""

    name: str
    talk: Talk
    number: int = 0

    @property
    def has_certificate(self) -> bool:
        return self.name == WITH

    @property
    def title(self) -> str:
        return f"Fassung {self.name} Bescheinigung"

    @cached_property
    def mail(self) -> Mail | None:
        """The mail to an invented person, as it would go out now."""
        row = examples.recap_reader(self.talk, was_there=self.has_certificate)
        outgoing = OutgoingMail(kind=OutgoingMail.Kind.RECAP, recipient=row.email or "")
        return compose.recap(Occasion(outgoing, [row], row, Series.load()))


WITH, WITHOUT = "mit", "ohne"


@dataclass(frozen=True)
class Readers:
    """Who gets the mail of a talk, and who does not; all have a seat and are known by name."""

    with_certificate: int
    without: int
    has_it: int
    not_told: int
    declined: int

    @classmethod
    def of(cls, talk: Talk) -> "Readers":
        seated = Registration.objects.in_talk(talk).confirmed().named()
        wanted = Registration.objects.to_get_recap(talk)
        written = OutgoingMail.objects.of_recap(talk).values("registrations")
        new = wanted.exclude(pk__in=written)
        with_certificate = count(new.with_certificate())
        return cls(
            with_certificate,
            count(new) - with_certificate,
            has_it=count(wanted.filter(pk__in=written)),
            not_told=count(seated.filter(recap_promised=False)),
            declined=count(seated.filter(recap_promised=True, recap_off=True)),
        )

    @property
    def number(self) -> int:
        """How many mails a release would write."""
        return self.with_certificate + self.without

    @property
    def mails(self) -> str:
        return mails_text(self.number)


def count(rows: RegistrationQuerySet) -> int:
    return rows.order_by().count()


@csp_override({"frame-src": [CSP.SELF]})
def recap_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what would be mailed and to how many; a button releases it, or stops what waits."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    if request.method == "POST":
        require_permission(request, CHANGE)
        act(request, talk)
        return redirect("admin:recap_mail", pk)
    readers = Readers.of(talk)
    context = {
        "title": "Unterlagen verschicken",
        "talk": talk,
        "materials": list(talk.materials.all()),
        "form_page": reverse("admin:events_talk_change", args=[pk]),
        "readers": readers,
        "attended": count(Registration.objects.in_talk(talk).with_certificate()),
        "wordings": wordings(talk, readers),
        "seen": fingerprint(talk, readers),
        "released": released(talk),
        "may_change": request.user.has_perm(CHANGE),
    }
    return admin_page(request, Talk, "events/talk/recap_mail.html", context)


def released(talk: Talk) -> dict[str, int]:
    """Return what became of the mails, in numbers; somebody may have got a second copy."""
    mails = OutgoingMail.objects.of_recap(talk)
    people = mails.values("registrations").distinct().count()
    return mails.progress() | {"people": people, "held": mails.held().count()}


def get_talk(pk: int) -> Talk:
    return get_object_or_404(Talk.objects.with_parts().prefetch_related("materials"), pk=pk)


def wordings(talk: Talk, readers: Readers) -> list[Wording]:
    """Return the wordings that somebody would get."""
    both = [Wording(WITH, talk, readers.with_certificate), Wording(WITHOUT, talk, readers.without)]
    return [each for each in both if each.number and talk.is_to_follow_up]


def fingerprint(talk: Talk, readers: Readers) -> str:
    """Return what differs as soon as the mail would say something else, or go to others."""
    of_materials = [(each.pk, each.title, each.audience) for each in talk.materials.all()]
    seen = [talk.change_no, talk.recap, talk.written_answers, of_materials, readers]
    return sha256(repr(seen).encode()).hexdigest()[:16]


def as_html(request: HttpRequest, pk: int, wording: str) -> HttpResponse:
    """Answer with the HTML of one wording, under a policy of its own."""
    require_permission(request, *VIEW_OR_CHANGE)
    return mail_previews.html_of(get_wording(get_talk(pk), wording).mail)


def get_wording(talk: Talk, name: str) -> Wording:
    if name not in (WITH, WITHOUT):
        raise Http404
    return Wording(name, talk)


def act(request: HttpRequest, talk: Talk) -> None:
    """Do what the button says that was pressed."""
    if "test" in request.POST:
        send_test(request, get_wording(talk, request.POST["test"]))
    elif "hold" in request.POST:
        number = OutgoingMail.objects.of_recap(talk).unclaimed().hold()
        tell(request, talk, f"Unterlagen angehalten: {mails_text(number)}.")
    elif "resume" in request.POST:
        number = OutgoingMail.objects.of_recap(talk).release()
        tell(request, talk, f"Unterlagen fortgesetzt: {mails_text(number)}.")
    elif not (readers := Readers.of(talk)).number:
        pass  # pressed twice: the page says what became of it
    elif request.POST.get("seen") != fingerprint(talk, readers):
        messages.error(request, CHANGED)
    elif number := len(Registration.objects.release_recap(talk)):
        history.write_about_talk(request, talk, f"Unterlagen verschickt: {mails_text(number)}.")
        messages.info(request, mails_go_out_text(number))


def tell(request: HttpRequest, talk: Talk, said: str) -> None:
    history.write_about_talk(request, talk, said)
    messages.info(request, said)


def send_test(request: HttpRequest, wording: Wording) -> None:
    """Send a copy to the address of the organiser who is logged in."""
    if address := history.organiser(request).email:
        OutgoingMail.objects.enqueue_recap_test(
            wording.talk, address, with_certificate=wording.has_certificate
        )
        messages.info(request, f"Der Test geht an {address}.")
    else:
        messages.error(request, NO_ADDRESS)


CHANGED = (
    "Inzwischen hat sich etwas geändert. Es ist nichts verschickt. Bitte sehen Sie die Seite noch "
    "einmal an."
)
NO_ADDRESS = "In Ihrem Konto steht keine E-Mail-Adresse. Tragen Sie eine unter „Mein Profil“ ein."

URLS: list[DeskUrl] = [
    ("<int:pk>/unterlagen/", recap_mail, "recap_mail"),
    ("<int:pk>/unterlagen/<str:wording>/", as_html, "recap_mail_html"),
]
