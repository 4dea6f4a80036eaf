"""The parts of a speaker's desk: each is a form of its own and is saved by itself."""

from typing import Any, ClassVar

from registration.fields import PersonForm
from registration.models import ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import FIELDS, FILES, Part, present


class PartForm(PersonForm):
    """Base of the parts: shows what was proposed, else what stands there; proposes what differs.

    Its fields have the names of `proposed_change.Field`; a file is a CheckedUpload, or nothing
    where none was chosen.
    """

    part: ClassVar[Part]
    button = "Vorschlag speichern"

    def __init__(self, link: SpeakerLink, *args: Any, **kwargs: Any) -> None:
        self.link = link
        open_changes = {
            change.field: change.text for change in link.changes.all() if change.is_open
        }
        shown = {
            field: open_changes.get(field, present(link, field))
            for field in FIELDS[self.part][1]
            if field not in FILES
        }
        super().__init__(*args, initial=shown, prefix=self.part, **kwargs)

    def propose(self) -> list[ProposedChange]:
        """Write what differs from the talk as the speaker's proposal; return what that is."""
        changes = []
        for field in FIELDS[self.part][1]:
            value = self.cleaned_data.get(field)
            if field in FILES:
                file = value or None
                change = file and ProposedChange.objects.propose(self.link, field, file=file)
            else:
                change = ProposedChange.objects.propose(self.link, field, value or "")
            if change:
                changes.append(change)
        return changes
