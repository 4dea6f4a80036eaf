"""The form of a talk as organisers fill it in."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.core.exceptions import ValidationError
from django.utils import timezone

from events.desk import fact_fields
from events.desk.questions import QUESTIONS, Answer, Question
from events.desk.takes_anything import KeyedMultipleChoiceField
from events.desk.when_fields import LengthField, minutes_of
from events.models import Series, Topic

SEATS = {
    "min_value": "Bitte geben Sie mindestens einen Platz an. Leer gelassen heißt: unbegrenzt.",
    "invalid": "Bitte geben Sie die Zahl der Plätze an. Leer gelassen heißt: unbegrenzt.",
}
HOW_TO_WRITE = (
    "Eine Leerzeile trennt Absätze. Zeilen, die mit „- “ beginnen, werden eine Liste, "
    "Adressen mit https:// werden Links."
)
# The credit stands behind this word everywhere.
PHOTO = re.compile(r"(?:fotos?\s*:\s*)+", re.IGNORECASE)


class TalkForm(forms.ModelForm):
    """Adds the topics, asks back, and notices when somebody else has saved the talk meanwhile."""

    # The admin leaves out `topics` itself, because it has a model in between.
    chosen_topics = KeyedMultipleChoiceField(
        Topic.objects.all(),
        label="Themen",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # Typed as a length; `clean` makes a moment of it.
    ends_at = LengthField()
    capacity = forms.IntegerField(
        label="Plätze",
        required=False,
        min_value=1,
        help_text="Leer lassen: unbegrenzt.",
        error_messages=SEATS,
        widget=AdminIntegerFieldWidget,
    )
    # When the talk was last saved, as this form saw it; counting seats does not change that.
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {question.name: Answer(question) for question in QUESTIONS}
        self.asked: list[Question] = []
        self.series = Series.load()
        fact_fields.show_the_series(self, self.series)
        self.initial["ends_at"] = minutes_of(self.instance)
        if "announcement" in self.fields:  # not for who may only look
            self.fields["announcement"].help_text = HOW_TO_WRITE
        if "starts_at" in self.fields and self.instance.pk is None and not self.is_bound:
            self.fields["starts_at"].widget.widgets[0].attrs["autofocus"] = True
        if self.instance.pk:
            self.fields["chosen_topics"].initial = self.instance.topics.all()
            self.fields["version"].initial = self.instance.updated_at.isoformat()

    def clean(self) -> None:
        super().clean()
        self._find_end()
        self._keep_visible_for_people()
        self._refuse_open_date()
        if self.instance.pk and "version" in self.changed_data:
            saved_at = timezone.localtime(self.instance.updated_at)
            raise ValidationError(
                f"Jemand anderes hat diesen Talk um {saved_at:%H:%M} Uhr gesichert, während Sie "
                "ihn bearbeitet haben. Ihre Änderungen sind noch nicht gesichert. Öffnen Sie den "
                "Talk in einem zweiten Fenster und übertragen Sie dorthin, was Sie ändern wollen.",
                code="changed_meanwhile",
            )
        fact_fields.refuse_contradictions(self, self.series)
        self._ask_back()

    def clean_image_credit(self) -> str:
        """Take off the word that stands before every credit anyway."""
        return PHOTO.sub("", self.cleaned_data["image_credit"].strip(), count=1)

    def clean_check_at(self) -> datetime | None:
        """Refuse a new date that is over: no speaker would be told of it."""
        moment: datetime | None = self.cleaned_data["check_at"]
        if moment and "check_at" in self.changed_data and moment <= timezone.now():
            raise ValidationError("Der Technik-Check liegt in der Vergangenheit.", code="over")
        return moment

    def _find_end(self) -> None:
        """Let the talk end so long after its beginning."""
        starts_at, length = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if starts_at and length:
            self.cleaned_data["ends_at"] = starts_at + length
        else:
            self.cleaned_data.pop("ends_at", None)

    def _keep_visible_for_people(self) -> None:
        """Refuse to hide a talk that people have in their calendars: nobody would tell them."""
        talk = self.instance
        if not (talk.pk and talk.people_count):
            return
        publish_at = self.cleaned_data.get("publish_at")
        text = "Es sind schon Personen angemeldet. Bitte wählen Sie „Abgesagt“ oder „Verschoben“."
        if self.cleaned_data.get("status") == talk.Status.DRAFT:
            self.add_error("status", text)
        if publish_at and publish_at > timezone.now():
            self.add_error("publish_at", text)

    def _refuse_open_date(self) -> None:
        """Refuse to say that the new date is open in the very save that enters it."""
        talk, postponed = self.instance, self.instance.Status.POSTPONED
        is_postponed_now = self.cleaned_data.get("status") == postponed != talk.status
        if talk.pk and is_postponed_now and "starts_at" in self.changed_data:
            self.add_error(
                "status",
                "„Verschoben“ heißt: Der neue Termin ist noch offen. Steht er schon fest, lassen "
                "Sie den Stand bitte, wie er war; sonst lassen Sie den alten Termin stehen.",
            )

    def _ask_back(self) -> None:
        """Ask for a tick where this save does what is seldom meant."""
        for question in QUESTIONS:
            if reason := question.reason(self):
                self.asked.append(question)
                if not self.cleaned_data[question.name]:
                    self.add_error(question.name, reason)
