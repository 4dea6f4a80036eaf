"""The page on which organisers say when a message shall go out."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from events.dates import moment_text
from events.desk.takes_anything import MomentField, MomentWidget
from registration.desk.admin_page import DeskUrl, admin_page, posted
from registration.desk.messages.message_pages import get_message_to_send, has_changed_since
from registration.models import Message
from registration.privacy import history

INCOMPLETE = "Bitte geben Sie ein Datum und eine Uhrzeit ein."


class PlanForm(forms.Form):
    """When a message shall go out: in the future, and before nobody is left to get it."""

    send_at = MomentField(
        label="Verschicken am",
        widget=MomentWidget(),
        error_messages={"required": INCOMPLETE, "incomplete": INCOMPLETE, "invalid": INCOMPLETE},
    )

    def __init__(self, message: Message, data: object = None) -> None:
        super().__init__(data, initial={"send_at": message.send_at})  # type: ignore[arg-type]
        self.message = message

    def clean_send_at(self) -> datetime:
        send_at: datetime = self.cleaned_data["send_at"]
        self.message.check_moment(send_at)
        return send_at


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask when the message shall go out, or shall instead; then let it wait for that time."""
    message = get_message_to_send(request, pk)
    if message.is_released:
        return redirect("admin:check_message", pk)
    form = PlanForm(message, posted(request))
    if form.is_valid():
        if not has_changed_since(request, message):
            _plan(request, message, form.cleaned_data["send_at"])
        return redirect("admin:check_message", pk)
    context = {
        "title": "Zeit ändern" if message.is_planned else "Später verschicken",
        "message": message,
        "form": form,
        "media": form.media,
        "count": message.registrations().count(),
    }
    status = 422 if form.is_bound else 200
    return admin_page(request, Message, "registration/message/plan.html", context, status)


def _plan(request: HttpRequest, message: Message, send_at: datetime) -> None:
    if message.plan(send_at):
        said = f"Geplant für {moment_text(send_at)}."
        history.write(request, [message], said)
        messages.info(request, said)


URLS: list[DeskUrl] = [
    ("<int:pk>/planen/", plan, "plan_message"),
]
