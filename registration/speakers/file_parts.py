"""The parts of a speaker's desk that take a file: picture, portrait, slides.

The view calls `take_in` before it makes the form: so a file passes the same checks as in the
organisers' form, before any transaction, and is kept for a day when the form comes back.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field as LayoutField
from crispy_forms.layout import Layout
from django import forms
from django.core.files.base import File
from django.db import transaction
from django.db.models import Field as Column
from django.http import HttpRequest
from django.urls import reverse

from events.desk import kept_uploads
from events.models import Speaker, Talk
from events.text.fields import LineInput
from events.uploads import images, kept, pdf_structure
from events.uploads.kept import CannotStore, CheckedUpload, Kind
from registration.fields import TOO_LONG
from registration.models import ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import FIELDS, Field, Part, present
from registration.speakers.parts import PartForm
from registration.speakers.upload_fields import upload_field

PICTURES = "image/jpeg,image/png,image/webp,image/avif"
# For a field of which "freiwillig" would say too little.
UNMARKED = "registration/speakers/_unmarked_field.html"
SMALL = (
    "Ihr Vorschlag ist nur {width} Pixel breit und wird unscharf aussehen. Haben Sie das Bild "
    "größer, laden Sie es bitte noch einmal hoch."
)
STILL_TRUE = (
    "Ist dieser Bildnachweis auch der des neuen Bildes? Dann speichern Sie bitte noch einmal; "
    "sonst berichtigen Sie ihn."
)
# What is said of slides, by what pdf_structure has found missing.
ADVICE = {
    pdf_structure.NO_STRUCTURE: "Ihre Folien haben keine Struktur: Wer einen Screenreader nutzt, "
    "kann ihnen kaum folgen. In PowerPoint: Datei › Exportieren › PDF, Optionen, "
    "„Dokumentstrukturtags für Barrierefreiheit“.",
    pdf_structure.NO_TITLE: "In den Eigenschaften der Datei steht kein Titel. In PowerPoint: "
    "Datei › Informationen › Titel.",
    pdf_structure.NO_LANGUAGE: "Die Datei sagt nicht, in welcher Sprache sie ist. Vorgelesen "
    "klingt sie dann womöglich englisch.",
    pdf_structure.NOT_CHECKABLE: "Ob alle Ihren Folien folgen können, auch mit einem "
    "Screenreader, lässt sich hier nicht prüfen.",
}


def owner_of(link: SpeakerLink) -> kept.Owner:
    """Return who may use what is uploaded with this link: no account has such a name."""
    return f"vortragen-{link.uuid}"


def line_field(
    model: type[Talk | Speaker], column: str, label: str, help_text: str, missing: str = ""
) -> LineInput:
    """Return the field for a text beside a file; with words for `missing` it is required."""
    return LineInput(
        label=label,
        help_text=help_text,
        required=bool(missing),
        max_length=cast(Column, model._meta.get_field(column)).max_length,
        error_messages={"max_length": TOO_LONG, "required": missing},
    )


@dataclass(frozen=True)
class Thumbnail:
    """A picture as the speaker's own page shows it: the smallest size, and the whole one."""

    src: str
    whole: str
    width: int
    height: int


def thumbnail(link: SpeakerLink, name: str) -> Thumbnail | None:
    """Return the stored picture `name` for the holder of the link; None for no picture."""
    if not name:
        return None
    picture = images.Picture(name)
    src, whole = (
        reverse("registration:speaker_picture", args=[link.token, picture.path.parent.name, size])
        for size in (f"{images.widths_up_to(picture.width)[0]}.jpg", picture.path.name)
    )
    return Thumbnail(src, whole, picture.width, picture.height)


class FilePart(PartForm):
    """Base of the parts with a file: proposed now or before, or what stands there already."""

    file_field: ClassVar[Field]
    # What the page asks for and takes without, too; it is not called "freiwillig".
    asked_for: ClassVar[tuple[Field, ...]] = ()
    kind: ClassVar[Kind]
    no_file: ClassVar[str]

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.attrs = {"enctype": "multipart/form-data"}
        return helper

    @classmethod
    def take_in(cls, request: HttpRequest, link: SpeakerLink) -> None:
        field = re.compile(f"{cls.part}-{cls.file_field}")
        kept_uploads.take_in(request, {field: cls.kind}, owner_of(link))

    def layout(self) -> Layout:
        """Leave out "freiwillig" beside the file: the page has said more of it."""
        unmarked = (self.file_field, *self.asked_for)
        return Layout(
            *(
                LayoutField(name, template=UNMARKED) if name in unmarked else name
                for name in self.fields
            )
        )

    @cached_property
    def proposed(self) -> ProposedChange | None:
        """The speaker's open proposal of a file."""
        for change in self.link.changes.all():
            if change.is_open and change.field == self.file_field and change.file:
                return change
        return None

    def clean(self) -> dict[str, Any]:
        """Refuse texts without a file."""
        answers = super().clean()
        file = answers.get(self.file_field)
        has_file = file or self.proposed or present(self.link, self.file_field)
        if not has_file and self.file_field not in self.errors:
            self.add_error(self.file_field, self.no_file)
        return answers

    def propose(self) -> list[ProposedChange]:
        """Propose file and texts, all or nothing.

        Where the storage takes no file nothing is proposed, and the form has an error then: it is
        shown again.
        """
        try:
            with transaction.atomic():
                return self._propose()
        except CannotStore as failure:
            refusal = kept.NOT_STORED()
            if isinstance(failure.upload, CheckedUpload):
                failure.upload.refusal = refusal
            self.add_error(self.file_field, refusal)
            return []

    def _propose(self) -> list[ProposedChange]:
        return super().propose()


