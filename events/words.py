"""How a talk reads: what templates, mails and calendar files say of it, in German."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from events import images
from events.dates import date_text, moment_text, short_date_text, time_text
from events.materials import Material


def when_text(talk) -> str:
    """Return `Mittwoch, 29. Oktober 2025, 10–11 Uhr`."""
    return f"{talk.date_text}, {talk.time_text}"


class TalkWords:
    """Part of a talk."""

    @property
    def registration_url(self) -> str:
        return f"{reverse('registration:form')}?talk={self.slug}"

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
    def time_text(self) -> str:
        return time_text(self.starts_at, self.ends_at)

    @property
    def weekday_text(self) -> str:
        return date_format(self.local_starts_at, "l")

    @property
    def day(self) -> str:
        return date_format(self.local_starts_at, "j")

    @property
    def month_year(self) -> str:
        """The month's short form: `Okt 2025`."""
        return date_format(self.local_starts_at, "b Y").title()

    @property
    def opens_text(self) -> str:
        return moment_text(self.registration_opens_at) if self.registration_opens_at else ""

    @property
    def speaker_line(self) -> str:
        return "; ".join(str(speaker) for speaker in self.speakers.all())

    @property
    def feed_text(self) -> str:
        """What a feed says of the talk, in plain text."""
        when = when_text(self)
        if not self.is_taking_place:
            when += f": {self.registration_state.label}"
        text = self.recap if self.is_past and self.recap else self.announcement
        return "\n\n".join(filter(None, [when, self.subtitle, self.speaker_line, text]))

    @property
    def picture(self) -> images.Picture | None:
        return images.Picture(self.image.name) if self.image else None

    @property
    def access_facts(self) -> list[str]:
        """What makes it easier to take part; the number to dial goes to those with a seat."""
        facts = {
            "Live-Untertitel": self.has_captions,
            "Gebärdensprache": self.has_sign_language,
            "Einwahl per Telefon": self.dial_in,
        }
        return [fact for fact, is_given in facts.items() if is_given]

    @property
    def social_picture_url(self) -> str:
        """The picture that messengers and networks show beside a link to the talk."""
        return self.picture.src if self.picture else reverse("events:sign", args=[self.slug])

    @property
    def public_materials(self) -> list[Material]:
        return [material for material in self.materials.all() if material.is_public]
