"""The page of one person: all talks with what can be done, all mails, and what is wrong put right.

It is asked for by the number of one of the person's registrations, because no e-mail address may
be part of a page's address; so are the pages behind its buttons.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.desk.people import verbs
from registration.desk.people.participants import CHANGE, PERSON, VIEW_OR_CHANGE
from registration.desk.people.resending import is_worth
from registration.models import OutgoingMail, Registration
from registration.privacy import history
from registration.privacy.own_data import Person

AGAIN = "„{}“ geht noch einmal hinaus."
NOT_AGAIN = (
    "Diese Mail geht nicht noch einmal hinaus: Sie wartet noch, ist überholt, oder ihr Anlass ist "
    "vorbei."
)


@dataclass(frozen=True)
class Seat:
    """One registration, and what can be done with it now."""

    row: Registration
    verbs: dict[str, verbs.Verb]


@dataclass(frozen=True)
class MailLine:
    """One mail, the talks that it is about, and whether it is worth sending again."""

    mail: OutgoingMail
    talks: list[Talk]
    may_resend: bool

    @property
    def about(self) -> str:
        """Return the message's subject, or the titles of the talks."""
        message = self.mail.organiser_message
        titles = [talk.title for talk in self.talks]
        return f"„{message.subject}“" if message and message.subject else ", ".join(titles)


def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about the person of this registration; of an erased one what is left."""
    require_permission(request, *VIEW_OR_CHANGE)
    found = Registration.objects.select_related("talk", "municipality")
    row = get_object_or_404(found, pk=pk)
    if not row.email_key:
        context = {"title": "Anonyme Anmeldung", "row": row}
        return admin_page(request, Registration, "registration/person/erased.html", context)
    person = Person.of(row.email_key)
    Registration.objects.note_queue_positions(person.registrations)
    context = {
        "title": row.name,
        "row": row,
        "person": person,
        "seats": [Seat(each, verbs.offered(each)) for each in newest_first(person)],
        "lines": mail_lines(person),
    }
    return admin_page(request, Registration, "registration/person/page.html", context)


def newest_first(person: Person) -> list[Registration]:
    """Return the person's registrations, the latest talk first."""
    return person.registrations[::-1]


def mail_lines(person: Person) -> list[MailLine]:
    """Return the person's mails, each with what it is about as far as it is about this person."""
    lines = []
    for mail in person.mails:
        rows = [row for row in mail.registrations.all() if row.email_key == person.key]
        talks = [mail.talk] if mail.talk else [row.talk for row in rows]
        lines.append(MailLine(mail, talks, is_worth(mail, rows)))
    return lines


def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """Ask whether something shall be done with the registration; by POST do it."""
    require_permission(request, CHANGE)
    verb = verbs.VERBS.get(word)
    if verb is None:
        raise Http404
    row = named_or_404(pk)
    back = reverse(PERSON, args=[pk])
    if request.method == "POST":
        verb.carry_out(request, [row])
        return redirect(back)
    context: dict[str, Any] = {"title": verb.step.title, "step": verb.step, "rows": [row]}
    return admin_page(
        request, Registration, "registration/ask_first.html", context | {"back": back}
    )


@require_POST
def resend(request: HttpRequest, pk: int, mail_pk: int) -> HttpResponse:
    """Send one of the person's mails once more, to the present address."""
    require_permission(request, "registration.change_outgoingmail")
    person = Person.of(named_or_404(pk).email_key or "")
    line = next((each for each in mail_lines(person) if each.mail.pk == mail_pk), None)
    if line is None:
        raise Http404
    if line.may_resend and line.mail.resend():
        history.write(request, [line.mail], "Noch einmal verschickt.")
        messages.info(request, AGAIN.format(line.mail.get_kind_display()))
    else:
        messages.warning(request, NOT_AGAIN)
    return redirect(f"{reverse(PERSON, args=[pk])}#mails")


def named_or_404(pk: int) -> Registration:
    """Return the registration if it still names a person."""
    return get_object_or_404(Registration.objects.named().select_related("talk"), pk=pk)


URLS: list[DeskUrl] = [
    ("<int:pk>/person/", person_page, "registration_registration_person"),
    ("<int:pk>/person/<slug:word>/", act, "act_on_registration"),
    ("<int:pk>/person/mail/<int:mail_pk>/", resend, "resend_mail"),
]
