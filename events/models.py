"""The series, its talks and what a talk is made of."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from events import images
from events.archive import ArchiveQuerySet
from events.booking import Bookable, BookableQuerySet
from events.copies import Copyable
from events.dates import PLAUSIBLE
from events.materials import Material, remove_unused
from events.municipalities import Municipality
from events.neighbours import NeighboursQuerySet
from events.previews import uid_of
from events.revision import Revision, RevisionedModel, RevisionedQuerySet
from events.series import Series
from events.slugs import MAX_LENGTH, free_slug
from events.speakers import Speaker
from events.webaddress import WEB_ONLY
from events.words import TalkWords

__all__ = ["Material", "Municipality", "Revision", "Series", "Speaker", "Talk", "Topic"]


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


class TalkQuerySet(ArchiveQuerySet, NeighboursQuerySet, BookableQuerySet, RevisionedQuerySet):
    def published(self):
        """Keep talks the public may see, cancelled and postponed ones included."""
        return self.exclude(status=Talk.Status.DRAFT).filter(
            Q(publish_at=None) | Q(publish_at__lte=timezone.now())
        )

    def upcoming(self):
        """Keep talks that have not ended, the next one first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def awaited(self):
        """Keep what the start page announces: upcoming talks, and those without their new date."""
        is_open = Q(status=Talk.Status.POSTPONED)
        return self.filter(Q(ends_at__gt=timezone.now()) | is_open).order_by("starts_at", "pk")

    def in_preparation(self):
        """Keep what organisers still work on: drafts and talks ahead that are not cancelled."""
        return self.awaited().exclude(status=Talk.Status.CANCELLED)

    def with_slugs(self, slugs):
        return self.filter(slug__in=slugs)

    def past(self):
        """Keep talks that have ended, the newest first."""
        return self.filter(ends_at__lte=timezone.now()).order_by("-starts_at", "-pk")

    def taking_place(self):
        """Keep talks that are neither cancelled nor waiting for a new date."""
        return self.filter(status=Talk.Status.PUBLISHED)

    def with_parts(self):
        """Fetch what a list shows of each talk, in two queries."""
        return self.with_towns().prefetch_related("speakers")

    def with_towns(self):
        return self.select_related("municipality").defer("search_text")

    def with_all_parts(self):
        """Fetch what the talk's own page shows, in four queries."""
        return self.with_parts().prefetch_related("topics", "materials")

    def previewed_by(self, token: str):
        """Keep the talk that the preview link `token` shows; none if the link is dead."""
        uid = uid_of(token)
        return self.filter(uid=uid) if uid else self.none()

    def with_picture(self, folder: str):
        return self.filter(image__startswith=f"{images.FOLDER}/{folder}/")

    def without_alternative_text(self):
        return self.exclude(image="").filter(image_alt="")

    def lock(self, pks):
        """Return the talks `pks` in primary-key order, locked until the transaction ends."""
        return list(
            self.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True)
        )

    def store_counts(self, talk):
        """Write what registration's verbs have counted; no page changes by a number alone."""
        models.QuerySet.update(
            self.filter(pk=talk.pk),
            seats_taken=talk.seats_taken,
            waiting_count=talk.waiting_count,
            calendar_sequence=talk.calendar_sequence,
        )

    def to_announce(self):
        """Keep talks that the interest list is still to be told of; for one: `is_to_announce`."""
        return (
            self.published().taking_place().filter(announced_at=None, starts_at__gt=timezone.now())
        )

    def store_announced(self, talk):
        """Note that the interest list knows of the talk; no page shows it."""
        models.QuerySet.update(self.filter(pk=talk.pk), announced_at=timezone.now())

    store_counts.alters_data = True
    store_announced.alters_data = True


class Talk(Bookable, Copyable, TalkWords, RevisionedModel):
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
    # +1 whenever time, title or status changes: who was told of which change.
    change_no = models.PositiveIntegerField(default=0, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    # What the archive's search looks through; written by events/search.py alone.
    search_text = models.TextField(default="", editable=False)
    # When the interest list was told of the talk; written by registration's verb alone.
    announced_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField("angelegt", auto_now_add=True)
    updated_at = models.DateTimeField("geändert", auto_now=True)

    objects = models.Manager.from_queryset(TalkQuerySet)()

    # Written by others meanwhile, registration's verbs above all; `save` leaves them alone.
    COUNTERS = frozenset(
        {"seats_taken", "waiting_count", "calendar_sequence", "announced_at", "search_text"}
    )
    # What `save` compares with what the database held.
    WATCHED = frozenset({"title", "starts_at", "ends_at", "status", "image"})

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
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._loaded = {}

    def __str__(self):
        return self.title

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        talk = super().from_db(db, field_names, values, **kwargs)
        talk._loaded = dict(zip(field_names, values, strict=False))
        return talk

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
        written = self.WATCHED.intersection(
            self.WATCHED if update_fields is None else update_fields
        )
        changed = {field for field in written if self._has_changed(field)}
        also = set()
        if not self.slug:
            self.slug = free_slug(self.title, Talk.objects.exclude(pk=self.pk))
            also.add("slug")
        if changed - {"image"}:
            # In SQL, because a cancellation may raise it meanwhile.
            self.calendar_sequence = F("calendar_sequence") + 1
            self.change_no = F("change_no") + 1
            also |= {"calendar_sequence", "change_no"}
        if "starts_at" in changed and self._loaded.get("status") != self.Status.DRAFT:
            self.previous_starts_at = self._loaded["starts_at"]
            also.add("previous_starts_at")
        if update_fields is None and not self._state.adding:
            # A talk read long ago must not write back old counts.
            columns = {field.name for field in self._meta.concrete_fields}
            update_fields = columns - self.COUNTERS - {"id", "change_no"}
        replaced = self._loaded["image"] if "image" in changed else ""
        if update_fields is not None:
            update_fields = also.union(update_fields)
        super().save(update_fields=update_fields, **kwargs)
        self._loaded |= {field: getattr(self, field) for field in written - {"image"}}
        if "image" in written:
            self._loaded["image"] = self.image.name
        if replaced:
            transaction.on_commit(lambda: images.remove(replaced))

    def delete(self, *args, **kwargs):
        name = self.image.name
        pdfs = list(self.materials.files().values_list("file", flat=True))
        result = super().delete(*args, **kwargs)
        remove_unused(pdfs)
        if name:
            transaction.on_commit(lambda: images.remove(name))
        return result

    def _has_changed(self, field) -> bool:
        return field in self._loaded and self._loaded[field] != getattr(self, field)

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
