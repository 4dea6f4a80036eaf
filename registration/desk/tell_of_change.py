"""The page that asks, after a talk was changed, whether to tell the people who have a place."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.mail.examples import EXAMPLES, Example
from registration.models import OutgoingMail, Registration
from registration.privacy import history


def tell_of_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the mail and how many get it; the button sends it to whom it was not sent yet."""
    talk = get_object_or_404(Talk.objects.with_parts(), pk=pk)
    require_permission(request, "events.change_talk")
    change_page = reverse("admin:events_talk_change", args=[pk])
    if request.method == "POST":
        mails = Registration.objects.tell_of_change(talk)
        text = f"Angemeldete benachrichtigt: {len(mails)} Mails."
        history.write_about_talk(request, talk, text)
        messages.info(request, f"{len(mails)} Mails gehen jetzt hinaus.")
        return redirect(change_page)
    found = example_for(talk)
    context = {
        "title": "Angemeldete benachrichtigen?",
        "talk": talk,
        "told": OutgoingMail.objects.told_of_change(talk).count(),
        "example": found,
        "message": found.message(talk),
        "change_page": change_page,
    }
    return admin_page(request, Talk, "events/talk/tell_of_change.html", context)


def example_for(talk: Talk) -> Example:
    """Return the example of the mail that fits what has become of the talk."""
    names = {
        Talk.Status.CANCELLED.value: "talk_cancelled",
        Talk.Status.POSTPONED.value: "talk_postponed",
    }
    name = names.get(talk.status, "talk_changed")
    return next(found for found in EXAMPLES if found.name == name)


def has_news_for_people(before: Talk) -> bool:
    """Whether a save has changed what people have in their calendars, and concerns them.

    `before` is the talk as it was read before the save. Its change number rises with every new
    title, date or status.
    """
    talk = Talk.objects.get(pk=before.pk)
    is_changed = talk.change_no != before.change_no
    is_of_interest = talk.is_published and (talk.is_upcoming or not talk.is_taking_place)
    return is_changed and is_of_interest and talk.registrations.booked().exists()


URLS: list[DeskUrl] = [
    ("<int:pk>/benachrichtigen/", tell_of_change, "tell_of_change"),
]
