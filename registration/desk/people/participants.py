"""The organisers' pages about the people of one talk: enter, correct, print.

Every change is a verb of the model.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from events.models import Municipality, Talk
from registration.desk.admin_page import DeskUrl, admin_page, posted, require_permission
from registration.desk.list_filters import list_of_people
from registration.fields import (
    PersonForm,
    email_field,
    name_field,
    organisation_field,
    question_field,
)
from registration.models import NotBookable, Registration
from registration.privacy import history

CHANGE = "registration.change_registration"
VIEW_OR_CHANGE = ("registration.view_registration", CHANGE)


class ParticipantForm(PersonForm):
    """Somebody who has phoned or written."""

    name = name_field()
    email = email_field()
    organisation = organisation_field()
    question = question_field("Frage an die Vortragenden")
    extra_seat = forms.BooleanField(
        label="Platz auch dann geben, wenn der Talk voll oder die Anmeldung geschlossen ist",
        required=False,
    )


class CorrectionForm(PersonForm):
    """The address and the town of one registration."""

    email = email_field(
        help_text="Wird sie geändert, geht noch einmal hinaus, was nicht angekommen ist. Sie gilt "
        "dann für alle Anmeldungen dieser Person; ihre bisherigen Links gelten nicht mehr."
    )
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(),
        label="Ort",
        required=False,
        widget=AutocompleteSelect(Registration._meta.get_field("municipality"), admin.site),
    )


def add_participant(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody up for the talk, on request even where it is full."""
    require_permission(request, CHANGE)
    talk = get_talk(pk)
    form = ParticipantForm(posted(request))
    if form.is_valid():
        try:
            answers = form.cleaned_data
            questions = {talk.pk: answers.pop("question")}
            (row,) = Registration.objects.sign_up([talk], questions=questions, **answers)
        except NotBookable:
            talk.refresh_from_db()
            label = talk.registration_state.label
            form.add_error(None, f"Dieser Talk nimmt niemanden mehr auf: {label}.")
        else:
            history.write(request, [row], "Von Hand eingetragen.")
            messages.info(request, f"{row.name}: {row.get_state_display()}, mit Mail.")
            return redirect(list_of_people(talk))
    context = {"form": form, "button": "Eintragen", "title": "Jemanden eintragen"}
    return page_about_talk(request, "participant_form", talk, context)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the address or the town of one registration that still names a person."""
    require_permission(request, CHANGE)
    row = get_object_or_404(Registration.objects.named().select_related("talk"), pk=pk)
    now = {"email": row.email, "municipality": row.municipality_id}
    form = CorrectionForm(posted(request), initial=now)
    if form.is_valid() and save_correction(request, row, form):
        messages.info(request, "Berichtigt.")
        return redirect("admin:registration_registration_change", pk)
    context = {"form": form, "button": "Berichtigen", "title": f"{row.name} berichtigen"}
    return page_about_talk(request, "participant_form", row.talk, context)


def save_correction(request: HttpRequest, row: Registration, form: CorrectionForm) -> bool:
    """Save what was changed; return False, with an error in the form, if the address is taken."""
    if "email" in form.changed_data:
        if not row.correct_address(form.cleaned_data["email"]):
            form.add_error("email", "Mit dieser Adresse ist hier schon jemand angemeldet.")
            return False
        message = "Adresse berichtigt, Mails noch einmal verschickt."
        history.write(request, [row], message)
    if "municipality" in form.changed_data:
        row.correct_town(form.cleaned_data["municipality"])
        history.write(request, [row], "Ort berichtigt.")
    return True


def print_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is registered, on a sheet to print; no addresses."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    rows = Registration.objects.filter(talk=talk).booked().order_by("name", "pk")
    context = {"rows": rows.select_related("municipality"), "title": "Liste der Angemeldeten"}
    return page_about_talk(request, "print_list", talk, context)


def print_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the moderator what people want to know, on a sheet to print; no addresses."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    asked = Registration.objects.filter(talk=talk).booked().exclude(question=None)
    rows = asked.exclude(question="").order_by("created_at", "pk")
    context = {"rows": rows, "title": "Fragen vorab"}
    return page_about_talk(request, "print_questions", talk, context)


def get_talk(pk: int) -> Talk:
    return get_object_or_404(Talk.objects.with_parts(), pk=pk)


def page_about_talk(
    request: HttpRequest, name: str, talk: Talk, context: dict[str, Any]
) -> HttpResponse:
    """Render the template `name` of the registrations, with the way back to the talk's list."""
    context |= {"talk": talk, "list_url": list_of_people(talk)}
    if "form" in context:
        context["media"] = context["form"].media
    return admin_page(request, Registration, f"registration/registration/{name}.html", context)


URLS: list[DeskUrl] = [
    ("talk/<int:pk>/eintragen/", add_participant, "add_participant"),
    ("talk/<int:pk>/liste/", print_list, "print_participants"),
    ("talk/<int:pk>/fragen/", print_questions, "print_questions"),
    ("<int:pk>/berichtigen/", correct, "correct_registration"),
]
