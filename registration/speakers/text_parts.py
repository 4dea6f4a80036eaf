"""The parts that are text: limits and cleaning are those of the organisers' form."""

from typing import Any

from django import forms

from events.desk.talk_form import HOW_TO_WRITE
from events.models.practice_profile import refuse_private_address
from registration.fields import TOO_LONG
from registration.models import SpeakerLink
from registration.models.speakers.proposed_change import MODEL_OF, Field, Part
from registration.speakers.parts import PartForm

# About four pages of paper; a link may be in strangers' hands.
MAX_ANNOUNCEMENT = 10_000
NO_ADDRESS = (
    "In der Ansprechstelle steht noch keine E-Mail-Adresse. Andere Kommunen fragen leichter nach, "
    "wenn sie eine finden."
)


def text_field(
    field: Field, help_text: str = "", *, required: str = "", **options: Any
) -> forms.CharField:
    """Return the field as the organisers' form has it; `required` is said where it is empty."""
    column: Any = MODEL_OF[field]._meta.get_field(field.value)
    messages = {"max_length": TOO_LONG} | ({"required": required} if required else {})
    found: forms.CharField = column.formfield(
        label=field.label, error_messages=messages, **options
    )
    found.help_text = help_text or found.help_text
    # A browser would cut a long text without a word.
    found.widget.attrs.pop("maxlength", None)
    return found


def lines_field(field: Field, help_text: str, rows: int, **options: Any) -> forms.CharField:
    """Return the field for a text of several lines."""
    return text_field(field, help_text, widget=forms.Textarea({"rows": rows}), **options)


def announcement_field(most: int) -> forms.CharField:
    """Return the field for what the talk is about; the organisers' form knows no limit."""
    hint = f"Worum es geht und was andere mitnehmen; zwei, drei Absätze genügen. {HOW_TO_WRITE}"
    return lines_field(Field.ANNOUNCEMENT, hint, rows=12, max_length=most)


class PersonPart(PartForm):
    """How the speaker is called, and what they are."""

    part = Part.PERSON
    button = "Name und Funktion speichern"
    lead = "So stehen Sie auf der Seite des Talks, vorher und nachher."

    name = text_field(
        Field.NAME,
        required="Bitte geben Sie Ihren Namen ein.",
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    role = text_field(Field.ROLE, widget=forms.TextInput({"autocomplete": "organization-title"}))

    def clean_name(self) -> str:
        """Take whatever the organisers' form takes."""
        return self.cleaned_data["name"]


class TalkPart(PartForm):
    """What the talk is called and what it is about."""

    part = Part.TALK
    button = "Titel und Text speichern"
    lead = (
        "Damit laden wir ein. Ein guter Titel sagt in einem Satz, was andere bei Ihnen erfahren."
    )

    title = text_field(Field.TITLE, required="Bitte geben Sie dem Talk einen Titel.")
    subtitle = text_field(Field.SUBTITLE)
    announcement = announcement_field(MAX_ANNOUNCEMENT)

    def __init__(self, link: SpeakerLink, *args: Any, **kwargs: Any) -> None:
        """Take a text that is longer than the limit by now for one that may stay."""
        super().__init__(link, *args, **kwargs)
        if (length := len(self.initial["announcement"])) > MAX_ANNOUNCEMENT:
            self.fields["announcement"] = announcement_field(length)


class PracticePart(PartForm):
    """What others can take over: six short texts, each optional."""

    part = Part.PRACTICE
    button = "Praxisprofil speichern"
    lead = (
        "Damit andere Kommunen Ihr Vorhaben nachmachen können, auch lange nach dem Talk. Zwei, "
        "drei Sätze je Feld genügen, und kein Feld muss sein. Die Beispiele sind erfunden."
    )

    situation = lines_field(
        Field.SITUATION,
        "Was war der Anlass? Etwa: „2021 schloss der letzte Supermarkt im Ortskern. Das Gebäude "
        "stand leer, und der nächste Laden war sechs Kilometer entfernt.“",
        rows=4,
    )
    approach = lines_field(
        Field.APPROACH,
        "Was haben Sie getan, in welcher Reihenfolge? Etwa: „Erst haben wir die Leute gefragt, "
        "dann das Haus gekauft und in zwei Abschnitten umgebaut. Vom Beschluss bis zur Eröffnung "
        "vergingen drei Jahre.“",
        rows=4,
    )
    participants = lines_field(
        Field.PARTICIPANTS,
        "Wer hat mitgemacht? Etwa: „Bauamt und Kämmerei, ein Verein mit 40 Freiwilligen, ein "
        "Planungsbüro aus der Region, die Sparkasse.“",
        rows=3,
    )
    costs = lines_field(
        Field.COSTS,
        "Was hat es gekostet, und woher kam das Geld? Etwa: „1,2 Millionen Euro, davon zwei "
        "Drittel aus der Städtebauförderung. Der Betrieb kostet rund 30.000 Euro im Jahr.“",
        rows=3,
    )
    lessons = lines_field(
        Field.LESSONS,
        "Was würden Sie wieder so machen, was anders? Etwa: „Den Verein von Anfang an fragen. Den "
        "Brandschutz früher klären: Das hat uns ein halbes Jahr gekostet.“",
        rows=4,
    )
    contact = lines_field(
        Field.CONTACT,
        "Wo können andere nachfragen? Ein Amt oder eine Stelle mit E-Mail-Adresse, bitte keine "
        "Person. Etwa: „Bauamt Musterstadt, bauamt@musterstadt.example“.",
        rows=2,
    )

    def clean_contact(self) -> str:
        """Refuse a private address, as the organisers' form does."""
        contact: str = self.cleaned_data["contact"]
        refuse_private_address(contact)
        return contact

    @property
    def remarks(self) -> list[str]:
        contact = self["contact"].value() or ""
        return [NO_ADDRESS] if contact and "@" not in contact else []
