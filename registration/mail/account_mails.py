"""What the mails to organisers say: about their accounts, and the notices they can switch off.

They go to the account's address and name no participant. Each is some paragraphs and one button.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from registration.mail import subjects
from registration.mail.compose import build
from registration.mail.mail import Mail
from registration.mail.occasion import AccountOccasion
from registration.models.mails.outgoing_mail import OutgoingMail

Kind = OutgoingMail.Kind
NOT_YOU = "Waren Sie das nicht? Dann sagen Sie bitte gleich der Leitung Bescheid."


@dataclass(frozen=True)
class Words:
    """One mail: its heading is its subject where none is given."""

    heading: str
    before: list[str]
    label: str
    url: str
    after: list[str]
    subject: str = ""
    is_notice: bool = False


def invitation(occasion: AccountOccasion) -> Words:
    """Einladung ins Team: the link sets the first password."""
    return Words(
        f"Ihr Konto für {occasion.series.name}",
        [
            "Sie sind eingeladen, an der Reihe mitzuarbeiten. Mit dem Link legen Sie Ihr "
            "Passwort fest; danach können Sie sich anmelden.",
            log_in_name(occasion),
        ],
        "Passwort festlegen",
        occasion.url,
        [
            f"Der Link gilt {link_hours()} Stunden und nur einmal. Ist er abgelaufen, klicken Sie "
            "beim Anmelden auf „Passwort vergessen?“.",
            "Kennen Sie die Reihe nicht? Dann brauchen Sie nichts zu tun.",
        ],
    )


def new_password(occasion: AccountOccasion) -> Words:
    """Passwort neu setzen: asked for by whoever typed the address, or by the lead."""
    return Words(
        "Neues Passwort festlegen",
        [
            "Für Ihr Konto wurde ein neues Passwort angefordert. Mit dem Link legen Sie es fest.",
            log_in_name(occasion),
        ],
        "Neues Passwort festlegen",
        occasion.url,
        [
            f"Der Link gilt {link_hours()} Stunden und nur einmal. Haben Sie die Anmeldung in "
            "zwei Schritten eingerichtet, brauchen Sie danach auch Ihren Code.",
            "Haben Sie das nicht angefordert? Dann brauchen Sie nichts zu tun; Ihr bisheriges "
            "Passwort gilt weiter.",
        ],
    )


def new_second_factor(occasion: AccountOccasion) -> Words:
    """Zweiten Schritt zurücksetzen: started by the lead; needs the password as well."""
    return Words(
        "Zweiten Schritt zurücksetzen",
        [
            "Die Leitung hat für Sie angestoßen, dass Sie die Anmeldung in zwei Schritten neu "
            "einrichten können. Mit dem Link entfernen Sie den bisherigen zweiten Schritt.",
        ],
        "Zweiten Schritt entfernen",
        occasion.url,
        [
            "Dazu brauchen Sie Ihr Passwort. "
            f"Der Link gilt {link_hours()} Stunden und nur einmal.",
            "Haben Sie niemanden darum gebeten? Dann klicken Sie nicht, und sagen Sie bitte der "
            "Leitung Bescheid.",
        ],
    )


def account_changed(occasion: AccountOccasion) -> Words:
    """Konto geändert: what was changed stands in the mail's note."""
    return Words(
        "Ihr Konto wurde geändert",
        [occasion.outgoing.note, NOT_YOU],
        "Zur Anmeldung",
        desk_url("login"),
        [],
    )


def no_way_in(occasion: AccountOccasion) -> Words | None:
    """Zugangslink fehlt: the day before, unless it has come meanwhile."""
    talk = occasion.talk
    if talk.meeting_url or talk.has_begun or not talk.is_taking_place:
        return None
    return notice(
        occasion,
        "Zugangslink fehlt",
        f"{talk.date_text}, {talk.time_text}: Für diesen Talk ist noch kein Zugangslink "
        "eingetragen. Ohne ihn kommt niemand in den Raum.",
        "Zugangslink eintragen",
        desk_url("enter_way_in", talk.pk),
    )


def put_off(occasion: AccountOccasion) -> Words:
    """Mailserver nimmt vorerst nicht an; the note says which mail, and names no address."""
    before = (
        f"Ein Mailserver nimmt eine Mail der Art „{occasion.outgoing.note}“ seit einiger Zeit "
        "nicht an. Andere Mails gehen hinaus. Die Website versucht es weiter."
    )
    heading, label = "Eine Mail wird aufgeschoben", "Ausgehende Mails ansehen"
    url = f"{desk_url('registration_outgoingmail_changelist')}?state__exact=queued"
    if occasion.outgoing.talk is None:
        return Words(heading, [before], label, url, [], is_notice=True)
    return notice(occasion, heading, before, label, url)