class PictureOfPart(FilePart):
    """Base of the two parts with a picture and its credit."""

    kind = Kind.PICTURE
    credit_field: ClassVar[Field]
    # Pixels of width from which a picture is sharp where it will stand.
    sharp_from: ClassVar[int]

    @property
    def todays(self) -> Thumbnail | None:
        return thumbnail(self.link, present(self.link, self.file_field))

    @property
    def proposed_picture(self) -> Thumbnail | None:
        return thumbnail(self.link, self.proposed.file_name) if self.proposed else None

    @property
    def remarks(self) -> list[str]:
        """Say that the picture will look blurred; it may be the only one there is."""
        picture = self.proposed_picture
        if picture is None or picture.width >= self.sharp_from:
            return []
        return [SMALL.format(width=picture.width)]

    def clean(self) -> dict[str, Any]:
        """Ask once whether the credit that the page showed is that of the new picture, too.

        Whoever sends the form again, with the picture that was kept, has said yes.
        """
        picture = self.cleaned_data.get(self.file_field)
        is_new = isinstance(picture, CheckedUpload) and not picture.is_from_before
        if is_new and self.credit_field not in (*self.changed_data, *self.errors):
            self.add_error(self.credit_field, STILL_TRUE)
        return super().clean()


class PicturePart(PictureOfPart):
    """The picture of the talk."""

    part = Part.PICTURE
    button = "Bild speichern"
    template = "registration/speakers/_picture_part.html"
    file_field = Field.IMAGE
    sharp_from = 960
    credit_field = Field.IMAGE_CREDIT
    asked_for = (Field.IMAGE_ALT,)
    no_file = "Bitte wählen Sie das Bild aus; die Angaben darunter gehören zu ihm."
    field_order = [*FIELDS[Part.PICTURE][1]]

    image = upload_field(
        "Bild",
        "Als JPEG, PNG, WebP oder AVIF, höchstens 15 MB; am besten quer und mindestens "
        "1.600 Pixel breit. Bitte nur Bilder, die wir zeigen dürfen.",
        PICTURES,
    )
    image_focus = forms.ChoiceField(
        label="Was soll immer zu sehen sein?",
        help_text="Auf schmalen Flächen wird das Bild beschnitten. Dieser Teil bleibt stehen.",
        choices=images.Focus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Bitte wählen Sie eine Antwort."},
    )
    image_alt = line_field(
        Talk,
        "image_alt",
        "Alternativtext",
        "Was auf dem Bild zu sehen ist, in einem Satz: Ein Screenreader liest ihn allen vor, die "
        "das Bild nicht sehen können. Zum Beispiel: „Zwei Frauen pflanzen eine Linde vor dem "
        "Rathaus, im Hintergrund stehen Kinder.“",
    )
    image_caption = line_field(
        Talk,
        "image_caption",
        "Bildunterschrift",
        "Was man wissen muss, um das Bild zu verstehen: Ort, Anlass, Jahr.",
    )
    image_credit = line_field(
        Talk,
        "image_credit",
        "Bildnachweis",
        "Wer die Rechte hat, etwa „© Stadt Musterstadt/Vorname Name“. Ist "
        "es kein Foto, schreiben Sie „Illustration: …“ oder „Grafik: …“.",
        missing="Bitte geben Sie an, von wem das Bild ist.",
    )


class PortraitPart(PictureOfPart):
    """The speaker's own picture."""

    part = Part.PORTRAIT
    button = "Porträt speichern"
    template = "registration/speakers/_portrait_part.html"
    file_field = Field.PORTRAIT
    sharp_from = 480
    credit_field = Field.PORTRAIT_CREDIT
    no_file = "Bitte wählen Sie das Porträt aus; der Bildnachweis gehört zu ihm."
    field_order = [*FIELDS[Part.PORTRAIT][1]]

    portrait = upload_field(
        "Porträt",
        "Als JPEG, PNG, WebP oder AVIF, höchstens 15 MB, mindestens 480 Pixel breit. Zu sehen "
        "ist ein runder Ausschnitt: Ihr Gesicht in der Mitte, eher oben.",
        PICTURES,
    )
    portrait_credit = line_field(
        Speaker,
        "portrait_credit",
        "Bildnachweis",
        "Wer die Rechte hat, etwa „© Vorname Name“.",
        missing="Bitte geben Sie an, von wem das Porträt ist.",
    )


class SlidesPart(FilePart):
    """The slides; taken over they are one more material of the talk."""

    part = Part.SLIDES
    button = "Folien speichern"
    template = "registration/speakers/_slides_part.html"
    file_field = Field.SLIDES
    kind = Kind.PDF
    no_file = "Bitte wählen Sie Ihre Folien als PDF aus."
    missing = ""

    slides = upload_field("Folien", "Als PDF, höchstens 30 MB.", "application/pdf,.pdf")

    def clean_slides(self) -> File | None:
        """Look once whether everybody can read the slides; whoever sees them later is told."""
        file = self.cleaned_data["slides"]
        if isinstance(file, CheckedUpload):
            self.missing = ", ".join(pdf_structure.missing(file.paths()[0]))
        return file

    def _propose(self) -> list[ProposedChange]:
        file = self.cleaned_data["slides"]
        if not file:
            return []
        change = ProposedChange.objects.propose(self.link, Field.SLIDES, self.missing, file=file)
        return [change] if change else []

    @property
    def advice(self) -> list[str]:
        """What is said of the proposed slides; [] if nothing is missing that we can see."""
        found = self.proposed.text.split(", ") if self.proposed else []
        return [ADVICE[words] for words in found if words in ADVICE]
