"""The series, its talks and what a talk is made of."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from events.dates import PLAUSIBLE
from events.models.booking import Bookable
from events.models.changes import Changeable
from events.models.copies import Copyable
from events.models.material import remove_unused
from events.models.municipality import Municipality
from events.models.revision import RevisionedModel
from events.models.talk_queries import TalkQuerySet
from events.models.web_address import WEB_ONLY
from events.models.words import TalkWords
from events.slugs import MAX_LENGTH, free_slug
from events.uploads import images


class Topic(RevisionedModel):
    """A theme that talks share."""

    name = models.CharField("Name", max_length=60, unique=True)
    slug = models.SlugField("Adresse", max_length=MAX_LENGTH, unique=True, editable=False)

    SEARCHED = frozenset({"name"})
    TO_TALK = "talks"

    class Meta:
        verbose_name = "Thema"
        verbose_name_plural = "Themen"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.slug = self.slug or free_slug(self.name, Topic.objects.exclude(pk=self.pk))
        super().save(*args, **kwargs)


class Talk(Bookable, Changeable, Copyable, TalkWords, RevisionedModel):
    """One hour online in which a town reports; times are stored in UTC, meant in Europe/Berlin."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        PUBLISHED = "published", "Veröffentlicht"
        CANCELLED = "cancelled", "Abgesagt"
        POSTPONED = "postponed", "Verschoben, neuer Termin offen"

    # What its calendar entries are known by, everywhere and for good (RFC 7986 §5.3).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_key = models.CharField(max_length=80, unique=True, null=True, editable=False)  # noqa: DJ001

    title = models.CharField("Titel", max_length=200)
    subtitle = models.CharField("Untertitel", max_length=200, blank=True)
    slug = models.SlugField(
        "Adresse",
        max_length=MAX_LENGTH,
        unique=True,
        blank=True,
        help_text="Letzter Teil der Internetadresse. Leer lassen: entsteht aus dem Titel.",
    )
    starts_at = models.DateTimeField("Beginn", validators=PLAUSIBLE)
    ends_at = models.DateTimeField("Ende", validators=PLAUSIBLE)
    announcement = models.TextField(
        "Ankündigung", blank=True, help_text="Worum es geht. Eine Leerzeile trennt Absätze."
    )
    recap = models.TextField(
        "Rückblick", blank=True, help_text="Ersetzt nach dem Talk die Ankündigung."
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        verbose_name="Ort",
        related_name="talks",
        null=True,
        blank=True,
        help_text="Der Ort, um dessen Vorhaben es geht; er steht auf dem Ortsschild.",
    )
    topics = models.ManyToManyField(
        Topic, through="TalkTopic", verbose_name="Themen", related_name="talks", blank=True
    )

    image = images.PictureField(
        "Bild",
        max_length=120,
        blank=True,
        help_text="JPEG, PNG, WebP oder AVIF, höchstens 15 MB. Ohne Bild steht das Ortsschild da.",
    )
    image_focus = models.CharField(
        "Bildmitte",
        max_length=6,
        choices=images.Focus,
        default=images.Focus.CENTER,
        help_text="Welcher Teil stehen bleibt, wo für das ganze Bild kein Platz ist.",
    )
    image_alt = models.CharField(
        "Alternativtext",
        max_length=250,
        blank=True,
        help_text="Was auf dem Bild zu sehen ist, für alle, die es nicht sehen können.",
    )
    image_caption = models.CharField("Bildunterschrift", max_length=250, blank=True)
    image_credit = models.CharField(
        "Bildnachweis",
        max_length=200,
        blank=True,
        help_text="Pflicht bei einem Bild, etwa „© Stadt Musterstadt“; „Foto:“ steht schon davor.",
    )

    status = models.CharField("Stand", max_length=10, choices=Status, default=Status.DRAFT)
    publish_at = models.DateTimeField(
        "Veröffentlichen ab",
        null=True,
        blank=True,
        validators=PLAUSIBLE,
        help_text="Leer lassen: ist zu sehen, sobald der Stand „Veröffentlicht“ ist.",
    )

    capacity = models.PositiveIntegerField(
        "Plätze",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="Leer lassen: unbegrenzt.",
    )
    waiting_list = models.BooleanField(
        "Warteliste", default=True, help_text="Gilt, wenn alle Plätze vergeben sind."
    )
    # Written by registration's verbs alone, under this row's lock.
    seats_taken = models.PositiveIntegerField("Belegte Plätze", default=0, editable=False)
    waiting_count = models.PositiveIntegerField("Auf der Warteliste", default=0, editable=False)
    registration_opens_at = models.DateTimeField(
        "Anmeldung ab",
        null=True,
        blank=True,
        validators=PLAUSIBLE,
        help_text="Leer lassen: sofort.",
    )
    registration_closes_at = models.DateTimeField(
        "Anmeldung bis",
        null=True,
        blank=True,
        validators=PLAUSIBLE,
        help_text="Leer lassen: bis zum Beginn.",
    )

    double_opt_in = models.BooleanField(
        "Adresse bestätigen lassen",
        default=False,
        help_text="Wer sich anmeldet, bekommt den Platz erst nach einem Klick in der Mail.",
    )
    reminds_day_before = models.BooleanField("Erinnerung am Tag davor", default=True)
    reminds_hour_before = models.BooleanField("Erinnerung eine Stunde davor", default=True)
    # Secret: only registration's page for people with a seat shows it, shortly before the start.
    meeting_url = models.URLField(
        "Zugangslink",
        max_length=500,
        blank=True,
        validators=[WEB_ONLY],
        help_text="Adresse der Videokonferenz. Nur Angemeldete kommen kurz vor Beginn dorthin.",
    )
    has_captions = models.BooleanField("Live-Untertitel", default=False)
    has_sign_language = models.BooleanField("Gebärdensprache", default=False)
    dial_in = models.CharField(
        "Einwahl per Telefon", max_length=200, blank=True, help_text="Zum Beispiel die Nummer."
    )
    written_answers = models.TextField(
        "Schriftliche Antworten",
        blank=True,
        help_text="Antworten auf Fragen, für die im Talk keine Zeit war.",
    )

    # Where the talk stood before it was moved (schema.org previousStartDate).
    previous_starts_at = models.DateTimeField(null=True, editable=False)
    # When beginning or end were last changed: after a slip nobody is forgotten at once.
    dates_changed_at = models.DateTimeField(null=True, editable=False)
    # Since when people know that it is cancelled: their data are kept from then on.
    status_changed_at = models.DateTimeField(null=True, editable=False)
    # +1 whenever time, title or status changes: who was told of which change.
    change_no = models.PositiveIntegerField(default=0, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    # What the archive's search looks through; written by events/models/search.py alone.
    search_text = models.TextField(default="", editable=False)
    # When the interest list was told of the talk; written by registration's verb alone.
    announced_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField("angelegt", auto_now_add=True)
    updated_at = models.DateTimeField("geändert", auto_now=True)

    objects = models.Manager.from_queryset(TalkQuerySet)()

    SEARCHED = frozenset(
        {"title", "subtitle", "announcement", "recap", "municipality", "municipality_id"}
    )
    TO_TALK = "pk"

    class Meta:
        verbose_name = "Talk"
        verbose_name_plural = "Talks"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="talk_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(image="") | ~Q(image_credit=""), name="talk_image_has_credit"
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="talk_starts_at"),
            models.Index(fields=["ends_at"], name="talk_ends_at"),
            models.Index(fields=["publish_at"], name="talk_publish_at"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("events:talk", args=[self.slug])

    def clean(self):
        errors = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = "Das Ende muss nach dem Beginn liegen."
        elif self.starts_at and self.ends_at and not self.is_within_one_day:
            errors["ends_at"] = "Ein Talk endet an dem Tag, an dem er beginnt."
        if self.image and not self.image_credit:
            errors["image_credit"] = "Bitte geben Sie an, von wem das Bild ist."
        opens, closes = self.registration_opens_at, self.registration_closes_at
        if closes and self.starts_at and closes > self.starts_at:
            errors["registration_closes_at"] = "Die Anmeldung endet spätestens mit dem Beginn."
        elif opens and (closes or self.starts_at) and opens >= (closes or self.starts_at):
            errors["registration_opens_at"] = "Die Anmeldung muss öffnen, bevor sie endet."
        if errors:
            raise ValidationError(errors)

    def save(self, *, update_fields=None, **kwargs):
        if not self.slug:
            self.slug = free_slug(self.title, Talk.objects.exclude(pk=self.pk))
            update_fields = update_fields and {"slug", *update_fields}
        super().save(update_fields=update_fields, **kwargs)

    def delete(self, *args, **kwargs):
        name = self.image.name
        pdfs = list(self.materials.files().values_list("file", flat=True))
        result = super().delete(*args, **kwargs)
        remove_unused(pdfs)
        if name:
            transaction.on_commit(lambda: images.remove(name))
        return result

    @property
    def new_talk(self) -> int:
        return self.pk

    @property
    def is_published(self) -> bool:
        return self.status != self.Status.DRAFT and (
            self.publish_at is None or self.publish_at <= timezone.now()
        )

    @property
    def is_to_announce(self) -> bool:
        is_open = self.is_published and self.is_taking_place and not self.has_begun
        return is_open and self.announced_at is None

    @property
    def is_taking_place(self) -> bool:
        return self.status == self.Status.PUBLISHED


class TalkTopic(RevisionedModel):
    """That a talk has a topic; a model of its own so that a change raises the revision."""

    talk = models.ForeignKey(Talk, models.CASCADE)
    topic = models.ForeignKey(Topic, models.CASCADE)

    SEARCHED = frozenset({"talk", "talk_id", "topic", "topic_id"})

    class Meta:
        verbose_name = "Thema eines Talks"
        verbose_name_plural = "Themen der Talks"
        constraints = [models.UniqueConstraint(fields=["talk", "topic"], name="talk_topic_once")]

    def __str__(self):
        return f"{self.talk}: {self.topic}"
