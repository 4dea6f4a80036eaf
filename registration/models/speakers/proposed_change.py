"""What speakers propose: one text or file of their talk, which organisers take over or answer.

All undecided changes of a link are the speaker's one open proposal; each save adds to it. Nothing
of it is public. The page: registration/speakers; the organisers': registration/desk/speakers.
"""

from typing import Any, Self

from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from events.method_marks import alters_data, for_managers_too
from events.models import Material, PracticeProfile, Speaker, Talk
from events.text import cleaning
from events.text.fields import LinesField
from events.uploads import images, pdfs, stored
from registration.models.speakers.speaker_link import SpeakerLink


class Part(models.TextChoices):
    """What belongs together: it is saved, looked at and asked for as one."""

    PERSON = "person", "Name und Funktion"
    PORTRAIT = "portrait", "Ihr Porträt"
    TALK = "talk", "Titel und Text"
    PICTURE = "picture", "Bild"
    SLIDES = "slides", "Folien"
    PRACTICE = "practice", "Praxisprofil"

    @property
    def name_for_organisers(self) -> str:
        """Its label where it is not said to the speaker: `Porträt`."""
        return str(self.label).removeprefix("Ihr ")


class Field(models.TextChoices):
    """What can be proposed, by the name that it has on its model (`FIELDS`)."""

    NAME = "name", "Name"
    ROLE = "role", "Funktion"
    PORTRAIT = "portrait", "Porträt"
    PORTRAIT_CREDIT = "portrait_credit", "Bildnachweis des Porträts"
    TITLE = "title", "Titel"
    SUBTITLE = "subtitle", "Untertitel"
    ANNOUNCEMENT = "announcement", "Text"
    IMAGE = "image", "Bild"
    IMAGE_FOCUS = "image_focus", "Bildmitte"
    IMAGE_ALT = "image_alt", "Alternativtext"
    IMAGE_CAPTION = "image_caption", "Bildunterschrift"
    IMAGE_CREDIT = "image_credit", "Bildnachweis"
    SLIDES = "slides", "Folien"
    SITUATION = "situation", "Ausgangslage"
    APPROACH = "approach", "Vorgehen"
    PARTICIPANTS = "participants", "Beteiligte"
    COSTS = "costs", "Kosten und Förderung"
    LESSONS = "lessons", "Was andere daraus lernen können"
    CONTACT = "contact", "Ansprechstelle"


FIELDS: dict[Part, tuple[type[models.Model], tuple[Field, ...]]] = {
    Part.PERSON: (Speaker, (Field.NAME, Field.ROLE)),
    Part.PORTRAIT: (Speaker, (Field.PORTRAIT, Field.PORTRAIT_CREDIT)),
    Part.TALK: (Talk, (Field.TITLE, Field.SUBTITLE, Field.ANNOUNCEMENT)),
    Part.PICTURE: (
        Talk,
        (
            Field.IMAGE,
            Field.IMAGE_FOCUS,
            Field.IMAGE_ALT,
            Field.IMAGE_CAPTION,
            Field.IMAGE_CREDIT,
        ),
    ),
    Part.SLIDES: (Material, (Field.SLIDES,)),
    Part.PRACTICE: (
        PracticeProfile,
        (
            Field.SITUATION,
            Field.APPROACH,
            Field.PARTICIPANTS,
            Field.COSTS,
            Field.LESSONS,
            Field.CONTACT,
        ),
    ),
}
PART_OF = {field: part for part, (_, fields) in FIELDS.items() for field in fields}
MODEL_OF = {field: model for model, fields in FIELDS.values() for field in fields}
PICTURES = (Field.IMAGE, Field.PORTRAIT)
FILES = (*PICTURES, Field.SLIDES)


def present(link: SpeakerLink, field: str) -> str:
    """Return what stands there now; of a picture the stored name, "" for nothing.

    Slides are never compared: a proposed file is one more material.
    """
    if field == Field.SLIDES:
        return ""
    owner: Any = _owner(link, Field(field))
    value = getattr(owner, field) if owner else ""
    return (value.name or "") if isinstance(value, FieldFile) else str(value)


def _owner(link: SpeakerLink, field: Field) -> models.Model | None:
    """Return the row that holds the field; None for a profile that is not there yet."""
    model = MODEL_OF[field]
    if model is Speaker:
        return link.speaker
    return link.talk.practice if model is PracticeProfile else link.talk


