"""What a video system's report says of one person, between reading and confirming.

A report names people who never signed up here. So its lines lie here for less than an hour, are in
no backup (webtalks/backup/dump.py), and go with whoever of them is erased.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from events.method_marks import alters_data
from events.models import Talk
from events.text.addresses import MAX_EMAIL
from events.text.fields import LineField
from registration.models.addresses import email_key

if TYPE_CHECKING:
    from registration.models.registration import Registration

# With the worker's five minutes on top they are gone within the hour.
LIFETIME = timedelta(minutes=55)
MAX_SHOWN = 200
# What stands with a name and is none; single letters are initials.
TITLES = frozenset(
    ["ba", "bsc", "dipl", "dr", "frau", "habil", "hc", "herr", "ing", "iur", "jur", "llm", "ma"]
    + ["mag", "mba", "med", "msc", "nat", "pd", "phil", "pol", "prof", "rer", "univ"]
)
# `h. c.`, `M. A.`, `B.Sc.`, `LL.M.`: taken together, or they would look like initials.
DOTTED_TITLES = re.compile(r"\b(h\.\s?c|m\.\s?a|b\.\s?a|m\.\s?sc|b\.\s?sc|ll\.\s?m)\b\.?")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "_": " "})


class ReportLineQuerySet(models.QuerySet["ReportLine", "ReportLine"]):
    """The lines of reports that nobody has confirmed yet."""

    def current(self, talk: Talk) -> Self:
        """Keep what was read of the talk and still counts, in the order of the report."""
        return self.filter(talk=talk, read_at__gt=timezone.now() - LIFETIME).order_by("pk")

    def outdated(self) -> Self:
        return self.filter(read_at__lte=timezone.now() - LIFETIME)

    @alters_data
    @transaction.atomic
    def replace(self, talk: Talk, lines: Iterable["ReportLine"], reader: User) -> None:
        """Keep these lines, and nothing of what was read of the talk before."""
        Talk.objects.lock([talk.pk])
        self.filter(talk=talk).delete()
        now, new = timezone.now(), list(lines)
        for line in new:
            line.talk, line.read_at, line.read_by = talk, now, reader
        ReportLine.objects.bulk_create(new)

    @alters_data
    def decide(self, lines: Iterable["ReportLine"]) -> None:
        """Write what an organiser has decided of these lines, as far as they are still here."""
        ReportLine.objects.bulk_update(lines, ["registration", "is_guest"])

    @alters_data
    def forget(self, row: "Registration") -> None:
        """Delete what may name the person of `row`, who is erased; rather too much."""
        lines = self.filter(talk=row.talk_id).only("name", "email", "registration")
        self.filter(pk__in=[line.pk for line in lines if line.may_name(row)]).delete()


class ReportLine(models.Model):
    """One person of a report; a row of the kind `SILENT` only counts lines that name nobody."""

    class Kind(models.TextChoices):
        PERSON = "person", "Im Raum"
        HOST = "host", "Gastgeber oder Vortragende"
        WAITING = "waiting", "Nur im Warteraum"
        OUTSIDE = "outside", "Nur vor oder nach dem Talk, oder keine Minute"
        SILENT = "silent", "Ohne Angabe, wann jemand da war"

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="report_lines")
    name = LineField("Name", max_length=MAX_SHOWN, blank=True)
    email = LineField("E-Mail-Adresse", max_length=MAX_EMAIL, blank=True)
    kind = models.CharField("Art", max_length=8, choices=Kind)
    # So many lines of the report are about this person.
    number = models.PositiveIntegerField("Zeilen", default=1)
    # In seconds since the beginning (`0-1800 1860-3600`), and how many of these count.
    spans = models.TextField(blank=True)
    seconds = models.PositiveIntegerField(default=0)
    # What an organiser has decided: whose line it is, or that it is nobody's who signed up.
    registration = models.ForeignKey(
        "registration.Registration", models.CASCADE, null=True, related_name="+"
    )
    is_guest = models.BooleanField("Gast", default=False)
    read_at = models.DateTimeField("Eingelesen am")
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = models.Manager.from_queryset(ReportLineQuerySet)()

    class Meta:
        verbose_name = "Zeile eines Teilnahmeberichts"
        verbose_name_plural = "Zeilen von Teilnahmeberichten"
        default_permissions = ()
        indexes = [models.Index(fields=["talk", "id"], name="report_line_of_talk")]

    def __str__(self) -> str:
        return f"Zeile {self.pk}"

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def names_somebody(self) -> bool:
        return self.kind != self.Kind.SILENT

    @property
    def shown_name(self) -> str:
        return self.name or self.email or "ohne Namen"

    @property
    def goes_at(self) -> datetime:
        return self.read_at + LIFETIME

    def may_name(self, row: "Registration") -> bool:
        """Whether it may be about the person of `row`: by address, or by words of the name."""
        if row.pk == self.registration_id or self.email and email_key(self.email) == row.email_key:
            return True
        here, there = set(name_words(self.name)), set(name_words(row.name or ""))
        return bool(here and there) and (here <= there or there <= here)


def name_words(name: str) -> tuple[str, ...]:
    """Return what names are compared by: `Beispiel, Dr. Änne` is `("aenne", "beispiel")`."""
    text = unicodedata.normalize("NFKC", name).casefold()
    last, comma, first = DOTTED_TITLES.sub(joined_title, text).partition(",")
    if comma and (words := plain_words(first)):
        return words + plain_words(last)
    return plain_words(last)


def joined_title(title: re.Match[str]) -> str:
    return re.sub(r"[.\s]", "", title[0]) + " "


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a small-letter text without titles and accents, `ü` as `ue`."""
    spelled = unicodedata.normalize("NFKD", text.translate(UMLAUTS))
    letters = "".join(char for char in spelled if not unicodedata.combining(char))
    return tuple(word for word in re.findall(r"\w+", letters) if word not in TITLES)


def delete_old_lines() -> int:
    """Delete what nobody has confirmed in time; return how many lines."""
    return ReportLine.objects.outdated().delete()[0]
