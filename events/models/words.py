"""How a talk reads: what templates, mails and calendar files say of it, in German."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from events import previews
from events.dates import date_text, in_days_text, moment_text, short_date_text, time_text
from events.models.material import Material
from events.uploads import images


def when_text(talk) -> str:
    """Return `Mittwoch, 29. Oktober 2025, 10–11 Uhr`."""
    return f"{talk.date_text}, {talk.time_text}"


class TalkWords:
    """Part of a talk."""

    @property
    def registration_url(self) -> str:
        return f"{reverse('registration:form')}?talk={self.slug}"

    @property
    def way_in_path(self) -> str:
        """Where whoever has a seat asks for the personal way in."""
        return reverse("registration:ask_for_way_in", args=[self.slug])

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
    def countdown_text(self) -> str:
        """`Heute`, `Morgen`, `In 3 Tagen`: how far away the beginning is."""
        text = in_days_text((self.local_starts_at.date() - timezone.localdate()).days)
        return text[0].upper() + text[1:]

    @property
    def month_year(self) -> str:
        """The month's short form: `Okt 2025`."""
        return date_format(self.local_starts_at, "b Y").title()

    @property
    def opens_text(self) -> str:
        return moment_text(self.registration_opens_at) if self.registration_opens_at else ""

    @property
    def previous_when_text(self) -> str:
        """Return `29. Oktober 2025, 10:00 Uhr`, the beginning before the talk was moved."""
        return moment_text(self.previous_starts_at) if self.previous_starts_at else ""

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
        return images.Picture(self.image.name, self.preview_query) if self.image else None

    # Set by the preview page: files of a draft are shown to whoever holds its link.
    preview_token = ""

    @property
    def preview_query(self) -> str:
        return f"?vorschau={self.preview_token}" if self.preview_token else ""

    @property
    def preview_url(self) -> str:
        """A fresh link to the preview, good for `previews.VALID_DAYS`."""
        return reverse("events:preview", args=[previews.token_of(self)])

    @property
    def publication_text(self) -> str:
        """The state as organisers read it: `Veröffentlicht ab 3. Dezember 2025, 10:00 Uhr`."""
        if self.status == "draft" or self.is_published:
            return self.get_status_display()
        return f"{self.get_status_display()} ab {moment_text(self.publish_at)}"

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
    def card_url(self) -> str:
        """The picture that messengers and networks show beside a link to the talk."""
        return self.picture.src if self.picture else reverse("events:sign", args=[self.slug])

    @property
    def public_materials(self) -> list[Material]:
        return [material for material in self.materials.all() if material.is_public]
