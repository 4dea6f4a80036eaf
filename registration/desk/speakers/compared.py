"""One proposed change beside what stands there now, and the form that decides it."""

from collections.abc import Sequence
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from events.models import Material, Talk
from events.uploads.images import Focus, Picture, widths_up_to
from registration.desk.speakers.decisions import TAKEN, DecisionForm, SlidesForm, prefix_of
from registration.desk.speakers.differences import marked
from registration.models import Consent, ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import PICTURES, Field, present

SLIDES = "Folien"


class Proposal:
    """One proposed change, what stands there now, and the form that decides it."""

    def __init__(self, change: ProposedChange, form: DecisionForm) -> None:
        self.change, self.form = change, form
        self.field = Field(change.field)
        self.now = present(change.link, change.field)

    @property
    def anchor(self) -> str:
        return prefix_of(self.change)

    @property
    def label(self) -> str:
        return self.change.get_field_display()

    @property
    def is_taken(self) -> bool:
        return self.form.outcome == TAKEN

    @property
    def is_picture(self) -> bool:
        return self.field in PICTURES

    @property
    def is_slides(self) -> bool:
        return self.field == Field.SLIDES

    @cached_property
    def is_outdated(self) -> bool:
        return self.change.is_outdated

    @property
    def before(self) -> str:
        """What stood there when it was proposed, if that can still be shown."""
        return "" if self.is_picture else in_words(self.field, self.change.before)

    @cached_property
    def marked(self) -> tuple[SafeString, SafeString]:
        """What stands there and what is proposed, with what differs."""
        return marked(in_words(self.field, self.now), in_words(self.field, self.change.text))

    @property
    def picture_now(self) -> Picture | None:
        return Picture(self.now) if self.now else None

    @property
    def picture(self) -> Picture:
        return Picture(self.change.file_name)

    @property
    def thumbnail(self) -> str:
        return self._address(f"{widths_up_to(self.picture.width)[0]}.jpg")

    @property
    def whole_picture(self) -> str:
        return self._address(self.picture.path.name)

    def _address(self, file_name: str) -> str:
        return reverse("admin:proposed_picture", args=[self.change.pk, file_name])

    @property
    def outcome_text(self) -> str:
        """What was decided, as the speaker reads it: `Titel: übernommen`."""
        return f"{self.label}: {ProposedChange.Outcome(self.form.outcome).label}"

    def refuse(self, text: str) -> None:
        self.form.add_error(None, text)


def in_words(field: Field, value: str) -> str:
    """Return the value as people read it."""
    return str(Focus(value).label) if field == Field.IMAGE_FOCUS and value else value


class Slides:
    """What has to be known to take slides over; nothing is looked up where there are none."""

    def __init__(self, talk: Talk, changes: Sequence[ProposedChange]) -> None:
        links = [change.link for change in changes if change.field == Field.SLIDES]
        self.agreed: set[int | None] = set()
        self.materials: list[Material] = []
        self.is_one_of_many = False
        if links:
            given = Consent.objects.valid().filter(link__in=links, kind=Consent.Kind.SLIDES)
            self.agreed = set(given.values_list("link_id", flat=True))
            self.materials = list(talk.materials.all())
            self.is_one_of_many = talk.speakers.count() > 1

    def form_of(self, change: ProposedChange, data: QueryDict | None) -> SlidesForm:
        title = self.title_of(change.link)
        same = [row for row in self.materials if row.title == title and row.file]
        has_consent = change.link_id in self.agreed
        return SlidesForm(change, data, title=title, has_consent=has_consent, same_title=same)

    def title_of(self, link: SpeakerLink) -> str:
        """Return `Folien`; where several people speak, `Folien von Kim Beispiel`."""
        title = f"{SLIDES} von {link.speaker.name}" if self.is_one_of_many else SLIDES
        return title[: Material._meta.get_field("title").max_length]