def talk_full(occasion: AccountOccasion) -> Words:
    """Talk ist voll: who comes now waits, or is sent away."""
    talk = occasion.talk
    now = "kommt auf die Warteliste" if talk.waiting_list else "bekommt keinen Platz"
    return notice(
        occasion,
        "Alle Plätze vergeben",
        f"Alle {talk.capacity} Plätze sind vergeben. Wer sich jetzt anmeldet, {now}. "
        "Mehr Plätze trägt die Redaktion beim Talk ein.",
        "Zum Talk",
        desk_url("events_talk_change", talk.pk),
    )


def bounced(occasion: AccountOccasion) -> Words | None:
    """Eine Mail kam zurück: a seat in a full talk; whose it is stands at the desk alone."""
    talk = occasion.talk
    if talk.seats_free != 0 or talk.has_begun or not talk.is_taking_place:
        return None
    people = "Person wartet" if talk.waiting_count == 1 else "Personen warten"
    waiting = f"{talk.waiting_count} {people}" if talk.waiting_count else "Niemand wartet"
    people_url = f"{desk_url('registration_registration_changelist')}?talk__id__exact={talk.pk}"
    return notice(
        occasion,
        "Bestätigung kam zurück",
        "Ein Platz in diesem Talk ist vielleicht umsonst vergeben: Die Bestätigung kam zurück. "
        f"Alle {talk.capacity} Plätze sind vergeben. {waiting} auf einen Platz.",
        "Person ansehen",
        f"{people_url}&mail=unzustellbar",
    )


def names_go(occasion: AccountOccasion) -> Words:
    """Namen gehen bald; the note says when, and what is missing."""
    return notice(
        occasion,
        "Namen werden bald gelöscht",
        f"{occasion.outgoing.note}. Danach lässt sich das nicht mehr nachholen.",
        "Zum Talk",
        desk_url("events_talk_change", occasion.talk.pk),
    )


def offer(occasion: AccountOccasion) -> Words:
    """Eine Kommune möchte berichten; who it is stands at the desk alone."""
    return Words(
        "Eine Kommune möchte selbst berichten",
        [
            "Auf der Website hat eine Kommune angeboten, in einem Talk zu berichten. Worum es "
            "geht und an wen Sie schreiben können, steht in der Verwaltung.",
        ],
        "Angebot ansehen",
        f"{desk_url('registration_offer_changelist')}?is_answered__exact=0",
        ["Wenn Sie geantwortet haben, vermerken Sie es dort bitte: Dann wissen es alle."],
        is_notice=True,
    )


def notice(occasion: AccountOccasion, heading: str, text: str, label: str, url: str) -> Words:
    """Return a notice about a talk, which its subject and its first paragraph name."""
    talk = occasion.talk
    subject = f"{heading}, {subjects.about([talk])}"
    return Words(heading, [f"Talk: {talk.title}", text], label, url, [], subject, is_notice=True)


WORDS: dict[str, Callable[[AccountOccasion], Words | None]] = {
    Kind.INVITATION: invitation,
    Kind.NEW_PASSWORD: new_password,
    Kind.NEW_SECOND_FACTOR: new_second_factor,
    Kind.ACCOUNT_CHANGED: account_changed,
    Kind.NO_WAY_IN: no_way_in,
    Kind.PUT_OFF: put_off,
    Kind.TALK_FULL: talk_full,
    Kind.BOUNCED: bounced,
    Kind.NAMES_GO: names_go,
    Kind.OFFER: offer,
}


def render(occasion: AccountOccasion) -> Mail | None:
    """Write the mail; None if it has become pointless."""
    words = WORDS[occasion.outgoing.kind](occasion)
    if words is None:
        return None
    profile = desk_url("profile")
    return build("account", occasion, {"words": words, "profile": profile})


def log_in_name(occasion: AccountOccasion) -> str:
    """Say with what the person logs in."""
    name = occasion.account.get_username()
    if name == occasion.account.email.lower():
        return "Sie melden sich mit dieser E-Mail-Adresse an."
    return f"Ihr Anmeldename: {name}"


def desk_url(page: str, *args: object) -> str:
    return f"{settings.SITE_URL}{reverse(f'admin:{page}', args=args)}"


def link_hours() -> int:
    return settings.PASSWORD_RESET_TIMEOUT // 3600
