"""The news of a talk to the interest list: what goes out when, and how to stop it before."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from events.dates import NBSP, moment_text
from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, mails_text, require_permission
from registration.mail.examples import EXAMPLES
from registration.models.interest import Interest, announce_now
from registration.privacy import history

NEWS = next(example for example in EXAMPLES if example.name == "news")


@dataclass(frozen=True)
class Announcement:
    """A talk whose news are still to go out, and to how many."""

    talk: Talk
    number: int

    @property
    def text(self) -> str:
        """Return `312 Mails über neue Termine gehen am 5. November 2025, 10:30 Uhr, hinaus`."""
        if self.talk.announcement_held:
            return f"{self._mails} {self._verb('ist', 'sind')} angehalten"
        when = moment_text(self.talk.announced_from)
        return f"{self._mails} {self._verb('geht', 'gehen')} am {when}, hinaus"

    def _verb(self, one: str, many: str) -> str:
        return one if self.number == 1 else many

    @property
    def _mails(self) -> str:
        return f"{self.number}{NBSP}{self._verb('Mail', 'Mails')} über neue Termine"

    @property
    def url(self) -> str:
        return reverse("admin:announcement", args=[self.talk.pk])


def announcement_of(talk: Talk) -> Announcement:
    return Announcement(talk, Interest.objects.active().interested_in(talk).count())


def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what will be mailed, and to how many; stop it, or send it at once."""
    talk = get_object_or_404(Talk.objects.with_parts(), pk=pk)
    require_permission(request, "events.change_talk")
    if request.method == "POST":
        said = _act(request, talk)
        history.write_about_talk(request, talk, said)
        messages.info(request, said)
        return redirect("admin:announcement", pk)
    context = {
        "title": "Neue Termine per E-Mail",
        "talk": talk,
        "announcement": announcement_of(talk),
        "example": NEWS,
        "message": NEWS.message(talk),
        "change_page": reverse("admin:events_talk_change", args=[pk]),
    }
    return admin_page(request, Talk, "events/talk/announcement.html", context)


def _act(request: HttpRequest, talk: Talk) -> str:
    if "now" in request.POST:
        number = len(announce_now(talk))
        return f"Über den neuen Termin verschickt: {mails_text(number)}."
    Talk.objects.hold_announcement(talk)
    return "Mails über den neuen Termin angehalten."


URLS: list[DeskUrl] = [
    ("<int:pk>/ankuendigen/", announcement, "announcement"),
]
