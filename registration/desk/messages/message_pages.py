"""The organisers' pages about a message: write, check, test, release, watch, stop."""

import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from events.models import Series
from registration.desk.admin_page import (
    DeskUrl,
    admin_page,
    mails_go_out_text,
    mails_text,
    require_permission,
)
from registration.desk.messages import mail_previews
from registration.mail import compose, examples
from registration.mail.mail import Mail
from registration.mail.occasion import Occasion
from registration.models import Message, OutgoingMail, Registration, addresses
from registration.privacy import history

CHANGE = "registration.change_message"
VIEW_OR_CHANGE = ("registration.view_message", CHANGE)


class MessageForm(forms.ModelForm):
    """Refuses what cannot be read; the admin says which fields there are."""

    def clean_subject(self) -> str:
        return addresses.clean_line(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        return addresses.clean_text(self.cleaned_data["text"])


@csp_override({"frame-src": [CSP.SELF]})
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the first recipient will read, how many get it, and what became of it."""
    require_permission(request, *VIEW_OR_CHANGE)
    message = get_message(pk)
    people = message.registrations()
    context = {
        "title": str(message),
        "message": message,
        "count": people.count(),
        "may_change": request.user.has_perm(CHANGE) and not message.is_erased,
        "may_add": request.user.has_perm("registration.add_message") and not message.is_erased,
    }
    if not message.is_erased:
        context |= shown_of(message, people.first())
    if message.is_released:
        context |= results_of(message, request.GET.get("p"))
    return admin_page(request, Message, "registration/message/check.html", context)


def shown_of(message: Message, person: Registration | None) -> dict[str, Any]:
    return {"person": person, "preview": preview(message, person)}


def results_of(message: Message, page: str | None) -> dict[str, Any]:
    """Return what became of the mails: in numbers, and person by person."""
    mails = message.mails.to_participants().with_people()
    return {"progress": message.progress, "results": Paginator(mails, 100).get_page(page)}


def preview_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the mail as its recipient sees it, under a policy of its own."""
    require_permission(request, *VIEW_OR_CHANGE)
    message = get_message(pk)
    mail = None if message.is_erased else preview(message, message.registrations().first())
    return mail_previews.html_of(mail)


@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a copy to the address of the organiser who is logged in."""
    message = get_message_to_send(request, pk)
    if address := history.organiser(request).email:
        message.send_test(address)
        messages.info(request, f"Der Test geht an {address}.")
    else:
        messages.error(
            request,
            "In Ihrem Konto steht keine E-Mail-Adresse. Tragen Sie eine unter „Mein Profil“ ein.",
        )
    return redirect("admin:check_message", pk)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what the organiser has read on the page; nothing that a colleague has made of it."""
    message = get_message_to_send(request, pk)
    if has_changed_since(request, message):
        pass
    elif number := message.release():
        history.write(request, [message], f"Freigegeben: {mails_text(number)}.")
        messages.info(request, mails_go_out_text(number))
    return redirect("admin:check_message", pk)


def has_changed_since(request: HttpRequest, message: Message) -> bool:
    """Tell whether the words are others than those on the page that was sent, and say so."""
    if request.POST.get("seen", message.fingerprint) == message.fingerprint:
        return False
    text = (
        "Die Nachricht wurde inzwischen geändert. Es ist nichts verschickt. Bitte lesen Sie sie "
        "noch einmal."
    )
    messages.error(request, text)
    return True


def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to stop the message, naming how many mails are still to go out; then stop it."""
    message = get_message_to_send(request, pk)
    if request.method != "POST":
        context = {
            "title": "Nachricht anhalten?",
            "message": message,
            "progress": message.progress,
            "waiting": message.mails.to_participants().queued().with_people(),
        }
        return admin_page(request, Message, "registration/message/stop.html", context)
    was_planned = message.is_planned
    if message.stop():
        history.write(request, [message], "Angehalten.")
        messages.info(request, stopped_text(was_planned))
    return redirect("admin:check_message", pk)


def stopped_text(was_planned: bool) -> str:
    if was_planned:
        return "Angehalten. Noch ist nichts verschickt; Sie können die Nachricht wieder ändern."
    return (
        "Angehalten. Was noch nicht hinausgegangen war, wartet, bis Sie die Nachricht fortsetzen."
    )


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let those mails go out that were kept back when the message was stopped."""
    message = get_message_to_send(request, pk)
    if number := message.resume():
        history.write(request, [message], f"Fortgesetzt: {mails_text(number)}.")
        messages.info(request, mails_go_out_text(number))
    return redirect("admin:check_message", pk)


def delete_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to delete a message that was never released; then delete it."""
    message = get_message_to_send(request, pk)
    if not message.is_draft:
        return redirect("admin:check_message", pk)
    if request.method != "POST":
        context = {"title": "Entwurf löschen?", "message": message}
        return admin_page(request, Message, "registration/message/delete.html", context)
    history.write(request, [message], "Entwurf gelöscht.")
    message.delete()
    messages.info(request, "Der Entwurf ist gelöscht.")
    return redirect("admin:registration_message_changelist")


def preview(message: Message, person: Registration | None) -> Mail | None:
    """Return the mail to a real person, or to an invented one, without personal links."""
    row = copy.copy(person or examples.invented_person(message))
    row.key = "beispiel"
    message = copy.copy(message)
    message.stopped_at = None  # a stopped message is read before it is resumed
    mail = OutgoingMail(
        kind=OutgoingMail.Kind.MESSAGE, recipient=row.email or "", organiser_message=message
    )
    occasion = Occasion(mail, [row], row, Series.load())
    return compose.RENDER[mail.kind](occasion)


def get_message(pk: int) -> Message:
    found = Message.objects.with_progress().select_related("talk__municipality", "author")
    return get_object_or_404(found, pk=pk)


def get_message_to_send(request: HttpRequest, pk: int) -> Message:
    """Return a message that still has its words; raise PermissionDenied for all others."""
    require_permission(request, CHANGE)
    message = get_message(pk)
    if message.is_erased:
        raise PermissionDenied
    return message


URLS: list[DeskUrl] = [
    ("<int:pk>/pruefen/", check, "check_message"),
    ("<int:pk>/html/", preview_html, "message_html"),
    ("<int:pk>/test/", send_test, "test_message"),
    ("<int:pk>/freigeben/", release, "release_message"),
    ("<int:pk>/anhalten/", stop, "stop_message"),
    ("<int:pk>/fortsetzen/", resume, "resume_message"),
    ("<int:pk>/loeschen/", delete_draft, "delete_draft"),
]
