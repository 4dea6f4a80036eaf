"""What organisers can do with a speaker's link, in the words of button, question and answer."""

from collections.abc import Callable
from dataclasses import dataclass

from registration.desk.speakers.cards import Card
from registration.models import SpeakerLink
from registration.models.addresses import email_key

OTHER_ADDRESS = (
    "Derselbe Link geht nur an dieselbe Adresse. Für eine andere Adresse drücken Sie „Neuen Link "
    "verschicken …“: Der alte Link gilt dann nicht mehr."
)
GONE = (
    "Inzwischen hat jemand diesen Link erneuert oder zurückgezogen. Es ist nichts geschehen. "
    "Unten steht, was jetzt gilt."
)


@dataclass(frozen=True)
class LinkDeed:
    """One thing to do: how it is done and noted. `question` is asked first, where there is one."""

    name: str
    button: str
    # Does it with the link that the page showed; False where that is not possible any more.
    do: Callable[[Card, SpeakerLink | None], bool]
    # For the history of the talk, where no address may stand.
    noted: str
    in_vain: str = GONE
    mails: bool = True
    question: str = ""
    consequence: str = ""

    @property
    def needs_form(self) -> bool:
        return self.mails

    def carry_out(self, card: Card, token: str) -> str:
        """Do it, and return what the history says; "" if nothing was done."""
        link = SpeakerLink.objects.holding(token).filter(speaker=card.speaker).with_talks().first()
        return self.noted.format(card.speaker.name) if self.do(card, link) else ""

    def tell(self, card: Card) -> str:
        """Return what the organiser reads after it is done."""
        if self.mails:
            link = SpeakerLink.objects.filter(speaker=card.speaker).first()
            # Somebody may have erased the person just now.
            return f"Die Mail mit dem Link geht jetzt an {link.email}." if link else GONE
        return f"Der Link von {card.speaker.name} führt nirgendwohin mehr."


def _send(card: Card, _: SpeakerLink | None) -> bool:
    typed = card.form.cleaned_data
    if not card.takes_link:
        return False
    return bool(SpeakerLink.objects.send(card.speaker, typed["email"], typed["note"]))


def _send_again(card: Card, link: SpeakerLink | None) -> bool:
    typed = card.form.cleaned_data
    if link and link.email_key != email_key(typed["email"]):
        card.form.add_error("email", OTHER_ADDRESS)
        return False
    return card.takes_link and link is not None and link.send_again(typed["note"])


def _renew(card: Card, link: SpeakerLink | None) -> bool:
    typed = card.form.cleaned_data
    return card.takes_link and link is not None and link.renew(typed["email"], typed["note"])


def _withdraw(_: Card, link: SpeakerLink | None) -> bool:
    return link is not None and link.withdraw()


SEND = LinkDeed(
    "send",
    "Link verschicken",
    _send,
    "Link an {} verschickt.",
    in_vain="Einen Link gibt es schon, oder der Talk ist vorbei. Unten steht, was gilt. Es geht "
    "keine weitere Mail hinaus.",
)
AGAIN = LinkDeed(
    "again",
    "Noch einmal verschicken",
    _send_again,
    "Link an {} noch einmal verschickt.",
    in_vain="Die Mail ist schon unterwegs, oder der Link gilt nicht mehr. Es geht keine zweite "
    "hinaus. In einer Minute können Sie ihn noch einmal verschicken.",
)
RENEW = LinkDeed(
    "renew",
    "Neuen Link verschicken",
    _renew,
    "Neuer Link an {} verschickt; der alte gilt nicht mehr.",
    question="Neuen Link verschicken?",
    consequence="Der bisherige Link führt dann nirgendwohin mehr. Was schon vorgeschlagen ist, "
    "bleibt.",
)
WITHDRAW = LinkDeed(
    "withdraw",
    "Link zurückziehen",
    _withdraw,
    "Link von {} zurückgezogen.",
    mails=False,
    question="Link zurückziehen?",
    consequence="Der Link führt dann nirgendwohin mehr. Was noch nicht verschickt ist, geht nicht "
    "mehr hinaus. Was schon vorgeschlagen ist, bleibt. Später können Sie einen neuen Link "
    "verschicken.",
)
DEEDS = {deed.name: deed for deed in (SEND, AGAIN, RENEW, WITHDRAW)}
