"""What a talk is, before anybody signs up: the programme, the recording, help to follow it.

One rule for every reader: what the talk says of itself, else what its series says. Where neither
says anything, nothing is claimed. The number to dial is no such fact: it is for people with a seat
(`Registration.dial_in`).
"""

from dataclasses import dataclass

from django.db import models

from events.text.fields import LineField, WebAddressField
from events.text.web_address import HTTPS_ONLY

UNSAID = "keine Angabe"
ANSWERS = [(None, UNSAID), (True, "ja"), (False, "nein")]


@dataclass(frozen=True)
class Fact:
    """One line about a talk, in the words of all pages, mails and calendars."""

    label: str
    text: str
    link: str = ""
    """Where the connection can be tested; "" in most lines."""


@dataclass(frozen=True)
class TalkFacts:
    """What holds for a talk; None and "" mean that nobody has said it."""

    programme: str
    runs_in_browser: bool | None
    test_url: str
    is_recorded: bool | None
    recording_use: str
    has_captions: bool | None
    has_sign_language: bool | None
    has_telephone: bool | None

    @property
    def lines(self) -> list[Fact]:
        """The facts in German, without those that nobody has said."""
        facts = [
            Fact("Videokonferenz", self._room, self.test_url),
            Fact("Aufzeichnung", self._recording),
            Fact("Zugänglichkeit", self._help),
        ]
        return [fact for fact in facts if fact.text or fact.link]

    @property
    def text(self) -> str:
        """The same for mails and calendars, which have no links with words."""
        lines = []
        for fact in self.lines:
            lines += [f"{fact.label}: {fact.text}"] if fact.text else []
            lines += [f"Verbindung testen: {fact.link}"] if fact.link else []
        return "\n".join(lines)

    @property
    def _room(self) -> str:
        browser = _words(
            self.runs_in_browser, "im Browser, ohne Installation", "mit installiertem Programm"
        )
        return ", ".join(filter(None, [self.programme, browser]))

    @property
    def _recording(self) -> str:
        is_so = _words(
            self.is_recorded, "Der Talk wird aufgezeichnet.", "Der Talk wird nicht aufgezeichnet."
        )
        return f"{is_so} {self.recording_use}".strip()

    @property
    def _help(self) -> str:
        words = [
            _words(self.has_captions, "Live-Untertitel", "keine Live-Untertitel"),
            _words(self.has_sign_language, "Gebärdensprache", "keine Gebärdensprache"),
            _words(self.has_telephone, "Einwahl per Telefon", "keine Einwahl per Telefon"),
        ]
        return ", ".join(filter(None, words))


class FactColumns(models.Model):
    """The columns of a talk and of its series from which the facts are taken."""

    programme = LineField(
        "Programm der Videokonferenz",
        max_length=80,
        blank=True,
        default="",
        # The database knows the default too: the version before goes on writing meanwhile.
        db_default="",
        help_text="Nur der Name, damit die IT im Rathaus weiß, worum es geht.",
    )
    runs_in_browser = models.BooleanField(
        "Läuft im Browser, ohne Installation", null=True, blank=True, choices=ANSWERS
    )
    test_url = WebAddressField(
        "Verbindung testen",
        validators=[HTTPS_ONLY],
        default="",
        db_default="",
        help_text="Öffentliche Adresse, unter der man Bild und Ton ausprobiert. Nie der "
        "Zugangslink.",
    )
    is_recorded = models.BooleanField("Wird aufgezeichnet", null=True, blank=True, choices=ANSWERS)
    recording_use = LineField(
        "Was mit der Aufzeichnung geschieht",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Ein ganzer Satz, etwa: „Das Video steht danach auf der Seite des Talks.“ "
        "Erscheint nur, wenn aufgezeichnet wird.",
    )
    has_captions = models.BooleanField("Live-Untertitel", null=True, blank=True, choices=ANSWERS)
    has_sign_language = models.BooleanField(
        "Gebärdensprache", null=True, blank=True, choices=ANSWERS
    )
    has_telephone = models.BooleanField(
        "Teilnahme per Telefon", null=True, blank=True, choices=ANSWERS
    )

    class Meta:
        abstract = True

    @property
    def offers_telephone(self) -> bool | None:
        return self.has_telephone

    def facts_in(self, series: "FactColumns") -> TalkFacts:
        """Return what holds for this talk of `series`; for the series itself, its defaults.

        A talk in another programme than the series' takes neither its word on browsers nor its
        page for testing.
        """
        programme = own_or(self.programme, series.programme)
        room = self if series.programme and programme != series.programme else series
        is_recorded = own_or(self.is_recorded, series.is_recorded)
        return TalkFacts(
            programme=programme,
            runs_in_browser=own_or(self.runs_in_browser, room.runs_in_browser),
            test_url=own_or(self.test_url, room.test_url),
            is_recorded=is_recorded,
            recording_use=own_or(self.recording_use, series.recording_use) if is_recorded else "",
            has_captions=own_or(self.has_captions, series.has_captions),
            has_sign_language=own_or(self.has_sign_language, series.has_sign_language),
            has_telephone=own_or(self.offers_telephone, series.has_telephone),
        )


def own_or[Value](own: Value, default: Value) -> Value:
    """Return a talk's own answer; where it gives none (None or ""), that of the series."""
    return default if own is None or own == "" else own


def _words(answer: bool | None, yes: str, no: str) -> str:
    """Return the words for a yes or a no; none for what nobody has said."""
    if answer is None:
        return ""
    return yes if answer else no
