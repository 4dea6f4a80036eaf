"""The form of a talk as organisers fill it in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from events.desk import fact_fields
from events.desk.questions import QUESTIONS, Answer, Question
from events.desk.takes_anything import KeyedMultipleChoiceField
from events.models import Series, Topic

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldsetSpec

# In the order in which an organiser thinks; the speakers stand after the first (the template).
SECTIONS: "_FieldsetSpec" = [
    ("Was", {"fields": ["title", "subtitle", "announcement", "chosen_topics"]}),
    ("Woher", {"fields": ["municipality"]}),
    ("Wann", {"fields": ["starts_at", "ends_at"]}),
    ("Bild", {"fields": ["image", "image_focus", "image_alt", "image_caption", "image_credit"]}),
    ("Zugang", {"fields": ["meeting_url", "dial_in"]}),
    (
        "Technik und Zugänglichkeit",
        {"fields": [*fact_fields.NAMES], "description": fact_fields.WHERE_SHOWN},
    ),
    (
        "Anmeldung",
        {
            "fields": [
                "capacity",
                "waiting_list",
                "registration_opens_at",
                "registration_closes_at",
                "double_opt_in",
                "reminds_day_before",
                "reminds_hour_before",
            ]
        },
    ),
    (
        "Veröffentlichung",
        {
            "fields": ["status", "publish_at", "slug", "preview_link"],
            "description": "Ein Entwurf ist nur hier zu sehen, und für alle, die den "
            "Vorschau-Link haben. Soll der Talk später von selbst erscheinen: Stand "
            "„Veröffentlicht“ wählen und unter „Veröffentlichen ab“ den Zeitpunkt angeben.",
        },
    ),
    ("Nach dem Talk", {"fields": ["recap", "written_answers"]}),
]


class TalkForm(forms.ModelForm):
    """Adds the topics, asks back, and notices when somebody else has saved the talk meanwhile."""

    # The admin leaves out `topics` itself, because it has a model in between.
    chosen_topics = KeyedMultipleChoiceField(
        Topic.objects.all(),
        label="Themen",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # When the talk was last saved, as this form saw it; counting seats does not change that.
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {question.name: Answer(question) for question in QUESTIONS}
        self.asked: list[Question] = []
        self.series = Series.load()
        fact_fields.show_the_series(self, self.series)
        if self.instance.pk:
            self.fields["chosen_topics"].initial = self.instance.topics.all()
            self.fields["version"].initial = self.instance.updated_at.isoformat()

    def clean(self) -> None:
        super().clean()
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
