"""What a certificate of attendance says, and who has none."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events.dates import NBSP, short_date_text
from events.models import Series, Talk
from registration import certificate_keys as keys
from registration import pdf
from registration.certificates.code import Code
from registration.models import Registration
from registration.models.registration import has_stayed

# The stylesheets of certificates, beside those of every PDF.
STYLES = ("css/pages/certificate.css",)
# What chambers count in, in minutes.
UNIT = 45
# Characters, from which on the sheet needs smaller type.
LONG = 300
# The last line of an address, with or without the country's letter.
PLACE = re.compile(r"^(?:D-)?\d{5} +(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Certificate:
    """All that is printed; what depends on the person are `name`, `minutes` and `code`."""

    name: str
    talk: Talk
    series: Series
    # None: an organiser has confirmed the presence, and nobody counted.
    minutes: int | None
    code: Code

    @property
    def presence(self) -> str:
        if self.minutes is None:
            return "vom Veranstalter bestätigt"
        return f"{self.minutes} von {self.talk.minutes}{NBSP}Minuten"

    @property
    def scope(self) -> str:
        """The same in hours and in units of 45 minutes, never rounded up; "" if nobody counted."""
        if self.minutes is None:
            return ""
        hours, units = in_parts_of(60, self.minutes), in_parts_of(UNIT, self.minutes)
        named = "Zeitstunde" if hours == "1" else "Zeitstunden"
        counted = "Unterrichtseinheit" if units == "1" else "Unterrichtseinheiten"
        return f"{hours}{NBSP}{named}, {units} {counted} zu {UNIT}{NBSP}Minuten"

    @property
    def recognition(self) -> str:
        """By which chamber, as it is entered for the talk; "" without."""
        return self.talk.recognition

    @property
    def issued(self) -> str:
        """Where and when: the place of the organisers' address, and today."""
        place = PLACE.search(self.series.provider_address)
        day = short_date_text(timezone.now())
        return f"{place[1]}, {day}" if place else day

    @property
    def is_long(self) -> bool:
        """Whether only smaller type leaves it on one sheet."""
        texts = [self.name, self.talk.title, self.talk.subtitle, self.recognition]
        return sum(map(len, texts)) > LONG

    @property
    def check_url(self) -> str:
        """What the QR code leads to: only the name is still to be typed there."""
        return settings.SITE_URL + reverse("registration:check_code", args=[self.code])

    @property
    def check_address(self) -> str:
        """The address to type."""
        return urlsplit(settings.SITE_URL).netloc + reverse("registration:check_certificate")

    @property
    def qr_code(self) -> str:
        """The address as a picture (data:) for cameras."""
        return segno.make(self.check_url, error="m", micro=False).svg_data_uri(
            dark="black", light="white", border=2
        )


def in_parts_of(length: int, minutes: int) -> str:
    """Return how often so many minutes hold `length`, to the hundredth: `1,33`, never `1,34`."""
    hundredths = minutes * 100 // length
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02}".rstrip("0").rstrip(",")


def certificate_of(row: Registration, series: Series) -> Certificate | None:
    """Return the certificate of who may have one."""
    if not row.has_certificate:
        return None
    minutes = None
    if row.minutes_present is not None and has_stayed(row.minutes_present, row.talk):
        # Its end may have been put right after the report was read.
        minutes = min(row.minutes_present, row.talk.minutes)
    name = row.name or ""
    code = Code.issue(row.talk, name, minutes)
    return Certificate(name, row.talk, series, minutes, code) if code else None


def as_pdf(certificates: list[Certificate]) -> bytes:
    """Return them as one PDF, each on a sheet of its own; raises what `pdf.write_pdf` raises."""
    return pdf.write_pdf("pdf/certificates.html", {"certificates": certificates}, *STYLES)


def why_no_certificate(row: Registration) -> str:
    """Say to the person why there is none; "" if there is.

    Nothing is ever said of somebody's absence: a report does not know everybody.
    """
    talk = row.talk
    if not row.name or not row.is_confirmed:
        return "Eine Bescheinigung gibt es für Talks, in denen Sie einen Platz hatten."
    if not talk.is_taking_place or not talk.is_past:
        return "Die Bescheinigung gibt es nach dem Talk."
    if not keys.are_there_for(talk.pk):
        return "Diese Website kann gerade keine Bescheinigungen ausstellen."
    if talk.has_old_report:
        return (
            "Der Talk hat einen neuen Termin. Bescheinigungen gibt es, sobald die Teilnahme für "
            "ihn eingelesen ist."
        )
    return "" if row.attended else _what_is_not_known(row)


def _what_is_not_known(row: Registration) -> str:
    talk = row.talk
    if row.minutes_present is not None:
        return (
            f"Der Bericht des Videosystems nennt {row.minutes_present} von {talk.minutes}{NBSP}"
            f"Minuten. Eine Bescheinigung gibt es ab {fewest_minutes(talk)}{NBSP}Minuten. Kann "
            "das nicht stimmen, weil Sie zum Beispiel mit einem zweiten Gerät oder per Telefon "
            "dabei waren? Dann schreiben Sie uns."
        )
    if talk.presence_read_at is None:
        return "Bescheinigungen gibt es, sobald die Teilnahme eingelesen ist."
    return (
        "Für diesen Talk ist Ihre Teilnahme noch nicht vermerkt. Das kann viele Gründe haben: "
        "Wer unter anderem Namen oder per Telefon dabei war, den kennt der Bericht des "
        "Videosystems nicht. Schreiben Sie uns, dann tragen wir es nach."
    )


def fewest_minutes(talk: Talk) -> int:
    """Return from how many minutes on somebody has attended."""
    return next(m for m in range(talk.minutes + 1) if has_stayed(m, talk))
