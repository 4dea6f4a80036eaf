"""What organisers see of each speaker of a talk: the link, what is missing, what was mailed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django import forms

from events.dates import moment_text, short_date_text
from events.models import Series, Speaker, Talk
from events.text.fields import LinesInput
from registration.fields import TOO_LONG, email_field
from registration.mail import speaker_mails
from registration.mail.mail import Mail
from registration.mail.occasion import SpeakerOccasion
from registration.models import OutgoingMail, ProposedChange, SpeakerLink
from registration.models.speakers.missing import (
    VOLUNTARY,
    Piece,
    State,
    Wanted,
    missing_of,
    pieces_of,
    with_withdrawn_slides,
)
from registration.models.speakers.speaker_link import leads_somewhere

MailState = OutgoingMail.State
# The last mail with the link, in the words that stand before its end.
OF_MAIL = {
    MailState.QUEUED: "Die Mail mit dem Link geht gleich hinaus.",
    MailState.HELD: "Die Mail mit dem Link ist zurückgehalten.",
    MailState.OBSOLETE: "Die Mail mit dem Link ist entfallen.",
}
NEVER_MAILED = "Angelegt, aber nicht verschickt."


class SendForm(forms.Form):
    """Where a link goes, and what organisers add to the mail."""

    email = email_field("Die der Person selbst oder ihres Büros. Auch Erinnerungen gehen dorthin.")
    note = LinesInput(
        label="Ein Satz dazu (freiwillig)",
        help_text="Er steht in dieser einen Mail und in keiner späteren.",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, card: "Card") -> None:
        initial = {"email": card.link.email if card.link else ""}
        super().__init__(card.data, initial=initial, prefix=card.anchor)
        # It is not the address of whoever sits here.
        self.fields["email"].widget.attrs["autocomplete"] = "off"


@dataclass(frozen=True)
class Card:
    """One speaker of a talk. `mails` are those to them, the newest first."""

    speaker: Speaker
    # Living or dead; None where there never was one.
    link: SpeakerLink | None
    pieces: list[Piece]
    mails: list[OutgoingMail]
    data: Mapping[str, object] | None = field(default=None, repr=False)

    @property
    def anchor(self) -> str:
        return f"speaker-{self.speaker.pk}"

    @property
    def living(self) -> SpeakerLink | None:
        """The link, if it leads somewhere."""
        return self.link if self.link and self.link.is_alive else None

    @property
    def takes_link(self) -> bool:
        """Whether a link can be sent: nobody prepares a talk that is cancelled or long over."""
        talk = self.speaker.talk
        return leads_somewhere(talk) and talk.status != Talk.Status.CANCELLED

    @cached_property
    def form(self) -> SendForm:
        return SendForm(self)

    @cached_property
    def mail(self) -> Mail | None:
        """The mail with the link as it would go out now with what was typed."""
        typed = self.form.cleaned_data
        outgoing = OutgoingMail(
            kind=OutgoingMail.Kind.SPEAKER_LINK, recipient=typed["email"], note=typed["note"]
        )
        link = self.living or SpeakerLink(speaker=self.speaker, email=typed["email"])
        return speaker_mails.render(SpeakerOccasion(outgoing, link, Series.load(), self._lacking))

    @property
    def standing(self) -> str:
        """What the link is now, in a sentence or two."""
        link = self.link
        if link is None:
            return "Noch kein Link verschickt." if self.takes_link else "Es gibt keinen Link."
        if link.withdrawn_at:
            moment = moment_text(link.withdrawn_at)
            return f"Zurückgezogen am {moment}. Der Link führt nirgendwohin."
        if not link.is_alive:
            return f"Der Link führt seit dem {short_date_text(link.dies_at)} nirgendwohin."
        return f"{self._mailed} {_until(link)}"

    @property
    def _mailed(self) -> str:
        """Return what became of the last mail with the present link."""
        mail = next((mail for mail in self.mails if self._brings_link(mail)), None)
        if mail is None:
            return NEVER_MAILED
        if mail.state == MailState.SENT and mail.sent_at:
            return f"Verschickt am {moment_text(mail.sent_at)}."
        if mail.state == MailState.FAILED:
            return f"Die Mail mit dem Link kam nicht an. {mail.answer}."
        return OF_MAIL[MailState(mail.state)]

    def _brings_link(self, mail: OutgoingMail) -> bool:
        is_present = self.link is not None and mail.registration_key == self.link.key
        return is_present and mail.kind == OutgoingMail.Kind.SPEAKER_LINK

    @property
    def has_trouble(self) -> bool:
        """Whether the last mail did not arrive."""
        return bool(self.mails) and self.mails[0].state == MailState.FAILED

    @property
    def missing(self) -> list[str]:
        return [wanted.name for wanted in self._lacking if wanted not in VOLUNTARY]

    @property
    def welcome(self) -> list[str]:
        """What is not there and need not be."""
        return [wanted.name for wanted in self._lacking if wanted in VOLUNTARY]

    @property
    def _lacking(self) -> list[Wanted]:
        has_withdrawn: bool = self.speaker.has_withdrawn_slides  # type: ignore[attr-defined]
        return missing_of(self.pieces, has_withdrawn=has_withdrawn)

    @property
    def proposed(self) -> list[str]:
        return [piece.wanted.name for piece in self.pieces if piece.state == State.PROPOSED]

    @property
    def there(self) -> list[str]:
        return [piece.wanted.name for piece in self.pieces if piece.state == State.THERE]


def _until(link: SpeakerLink) -> str:
    if link.talk.status == Talk.Status.POSTPONED:
        return "Der Link gilt weiter, der neue Termin ist offen."
    return f"Der Link gilt bis zum {short_date_text(link.dies_at)}."


def cards_of(talk: Talk, data: Mapping[str, object] | None = None) -> list[Card]:
    """Return a card for each speaker of the talk, in their order; `data` is what was typed."""
    changes = list(ProposedChange.objects.open().in_talk(talk).select_related("link"))
    mails = OutgoingMail.objects.filter(talk=talk, speaker_link__isnull=False)
    written = list(mails.order_by("-created_at", "-pk"))
    cards = []
    for speaker in with_withdrawn_slides(talk.speakers.select_related("link")):
        link = getattr(speaker, "link", None)
        to_them = [mail for mail in written if link and mail.speaker_link_id == link.pk]
        typed = data if data and data.get("speaker") == str(speaker.pk) else None
        cards.append(Card(speaker, link, pieces_of(speaker, changes), to_them, typed))
    return cards
