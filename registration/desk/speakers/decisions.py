"""The form that decides one proposed change: take it over, answer with a sentence, or wait."""

import hashlib
from collections.abc import Sequence
from typing import cast

from django import forms
from django.http import QueryDict

from events.models import Material
from events.text.fields import LineInput
from registration.models import ProposedChange

TAKEN, DECLINED = ProposedChange.Outcome.TAKEN, ProposedChange.Outcome.DECLINED
OPEN = ""
CHOICES = [
    (TAKEN, "Übernehmen"),
    (DECLINED, "Nicht übernehmen"),
    (OPEN, "Noch nicht entscheiden"),
]
TOO_LONG = "Bitte höchstens 500 Zeichen: Jetzt sind es %(show_value)d."
CHANGED = (
    "Hier hat sich etwas geändert, seit Sie die Seite geöffnet haben. Bitte sehen Sie noch einmal "
    "hin und entscheiden Sie neu."
)


class DecisionForm(forms.Form):
    """What an organiser decides about one change, and which state of it they have seen."""

    choice = forms.ChoiceField(
        label="Entscheidung", choices=CHOICES, required=False, widget=forms.RadioSelect
    )
    answer = LineInput(
        label="Ein Satz dazu",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, change: ProposedChange, now: str, data: QueryDict | None) -> None:
        self.change = change
        self.state = state_of(change, now)
        super().__init__(
            data,
            prefix=prefix_of(change),
            initial={"choice": OPEN, "seen": self.state},
        )
        name = change.link.speaker.name
        self.fields["answer"].label = f"Ein Satz dazu an {name}"

    @property
    def outcome(self) -> str:
        """What was chosen; "" for nothing, or nothing that can be chosen."""
        return self.cleaned_data.get("choice", OPEN)

    @property
    def said(self) -> str:
        return self.cleaned_data.get("answer", "")

    def clean(self) -> None:
        """Refuse what was decided about something else, and a refusal without a word."""
        if self.outcome and self.cleaned_data.get("seen") != self.state:
            self.look_again()
        elif self.outcome == DECLINED and not self.said and "answer" not in self.errors:
            name = self.change.link.speaker.name
            text = f"Bitte schreiben Sie {name} in einem Satz, warum nicht."
            self.add_error("answer", text)

    def look_again(self) -> None:
        """Show the new state with nothing chosen; the sentence stays."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("choice")] = OPEN
        data[self.add_prefix("seen")] = self.state
        self.data = data
        self.add_error(None, CHANGED)


class SlidesForm(DecisionForm):
    """Slides become a material: for whom, and whether in place of one that is there.

    For all only with the consent that was asked for: their page says so.
    """

    audience = forms.ChoiceField(
        label="Wer soll die Folien sehen?",
        choices=Material.Audience.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(
        label="Wohin damit?",
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        change: ProposedChange,
        data: QueryDict | None,
        *,
        title: str,
        has_consent: bool,
        same_title: Sequence[Material],
    ) -> None:
        super().__init__(change, "", data)
        self.has_consent, self.title = has_consent, title
        audiences = Material.Audience
        self.initial["audience"] = audiences.PUBLIC if has_consent else audiences.PARTICIPANTS
        if not has_consent:
            few = [(audiences.PARTICIPANTS.value, audiences.PARTICIPANTS.label)]
            self.fields["audience"].choices = few  # type: ignore[attr-defined]
        places = [(str(row.pk), f"An die Stelle von „{row.title}“") for row in same_title]
        self.fields["place"].choices = [("", "Als weiteres Material"), *places]  # type: ignore[attr-defined]
        if not same_title:
            del self.fields["place"]

    def clean(self) -> None:
        super().clean()
        if self.outcome == TAKEN and self.cleaned_data.get("audience") == "":
            self.add_error("audience", "Bitte wählen Sie, wer die Folien sehen soll.")

    @property
    def replaces(self) -> int | None:
        """Which material they take the place of; None for one more."""
        place = self.cleaned_data.get("place")
        return int(place) if place else None


def prefix_of(change: ProposedChange) -> str:
    return f"v{change.pk}"


def state_of(change: ProposedChange, now: str) -> str:
    """Return what changes with the proposal, and with what stands there."""
    return f"{change.version}-{hashlib.sha256(now.encode()).hexdigest()[:20]}"