class ProposedChangeQuerySet(models.QuerySet["ProposedChange", "ProposedChange"]):
    """Proposed changes; the verb that writes one."""

    def open(self) -> Self:
        """Keep what no organiser has decided yet."""
        return self.filter(decided_at=None)

    def in_talk(self, talk: Talk) -> Self:
        return self.filter(link__speaker__talk=talk)

    def by_talk(self) -> "models.QuerySet[Any, Any]":
        """Return (talk, how many)."""
        return self._in_each_talk().annotate(number=models.Count("pk"))

    def senders_by_talk(self) -> "models.QuerySet[Any, Any]":
        """Return (talk, how many speakers they are of)."""
        return self._in_each_talk().annotate(number=models.Count("link", distinct=True))

    def _in_each_talk(self) -> "models.QuerySet[Any, Any]":
        return self.order_by().values_list("link__speaker__talk")

    @alters_data
    @for_managers_too
    @transaction.atomic
    def take_back(self, link: SpeakerLink, part: str) -> bool:
        """Delete what the speaker proposes for one part; False if nothing of it is open.

        What organisers have decided stays. It waits at the link's row, as `propose` does.
        """
        SpeakerLink.objects.lock(link)
        fields = FIELDS[Part(part)][1]
        number, _ = ProposedChange.objects.open().filter(link=link, field__in=fields).delete()
        return number > 0

    @alters_data
    @for_managers_too
    @transaction.atomic
    def propose(
        self, link: SpeakerLink, field: str, text: str = "", *, file: Any = None
    ) -> "ProposedChange | None":
        """Write what the speaker proposes for one field, in place of what they proposed before.

        What stands there already is no proposal: an open one for it goes, and None is returned.
        `file` is a checked upload for a picture or the slides. What was decided before is open
        again. Several saves at once wait for each other at the link's row.

        Raises SpeakerLink.DoesNotExist if the link was erased, renewed or withdrawn meanwhile.
        """
        link = SpeakerLink.objects.lock(link)
        text = cleaning.lines(text)
        found = ProposedChange.objects.filter(link=link, field=field).first()
        now = present(link, field)
        if file is None and text == now:
            if found and found.is_open:
                found.delete()
            return None
        if found and found.is_open and file is None and found.text == text and not found.file:
            return found
        change = found or ProposedChange(link=link, field=field)
        replaced = change.file_name
        change.text, change.before = text, now
        change.picture = change.pdf = ""
        if file is not None:
            column = "picture" if field in PICTURES else "pdf"
            setattr(change, column, file)
        change.version += 1
        change.proposed_at, change.decided_at = timezone.now(), None
        change.outcome, change.answer = "", ""
        change.save()
        stored.remove_unused([replaced])
        return change


class ProposedChange(models.Model):
    """One text or file that a speaker proposes, and what organisers decided about it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", "übernommen"
        DECLINED = "declined", "nicht übernommen"

    link = models.ForeignKey(
        SpeakerLink, models.CASCADE, verbose_name="Link", related_name="changes"
    )
    field = models.CharField("Was", max_length=20, choices=Field)
    # Of slides: what screen readers miss in them, in the words of uploads/pdf_structure.py.
    text = LinesField("Vorschlag", blank=True)
    picture = images.PictureField("Bild", max_length=120, blank=True)
    pdf = pdfs.PdfField("Folien", upload_to=pdfs.storage_name, max_length=120, blank=True)
    # What stood there when it was proposed: somebody may have changed it since.
    before = LinesField(blank=True, editable=False)
    # +1 with each save of the speaker: whoever decides has seen this one.
    version = models.PositiveIntegerField(default=0, editable=False)
    proposed_at = models.DateTimeField("Vorgeschlagen am", default=timezone.now)
    decided_at = models.DateTimeField("Entschieden am", null=True, editable=False)
    outcome = models.CharField("Ergebnis", max_length=8, choices=Outcome, blank=True)
    # The organisers' sentence to the speaker.
    answer = LinesField("Antwort", max_length=500, blank=True)

    objects = models.Manager.from_queryset(ProposedChangeQuerySet)()

    class Meta:
        verbose_name = "Vorschlag"
        verbose_name_plural = "Vorschläge"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["link", "field"], name="proposed_change_once")
        ]
        indexes = [
            models.Index(
                fields=["link"],
                condition=models.Q(decided_at=None),
                name="proposed_change_open",
            )
        ]

    def __str__(self) -> str:
        return self.get_field_display()

    @property
    def part(self) -> Part:
        return PART_OF[Field(self.field)]

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def file(self) -> FieldFile | None:
        """The proposed file, where it is one."""
        return self.picture or self.pdf or None

    @property
    def file_name(self) -> str:
        return (self.file.name or "") if self.file else ""

    @property
    def is_outdated(self) -> bool:
        """Whether what stands there was changed after this was proposed."""
        return present(self.link, self.field) != self.before

    @alters_data
    def decide(self, outcome: str, answer: str = "") -> None:
        """Note what organisers decided; a file that was taken over belongs to the talk now."""
        self.outcome, self.answer, self.decided_at = outcome, answer, timezone.now()
        unused = "" if outcome == self.Outcome.TAKEN else self.file_name
        self.picture = self.pdf = ""
        self.save()
        stored.remove_unused([unused])


@receiver(post_delete, sender=ProposedChange)
def _forget_file(instance: ProposedChange, **_: Any) -> None:
    """Delete the file of a proposal that is deleted, also where it goes with link or speaker."""
    stored.remove_unused([instance.file_name])
