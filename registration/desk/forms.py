"""The forms in which organisers enter and correct what concerns people."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError

from events.models import Municipality
from registration.desk import attendance
from registration.fields import (
    PersonForm,
    email_field,
    name_field,
    organisation_field,
    question_field,
)
from registration.models import Registration


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


class AttendanceForm(forms.Form):
    """What Zoom or Teams export."""

    file = forms.FileField(
        label="Datei",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt"}),
        error_messages={
            "required": "Bitte wählen Sie eine Datei aus.",
            "empty": "Diese Datei ist leer.",
        },
    )

    def clean_file(self):
        """Return the people in the file."""
        file = self.cleaned_data["file"]
        if file.size > attendance.MAX_BYTES:
            raise ValidationError("Diese Datei ist größer als 900 KB.")
        return attendance.read(file.read())
