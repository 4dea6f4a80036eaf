"""The organisers' pages that enter somebody into a talk, and put right what is known of a person.

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
from registration.models.addresses import email_key
from registration.privacy import history

CHANGE = "registration.change_registration"
VIEW_OR_CHANGE = ("registration.view_registration", CHANGE)
PERSON = "admin:registration_registration_person"


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
    """What is known of a person.

    The fields carry what they held when the form was opened: only what was changed in it is
    written, so two organisers who correct different things do not take each other's words back.
    """

    name = name_field()
    email = email_field(
        help_text="Wird sie geändert, geht noch einmal hinaus, was nicht angekommen ist. Die "
        "bisherigen Links der Person gelten dann nicht mehr."
    )
    organisation = organisation_field()
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(),
        label="Ort",
        required=False,
        help_text="Er zählt für die Statistik. Ändern Sie nur die Organisation, wird er aus ihr "
        "neu gelesen.",
        widget=AutocompleteSelect(Registration._meta.get_field("municipality"), admin.site),
    )

    def __init__(self, data: Any, row: Registration) -> None:
        now = {name: getattr(row, name) for name in ("name", "email", "organisation")}
        super().__init__(data, initial=now | {"municipality": row.municipality_id})
        for field in self.fields.values():
            field.show_hidden_initial = True

    def changes(self, row: Registration) -> dict[str, Any]:
        """Return what was changed and is not so already."""
        data = self.cleaned_data
        return {name: data[name] for name in self.changed_data if data[name] != getattr(row, name)}


def add_participant(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody up for the talk, on request even where it is full."""
    require_permission(request, CHANGE)
    talk = get_talk(pk)
    form = ParticipantForm(posted(request))
    if form.is_valid():
        answers = form.cleaned_data
        known = Registration.objects.in_talk(talk).live().of(email_key(answers["email"])).first()
        questions = {talk.pk: answers.pop("question")}
        try:
            (row,) = Registration.objects.sign_up(
                [talk], questions=questions, tells_of_recap=False, **answers
            )
        except NotBookable:
            talk.refresh_from_db()
            label = talk.registration_state.label
            form.add_error(None, f"Dieser Talk nimmt niemanden mehr auf: {label}.")
        else:
            return entered(request, row, known)
    context = {"form": form, "button": "Eintragen", "title": "Jemanden eintragen"}
    return page_about_talk(request, "participant_form", talk, context)


def entered(request: HttpRequest, row: Registration, known: Registration | None) -> HttpResponse:
    """Say what came of it; who was registered with this address before keeps the former row."""
    if known and known.pk == row.pk and known.state == row.state:
        text = (
            f"Mit dieser Adresse ist hier schon jemand eingetragen: {row.name}, "
            f"{row.get_state_display()}. Geändert ist nichts."
        )
        messages.warning(request, text)
        return redirect(PERSON, row.pk)
    history.write(request, [row], "Von Hand eingetragen.")
    messages.info(request, f"{row.name}: {row.get_state_display()}, mit Mail.")
    return redirect(list_of_people(row.talk))


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct name, address, organisation and town of somebody who is not erased."""
    require_permission(request, CHANGE)
    row = get_object_or_404(Registration.objects.named().select_related("talk"), pk=pk)
    form = CorrectionForm(posted(request), row)
    if form.is_valid() and save_correction(request, row, form):
        return redirect(PERSON, pk)
    context = {"form": form, "button": "Berichtigen", "title": f"{row.name} berichtigen"}
    context |= {"row": row, "media": form.media}
    status = 422 if form.errors else 200
    return admin_page(request, Registration, "registration/person/correct.html", context, status)


def save_correction(request: HttpRequest, row: Registration, form: CorrectionForm) -> bool:
    """Save what was changed; return False, with an error in the form, if the address is taken."""
    changes = form.changes(row)
    if not changes:
        messages.info(request, "Es ist nichts geändert.")
        return True
    if "email" in changes:
        if not row.correct_address(changes.pop("email")):
            form.add_error("email", "Mit dieser Adresse ist hier schon jemand angemeldet.")
            return False
        history.write(request, [row], "Adresse berichtigt, Mails noch einmal verschickt.")
        messages.info(request, "Die Links gehen noch einmal hinaus, an die neue Adresse.")
    if "organisation" in changes and "municipality" not in form.changed_data:
        changes["municipality"] = Municipality.objects.named_in(changes["organisation"])
        changes["town_settled"] = False
    elif "municipality" in changes:
        changes["town_settled"] = True
    if changes:
        Registration.objects.correct_person(row, changes)
        history.write(request, [row], f"{words_of(changes)} berichtigt.")
    messages.info(request, said_of(changes))
    return True


def words_of(changes: dict[str, Any]) -> str:
    """Return the names of the changed fields, not what stands in them."""
    words = {"name": "Name", "organisation": "Organisation", "municipality": "Ort"}
    return ", ".join(word for name, word in words.items() if name in changes)


def said_of(changes: dict[str, Any]) -> str:
    """Say that it is done, and which town an organisation now counts for."""
    if "organisation" not in changes:
        return "Berichtigt."
    town = changes.get("municipality")
    return f"Berichtigt. Ort: {town}." if town else "Berichtigt. Ein Ort ist damit nicht bekannt."


def get_talk(pk: int) -> Talk:
    return get_object_or_404(Talk.objects.with_parts(), pk=pk)


def page_about_talk(
    request: HttpRequest, name: str, talk: Talk, context: dict[str, Any]
) -> HttpResponse:
    """Render the template `name` of the registrations, with the way back to the talk's list."""
    context |= {"talk": talk, "list_url": list_of_people(talk)}
    status = 200
    if "form" in context:
        context["media"] = context["form"].media
        status = 422 if context["form"].errors else 200
    template = f"registration/registration/{name}.html"
    return admin_page(request, Registration, template, context, status)


URLS: list[DeskUrl] = [
    ("talk/<int:pk>/eintragen/", add_participant, "add_participant"),
    ("<int:pk>/berichtigen/", correct, "correct_registration"),
]
