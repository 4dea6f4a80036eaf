"""The parts of a speaker's desk: each is a form of its own and is saved by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from events.uploads.images import Focus
from registration.fields import PersonForm
from registration.models import ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import FIELDS, FILES, Field, Part, present

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict

# So long a text stands on the page as it is; a longer one opens with a click.
SHORT = 150


@dataclass(frozen=True)
class Standing:
    """A proposal of one field, and what stands in its place now."""

    change: ProposedChange

    @property
    def is_text(self) -> bool:
        return self.change.field not in FILES

    @property
    def proposed(self) -> str:
        return self._words(self.change.text)

    @property
    def now(self) -> str:
        return self._words(present(self.change.link, self.change.field))

    @property
    def is_now_long(self) -> bool:
        return is_long(self.now)

    @property
    def is_proposed_long(self) -> bool:
        return is_long(self.proposed)

    def _words(self, text: str) -> str:
        return Focus(text).label if self.change.field == Field.IMAGE_FOCUS and text else text


def is_long(text: str) -> bool:
    return len(text) > SHORT or "\n" in text


class PartForm(PersonForm):
    """Base of the parts: shows what was proposed, else what stands there; proposes what differs.

    Its fields have the names of `proposed_change.Field`; a file is a CheckedUpload, or nothing
    where none was chosen.
    """

    part: ClassVar[Part]
    # What the part is for, above its fields.
    lead: ClassVar[str] = ""
    # Or, where more than words stand there, the template.
    template: ClassVar[str] = ""
    button = "Vorschlag speichern"
    # What the page says of the last save, with its tone; set by the view.
    told: tuple[str, str] | None = None

    def __init__(
        self,
        link: SpeakerLink,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
    ) -> None:
        self.link = link
        self.open_texts = {
            change.field: change.text for change in link.changes.all() if change.is_open
        }
        shown: dict[str, Any] = {
            field: self.open_texts.get(field, present(link, field))
            for field in FIELDS[self.part][1]
            if field not in FILES
        }
        super().__init__(data, files, initial=shown, prefix=self.part)
        self._take_for_typed_what_differs_from_the_page()

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_action = reverse(
            "registration:speaker_part", args=[self.link.token, self.part.value]
        )
        helper.form_id = f"form-{self.part}"
        return helper

    def _take_for_typed_what_differs_from_the_page(self) -> None:
        """Let the page send back what it showed.

        What nobody typed into is no proposal, also where organisers have changed it meanwhile.
        """
        for name, field in self.fields.items():
            was_sent = not self.is_bound or self.add_initial_prefix(name) in self.data
            field.show_hidden_initial = was_sent and not isinstance(field, forms.FileField)

    @classmethod
    def take_in(cls, request: HttpRequest, link: SpeakerLink) -> None:
        """Put into `request.FILES` what the form shall see: an upload checked, or one kept before.

        Nothing to do for a part without a file.
        """

    @property
    def standings(self) -> list[Standing]:
        """What was proposed for this part and what became of it, in the order of its fields."""
        fields = FIELDS[self.part][1]
        changes = [change for change in self.link.changes.all() if change.part == self.part]
        changes.sort(key=lambda change: fields.index(Field(change.field)))
        return [Standing(change) for change in changes]

    @property
    def is_proposed(self) -> bool:
        """Whether there is something that organisers have not decided yet."""
        return any(standing.change.is_open for standing in self.standings)

    @property
    def is_declined(self) -> bool:
        """Whether organisers have answered instead of taking something over."""
        declined = ProposedChange.Outcome.DECLINED
        return any(standing.change.outcome == declined for standing in self.standings)

    @property
    def remarks(self) -> list[str]:
        """What may be meant otherwise; it is no reason to refuse anything."""
        return []

    @transaction.atomic
    def propose(self) -> list[ProposedChange]:
        """Write what was typed as the speaker's proposal; return what they propose here now."""
        fields = FIELDS[self.part][1]
        for field in fields:
            if field not in self.changed_data:
                continue
            value = self.cleaned_data.get(field)
            if field not in FILES:
                ProposedChange.objects.propose(self.link, field, value or "")
            elif value:
                ProposedChange.objects.propose(self.link, field, file=value)
        return list(ProposedChange.objects.open().filter(link=self.link, field__in=fields))
