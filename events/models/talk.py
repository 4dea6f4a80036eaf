"""A talk: what it is, what it may and what a change of it entails.

The organisers' form of it: events/desk/talk_form.py; its page: templates/events/talk.html.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from events import previews
from events.dates import (
    NBSP,
    PLAUSIBLE,
    date_text,
    day_month_text,
    moment_text,
    short_date_text,
    time_text,
)
from events.method_marks import alters_data
from events.models.bookability import RegistrationState, state_of
from events.models.facts import FactColumns
from events.models.former_slug import FormerSlug
from events.models.material import Material
from events.models.municipality import Municipality
from events.models.practice_profile import PracticeProfile
from events.models.revision import RevisionedModel
from events.models.speaker import Speaker
from events.models.talk_queries import QUEUE_ENDS_BEFORE, TalkManager
from events.models.topic import Topic
from events.slugs import MAX_LENGTH, free_slug
from events.text.fields import LineField, LinesField, SlugField, WebAddressField, tidy
from events.uploads import images
from events.uploads.stored import remove_unused

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class CounterWritten(Exception):
    """Somebody has set a counter of a talk that only its own verb may write."""


class FormerAddress(Exception):
    """A talk was to get the address that another one had in public: it is printed and mailed."""


class Talk(RevisionedModel, FactColumns):
    """One hour online in which a town reports; times are stored in UTC, meant in Europe/Berlin."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        PUBLISHED = "published", "Veröffentlicht"
        CANCELLED = "cancelled", "Abgesagt"
        POSTPONED = "postponed", "Verschoben, neuer Termin offen"

    # What its calendar entries are known by, everywhere and for good (RFC 7986 §5.3).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_key = LineField(max_length=80, unique=True, null=True, editable=False)  # noqa: DJ001

    title = LineField("Titel", max_length=200)
    subtitle = LineField("Untertitel", max_length=200, blank=True)
    slug = SlugField(
        "Adresse",
        max_length=MAX_LENGTH,
        unique=True,
        blank=True,
        help_text="Letzter Teil der Internetadresse. Leer lassen: entsteht aus dem Titel. "
        "Eine frühere Adresse führt weiter hierher.",
    )
    starts_at = models.DateTimeField("Beginn", validators=PLAUSIBLE)
    ends_at = models.DateTimeField("Ende", validators=PLAUSIBLE)
    announcement = LinesField(
        "Ankündigung", blank=True, help_text="Worum es geht. Eine Leerzeile trennt Absätze."
    )
    recap = LinesField("Rückblick", blank=True, help_text="Ersetzt nach dem Talk die Ankündigung.")
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
        help_text="Höchstens 15 MB: JPEG bis 50 Megapixel; PNG, WebP, AVIF bis 20 Megapixel. "
        "Ohne Bild steht das Ortsschild da.",
    )
    image_focus = models.CharField(
        "Bildmitte",
        max_length=6,
        choices=images.Focus,
        default=images.Focus.CENTER,
        help_text="Welcher Teil stehen bleibt, wo für das ganze Bild kein Platz ist.",
    )
    image_alt = LineField(
        "Alternativtext",
        max_length=250,
        blank=True,
        help_text="Was auf dem Bild zu sehen ist, für alle, die es nicht sehen können.",
    )
    image_caption = LineField("Bildunterschrift", max_length=250, blank=True)
    image_credit = LineField(
        "Bildnachweis",
        max_length=200,
        blank=True,
        help_text="Pflicht bei einem Bild, etwa „© Stadt Musterstadt“; „Foto:“ steht schon davor. "
        "Ist es kein Foto, schreiben Sie „Illustration: …“ oder „Grafik: …“.",
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
    meeting_url = WebAddressField(
        "Zugangslink",
        help_text="Adresse der Videokonferenz. Nur Angemeldete kommen kurz vor Beginn dorthin.",
    )
    # Secret like the link: `Registration.dial_in` says who gets it.
    dial_in = LineField(
        "Nummer und PIN",
        max_length=200,
        blank=True,
        help_text="Für die Einwahl per Telefon. Nur Angemeldete bekommen sie: in ihren E-Mails "
        "und auf ihrer Seite, nie im Kalender.",
    )
    # When speakers and organisers try the technics, and where; for nobody else.
    check_at = models.DateTimeField(
        "Technik-Check",
        null=True,
        blank=True,
        validators=PLAUSIBLE,
        help_text="Wer hier vorträgt, bekommt den Termin per E-Mail, auch wenn er sich ändert.",
    )
    check_url = WebAddressField(
        "Link zum Technik-Check",
        default="",
        db_default="",
        help_text="Leer lassen: derselbe wie für den Talk.",
    )
    # SEQUENCE of its calendar entry: +1 whenever time, link or the talk's status change.
    check_sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    written_answers = LinesField(
        "Schriftliche Antworten",
        blank=True,
        help_text="Antworten auf Fragen, für die im Talk keine Zeit war.",
    )

    # Whose recognition the certificate names; shown beforehand, as chambers want it applied for.
    recognition_chamber = LineField(
        "Anerkannt durch",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Etwa „Architektenkammer Musterland“. Nur, wenn die Anerkennung vor dem Talk "
        "erteilt ist: Sie steht auf der Seite des Talks und auf der Bescheinigung.",
    )
    recognition_number = LineField(
        "Nummer der Anerkennung", max_length=80, blank=True, default="", db_default=""
    )
    recognition_hours = LineField(
        "Anerkannter Umfang",
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="So, wie die Kammer ihn nennt: „1 Unterrichtsstunde“.",
    )
    report_sentence = LineField(
        "Satz für den Bericht an den Förderer",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Was von diesem Talk bleibt, in einem Satz.",
    )
    # When a report of the video system was taken over, and how many came without registering.
    # Written by registration's verb alone.
    presence_read_at = models.DateTimeField(null=True, editable=False)
    guests = models.PositiveIntegerField("Gäste", null=True, editable=False)
    # When the mail with the material was released; the same.
    recap_released_at = models.DateTimeField(null=True, editable=False)

    # The invented beginning that `load_talks --demo` has given it; see has_demo_date.
    demo_starts_at = models.DateTimeField(null=True, editable=False)
    # Where the talk stood before it was moved (schema.org previousStartDate).
    previous_starts_at = models.DateTimeField(null=True, editable=False)
    # When beginning or end were last changed: after a slip nobody is erased at once.
    dates_changed_at = models.DateTimeField(null=True, editable=False)
    # Since when it stands before people as it does: its status, or that it can be seen, or lies
    # ahead again. Their data are kept from then on, and the interest list is told a while later.
    status_changed_at = models.DateTimeField(null=True, editable=False)
    # +1 whenever time, title or status changes: who was told of which change.
    change_no = models.PositiveIntegerField(default=0, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    # What the archive's search looks through; written by events/models/search.py alone.
    search_text = models.TextField(default="", editable=False)
    # When the interest list was told of the talk; written by registration's verb alone.
    announced_at = models.DateTimeField(null=True, editable=False)
    # The news wait for an organiser; the same.
    announcement_held = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField("angelegt", auto_now_add=True)
    updated_at = models.DateTimeField("geändert", auto_now=True)

    objects = TalkManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    if TYPE_CHECKING:
        speakers: RelatedManager[Speaker]
        materials: RelatedManager[Material]

    SEARCHED = frozenset(
        {"title", "subtitle", "announcement", "recap", "municipality", "municipality_id"}
    )
    TO_TALK = "pk"
    # What people have in their calendars: a change of it has a number, and is told.
    TOLD = frozenset({"title", "starts_at", "ends_at", "status"})
    # A write of these columns does more than write them: `save` knows what.
    ENTAILS_MORE = TOLD | {"image", "slug", "publish_at", "check_at", "check_url", "meeting_url"}
    # Written by a verb each (`TalkQuerySet.store_…`, `search.rewrite`), never by `save`.
    COUNTERS = frozenset(
        {
            "seats_taken",
            "waiting_count",
            "calendar_sequence",
            "announced_at",
            "announcement_held",
            "presence_read_at",
            "guests",
            "recap_released_at",
            "search_text",
        }
    )
    # Written by `save` together with the change that they note, and never else.
    NOTED = frozenset({"change_no", "check_sequence", "dates_changed_at", "status_changed_at"})
    # Set by the preview page: files of a draft are shown to whoever holds its link.
    preview_token = ""
    # Set by the preview of what a speaker proposes: it stands in the place of the picture.
    preview_picture: images.Picture | None = None
    # Set by both previews: the buttons of the page lead nowhere yet.
    is_previewed = False
    # Set by the preview of what a speaker proposes: what will stand among the material.
    preview_materials: Sequence[str] = ()
    # What `TalkQuerySet.with_marks` has found out; None where nobody has looked.
    speaker_is_there: bool | None = None
    topic_is_there: bool | None = None
    material_is_there: bool | None = None
    # What `TalkQuerySet.with_practice_mark` has found out; the same.
    practice_is_there: bool | None = None
    # The counters as the database held them, by name; none before the talk is stored.
    _counters: dict[str, Any] = {}

    class Meta:
        verbose_name = "Talk"
        verbose_name_plural = "Talks"
        ordering = ["-starts_at", "-pk"]
        permissions = [("enter_way_in_talk", "Darf den Zugangslink eintragen")]
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
            models.Index(
                fields=["status"], condition=Q(status="postponed"), name="talk_postponed"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:talk", args=[self.slug])

    @property
    def short_path(self) -> str:
        """The address for paper. It is printed, so the number always means this talk."""
        return reverse("events:short", args=[self.pk])

    @property
    def short_feedback_path(self) -> str:
        """The address for the slide, short enough to be typed from it."""
        return reverse("registration:feedback_short", args=[self.pk])

    def clean(self) -> None:
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
        if self.slug and FormerSlug.is_taken(self.slug, self):
            errors["slug"] = "Diese Adresse hat schon einmal zu einem anderen Talk geführt."
        if self.check_at and self.starts_at and self.check_at >= self.starts_at:
            errors["check_at"] = "Der Technik-Check muss vor dem Beginn des Talks liegen."
        if (self.recognition_number or self.recognition_hours) and not self.recognition_chamber:
            errors["recognition_chamber"] = "Bitte geben Sie auch an, wer anerkannt hat."
        if errors:
            raise ValidationError(errors)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        talk = super().from_db(db, field_names, values, **kwargs)
        talk.trust_counters()
        return talk

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.trust_counters()

    def trust_counters(self) -> None:
        """Take the counters of this object for those in the database; called by their writers."""
        known = self.COUNTERS.intersection(self.__dict__)
        self._counters = {name: self.__dict__[name] for name in known}

    @alters_data
    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Write the talk, and with it whatever its change entails.

        Compares with the row as it is stored. A new title, time or status gets a number
        (`change_no`) and the next SEQUENCE of its calendar entries (RFC 5546 §2.1.4). A new
        beginning keeps the one before it, and publishes a postponed talk again. The address that
        it had in public leads on. A replaced picture is deleted once the change is committed. The
        base class rewrites the search text and raises the revision. Without `update_fields` all
        columns are written but those that others write meanwhile.

        Raises CounterWritten if a counter was set by hand, FormerAddress if the slug once led to
        another talk.
        """
        self._refuse_counters()
        tidy(self)
        if not self.slug:
            others = FormerSlug.objects.exclude(talk=self.pk) if self.pk else FormerSlug.objects
            self.slug = free_slug(self.title, Talk.objects.exclude(pk=self.pk), others.all())
            update_fields = None if update_fields is None else {"slug", *update_fields}
        if self._state.adding:
            self._refuse_former_address()
            super().save(update_fields=update_fields, **kwargs)
            self.trust_counters()
            return
        written = self._columns_of_a_form() if update_fields is None else set(update_fields)
        stored = self._stored() if written & self.ENTAILS_MORE else {}
        changed = {name for name in written & stored.keys() if stored[name] != getattr(self, name)}
        if "starts_at" in changed and stored["status"] == self.status == self.Status.POSTPONED:
            self.status = self.Status.PUBLISHED
            changed.add("status")
        written |= self._note(changed, stored)
        self._remember_address(changed, stored)
        super().save(update_fields=written, **kwargs)
        self.trust_counters()
        if "image" in changed:
            remove_unused([stored["image"]])

    def _stored(self) -> dict[str, Any]:
        """Return what the database holds of the columns whose change entails more."""
        return Talk.objects.filter(pk=self.pk).values(*self.ENTAILS_MORE).first() or {}

    def _refuse_counters(self) -> None:
        for name, value in self._counters.items():
            if getattr(self, name) != value:
                raise CounterWritten(f"{name} is written by its own verb, not by save().")

    def _note(self, changed: set[str], stored: dict[str, Any]) -> set[str]:
        """Count the change and keep what was before it; return the names of the fields written."""
        noted = set()
        if changed & self.TOLD:
            # In SQL, because a cancellation may raise it meanwhile.
            self.calendar_sequence = F("calendar_sequence") + 1
            self.change_no = F("change_no") + 1
            noted |= {"calendar_sequence", "change_no"}
        moves_its_room = "meeting_url" in changed and not self.check_url
        if changed & {"check_at", "check_url", "status"} or moves_its_room:
            self.check_sequence = F("check_sequence") + 1
            noted.add("check_sequence")
        lies_ahead_again = "starts_at" in changed and stored["starts_at"] <= timezone.now()
        if changed & {"status", "publish_at"} or lies_ahead_again:
            self.status_changed_at = timezone.now()
            noted.add("status_changed_at")
        if "status" in changed:
            noted.add("status")
        if changed & {"starts_at", "ends_at"}:
            self.dates_changed_at = timezone.now()
            noted.add("dates_changed_at")
        if "starts_at" in changed and stored["status"] != self.Status.DRAFT:
            self.previous_starts_at = stored["starts_at"]
            noted.add("previous_starts_at")
        return noted

    def _remember_address(self, changed: set[str], stored: dict[str, Any]) -> None:
        """Let the address that was public lead on, and none to where it leads anyway."""
        if "slug" in changed:
            self._refuse_former_address()
        is_hidden_now = "status" in changed and self.status == self.Status.DRAFT
        if stored.get("status") != self.Status.DRAFT and ("slug" in changed or is_hidden_now):
            FormerSlug.note(stored["slug"], self)
        if "slug" in changed:
            FormerSlug.objects.filter(slug=self.slug).delete()

    def _refuse_former_address(self) -> None:
        if FormerSlug.is_taken(self.slug, self):
            raise FormerAddress(f"{self.slug} has led to another talk.")

    def _columns_of_a_form(self) -> set[str]:
        """Return what may be written by who read the talk long ago: no count, no moment."""
        columns = {field.name for field in self._meta.concrete_fields}
        return columns - self.COUNTERS - self.NOTED - {"id"}

    @alters_data
    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the talk, its picture and its slides; nobody else gets its public address."""
        name = self.image.name
        if self.status != self.Status.DRAFT:
            FormerSlug.note(self.slug, None)
        slides = list(self.materials.exclude(file="").values_list("file", flat=True))
        result = super().delete(*args, **kwargs)
        remove_unused([name or "", *slides])
        return result

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
    def announced_from(self) -> datetime:
        """When the interest list is told, unless it is held back: a while after all can see it."""
        seen_at = max(
            self.publish_at or self.created_at, self.status_changed_at or self.created_at
        )
        return seen_at + timedelta(minutes=settings.ANNOUNCE_AFTER_MINUTES)

    @property
    def is_announced_now(self) -> bool:
        """Whether the interest list is told now, by itself."""
        is_due = self.announced_from <= timezone.now()
        return self.is_to_announce and is_due and not self.announcement_held

    @property
    def is_taking_place(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_called_off(self) -> bool:
        """Whether its date no longer holds: it is cancelled, or awaits a new one."""
        return self.status in (self.Status.CANCELLED, self.Status.POSTPONED)

    @property
    def has_demo_date(self) -> bool:
        """Whether its date is made up for trying the site out; every other date ends that."""
        return self.demo_starts_at is not None and self.demo_starts_at == self.starts_at

    @property
    def is_upcoming(self) -> bool:
        return self.ends_at > timezone.now()

    @property
    def is_expected(self) -> bool:
        """Whether people are registered for what is still to come: also without a new date."""
        is_on = self.is_taking_place and self.is_upcoming
        return is_on or self.status == self.Status.POSTPONED

    @property
    def is_past(self) -> bool:
        return not self.is_upcoming

    @property
    def is_awaited(self) -> bool:
        return self.is_upcoming or self.status == self.Status.POSTPONED

    @property
    def is_running(self) -> bool:
        return self.starts_at <= timezone.now() < self.ends_at

    @property
    def lacks_way_in(self) -> bool:
        """Whether the public counts on it, and nobody could get in."""
        is_on = self.is_published and self.is_taking_place and self.is_upcoming
        return is_on and not self.meeting_url

    @property
    def names_go_at(self) -> datetime:
        """When the names of its people go, if all goes as planned."""
        return self.ends_at + timedelta(days=settings.RETENTION_DAYS)

    @property
    def names_go_on(self) -> date:
        return timezone.localdate(self.names_go_at)

    @property
    def is_to_follow_up(self) -> bool:
        """Whether it took place, and its people are still known by name."""
        took_place = self.is_published and self.is_taking_place and self.is_past
        return took_place and self.names_go_at > timezone.now()

    @property
    def check_ahead_at(self) -> datetime | None:
        """When speakers try the technics; None without a date, once it is over or called off."""
        moment = self.check_at
        is_ahead = moment is not None and moment > timezone.now()
        return moment if is_ahead and not self.is_called_off else None

    @property
    def check_link(self) -> str:
        """Where speakers try the technics: in a room of its own, else in that of the talk."""
        return self.check_url or self.meeting_url

    @property
    def check_when_text(self) -> str:
        """Return `Mittwoch, 29. Oktober 2025, 10:00 Uhr`; "" without a check ahead."""
        moment = self.check_ahead_at
        if moment is None:
            return ""
        return f"{date_format(timezone.localtime(moment), 'l')}, {moment_text(moment)}"

    @property
    def has_speaker(self) -> bool:
        found = self.speaker_is_there
        return self.speakers.exists() if found is None else found

    @property
    def has_topic(self) -> bool:
        return self.topics.exists() if self.topic_is_there is None else self.topic_is_there

    @property
    def has_material(self) -> bool:
        found = self.material_is_there
        return self.materials.exists() if found is None else found

    @property
    def has_documents(self) -> bool:
        """Whether there is something of it to read or to watch, besides its announcement."""
        return bool(self.recap or self.written_answers) or self.has_material

    @property
    def practice(self) -> PracticeProfile | None:
        """What others can take over from it; None where nobody has written it down."""
        profile: PracticeProfile | None = getattr(self, "profile", None)
        return None if profile is None or profile.is_empty else profile

    @property
    def has_practice(self) -> bool:
        found = self.practice_is_there
        return self.practice is not None if found is None else found

    @property
    def told_afterwards_text(self) -> str:
        """What its page tells once it is over: `Rückblick und schriftliche Antworten`."""
        if not self.is_past:
            return ""
        told = [("Rückblick", self.recap), ("schriftliche Antworten", self.written_answers)]
        words = " und ".join(word for word, text in told if text)
        return words[:1].upper() + words[1:]

    @property
    def way_in_opens_at(self) -> datetime:
        """When people with a seat may go in: JOIN_OPENS_MINUTES before the beginning."""
        return self.starts_at - timedelta(minutes=settings.JOIN_OPENS_MINUTES)

    @property
    def is_way_in_open(self) -> bool:
        """Whether the pages lead people with a seat to the talk before anything else."""
        is_time = self.way_in_opens_at <= timezone.now() < self.ends_at
        return is_time and self.is_taking_place and self.is_published

    @property
    def feedback_opens_at(self) -> datetime:
        """When people may say how it was: FEEDBACK_OPENS_MINUTES before the end."""
        return self.ends_at - timedelta(minutes=settings.FEEDBACK_OPENS_MINUTES)

    @property
    def feedback_closes_at(self) -> datetime:
        return self.ends_at + timedelta(days=settings.FEEDBACK_DAYS)

    @property
    def takes_feedback(self) -> bool:
        """Whether people may say how it was now."""
        is_time = self.feedback_opens_at <= timezone.now() < self.feedback_closes_at
        return is_time and self.is_taking_place and self.is_published

    @property
    def asks_for_feedback(self) -> bool:
        """Whether its page leads there: until the last midnight before it closes.

        Kept pages change at the end of a talk and at midnight by themselves, and not in between.
        """
        last_day = timezone.localdate(self.feedback_closes_at)
        return self.takes_feedback and self.is_past and timezone.localdate() < last_day

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_within_one_day(self) -> bool:
        return self.local_starts_at.date() == self.local_ends_at.date()

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def recognition(self) -> str:
        """Say who recognises it as training: `Kammer, Nummer 12, 1 Stunde`; "" if nobody does."""
        if not self.recognition_chamber:
            return ""
        number = self.recognition_number and f"Nummer{NBSP}{self.recognition_number}"
        return ", ".join(filter(None, [self.recognition_chamber, number, self.recognition_hours]))

    @property
    def has_old_report(self) -> bool:
        """Whether the report of who was there is of a date before the present one."""
        read_at = self.presence_read_at
        return read_at is not None and read_at < self.starts_at

    @property
    def queue_runs(self) -> bool:
        """Whether a freed seat still goes to the first in the queue."""
        return timezone.now() < self.starts_at - QUEUE_ENDS_BEFORE

    @property
    def seats_free(self) -> int | None:
        """Seats left; None means unlimited. Negative after the capacity was lowered."""
        return None if self.capacity is None else self.capacity - self.seats_taken

    @property
    def people_count(self) -> int:
        """Who has a seat or waits for one."""
        return self.seats_taken + self.waiting_count

    @property
    def has_free_seat(self) -> bool:
        """Whether the next form gets a seat: those in the queue come first while it runs."""
        ahead = self.waiting_count if self.queue_runs else 0
        return self.seats_free is None or self.seats_free > ahead

    @property
    def has_few_seats(self) -> bool:
        """Whether at most a tenth of the seats is left, but at least one counts as few."""
        free, capacity = self.seats_free, self.capacity
        return free is not None and capacity is not None and free <= max(1, capacity // 10)

    @property
    def registration_state(self) -> RegistrationState:
        """The one answer to "Can I sign up?" that every page, list and form gives."""
        return state_of(self)

    @property
    def takes_extra_seats(self) -> bool:
        """Whether an organiser may still enter somebody, however full it is."""
        return self.is_published and self.is_taking_place and self.is_upcoming

    @property
    def is_bookable(self) -> bool:
        return self.registration_state.is_bookable

    @property
    def was_moved_lately(self) -> bool:
        """Whether its date was changed within the last RETENTION_DAYS."""
        since = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
        return self.dates_changed_at is not None and self.dates_changed_at >= since

    @property
    def registration_url(self) -> str:
        return f"{reverse('registration:form')}?talk={self.slug}"

    @property
    def way_in_path(self) -> str:
        """Where whoever has a seat asks for the personal way in."""
        return reverse("registration:ask_for_way_in", args=[self.slug])

    @property
    def link_mail_text(self) -> str:
        """In which mails the personal link stands, for whoever is in a hurry."""
        reminder = ""
        if self.reminds_hour_before:
            reminder = " und in der Erinnerung eine Stunde vor Beginn"
        elif self.reminds_day_before:
            reminder = " und in der Erinnerung am Tag davor"
        return f"Ihr persönlicher Link steht in der E-Mail zu Ihrer Anmeldung{reminder}."

    @property
    def local_starts_at(self) -> datetime:
        """The beginning in Europe/Berlin, the series' time zone."""
        return timezone.localtime(self.starts_at)

    @property
    def local_ends_at(self) -> datetime:
        return timezone.localtime(self.ends_at)

    @property
    def local_previous_starts_at(self) -> datetime | None:
        moment = self.previous_starts_at
        return moment and timezone.localtime(moment)

    @property
    def date_text(self) -> str:
        return date_text(self.starts_at)

    @property
    def short_date_text(self) -> str:
        return short_date_text(self.starts_at)

    @property
    def day_month_text(self) -> str:
        return day_month_text(self.starts_at)

    @property
    def time_text(self) -> str:
        return time_text(self.starts_at, self.ends_at)

    @property
    def when_text(self) -> str:
        """Return `Mittwoch, 29. Oktober 2025, 10–11 Uhr`."""
        return f"{self.date_text}, {self.time_text}"

    @property
    def short_when_text(self) -> str:
        """Return `Mi., 29. Okt. 2025, 10–11 Uhr`."""
        return f"{date_format(self.local_starts_at, f'D., j.{NBSP}N Y')}, {self.time_text}"

    @property
    def weekday_text(self) -> str:
        return date_format(self.local_starts_at, "l")

    @property
    def day(self) -> str:
        return date_format(self.local_starts_at, "j")

    @property
    def month_year(self) -> str:
        """The month as newspapers shorten it: `Okt. 2025`, `März 2026`."""
        return date_format(self.local_starts_at, "N Y")

    @property
    def opens_text(self) -> str:
        return moment_text(self.registration_opens_at) if self.registration_opens_at else ""

    @property
    def text(self) -> str:
        """What it is about: the recap once it is over, before that the announcement."""
        return self.recap if self.is_past and self.recap else self.announcement

    @property
    def speaker_line(self) -> str:
        return "; ".join(str(speaker) for speaker in self.speakers.all())

    @property
    def picture(self) -> images.Picture | None:
        if self.preview_picture:
            return self.preview_picture
        return images.Picture(self.image.name or "", self.preview_query) if self.image else None

    @property
    def credit_text(self) -> str:
        """The picture's credit, after the word for its kind: `Foto: © Stadt Gudensberg`."""
        return images.credit_text(self.image_credit, "Foto")

    @property
    def preview_query(self) -> str:
        return f"?vorschau={self.preview_token}" if self.preview_token else ""

    @property
    def preview_url(self) -> str:
        """A fresh link to the preview, good for `previews.VALID_DAYS`."""
        return reverse("events:preview", args=[previews.token_of(self)])

    @property
    def offers_telephone(self) -> bool | None:
        """Whether it says so itself; a number to dial says it too."""
        return True if self.has_telephone is None and self.dial_in else self.has_telephone

    @property
    def card_url(self) -> str:
        """The picture that messengers and networks show beside a link to the talk."""
        return self.picture.src if self.picture else reverse("events:sign", args=[self.slug])

    @property
    def public_materials(self) -> list[Material]:
        return [material for material in self.materials.all() if material.is_public]

    @property
    def participants_materials(self) -> list[Material]:
        """What the personal links lead to; they end when the names go."""
        if self.ends_at + timedelta(days=settings.RETENTION_DAYS) <= timezone.now():
            return []
        return [material for material in self.materials.all() if not material.is_public]
