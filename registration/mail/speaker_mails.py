"""What the mails to speakers say, one function per mail; like compose.py they never query.

They state nothing about participants. Each leads to the speaker's desk by the one button.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from events.dates import NBSP, day_month_text, moment_text, short_date_text
from events.models import Talk
from registration.mail import compose, invitations, subjects
from registration.mail.mail import Mail
from registration.mail.occasion import SpeakerOccasion
from registration.models import links
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.speakers.missing import CREDIT, PICTURE, SLIDES, VOLUNTARY, Wanted
from registration.models.speakers.proposed_change import Part

Kind = OutgoingMail.Kind
# So many days before the talk everything is wanted; slides may come later.
TEXTS_BEFORE = timedelta(days=21)
SLIDES_BEFORE = timedelta(days=2)
# What the mail with the link says beside a name.
WORDS = {
    Part.PORTRAIT: "Porträt von Ihnen",
    Part.PRACTICE: "Praxisprofil: kurz, was andere Orte daraus lernen können",
}
WHY = (
    "Sie erhalten diese E-Mail, weil die Veranstalter diese Adresse für Ihren\n"
    f"Web-Talk eingetragen haben. Wir löschen sie {{days}}{NBSP}Tage nach dem Talk."
)


class Wish(NamedTuple):
    """What a speaker is asked for, and by when."""

    what: str
    until: str


def speaker_link(occasion: SpeakerOccasion) -> Mail | None:
    """Ihr Web-Talk: what the desk is for, what is asked by when, how the hour goes."""
    link, talk = occasion.link, occasion.talk
    if talk.status == talk.Status.CANCELLED:
        return None
    mail = _mail(
        "speaker_link",
        occasion,
        words=occasion.outgoing.note,
        wishes=wishes(occasion.missing, occasion),
        texts_until=until(TEXTS_BEFORE, occasion.talk),
        valid_until=None if talk.is_called_off else short_date_text(link.dies_at),
    )
    mail.tells_speaker = link
    if link.told_starts_at or not talk.is_called_off:
        _attach_talk(mail, occasion)
    _attach_check(mail, occasion)
    return mail


def speaker_reminder(occasion: SpeakerOccasion) -> Mail | None:
    """Es fehlt noch: only what is missing; switched off by one click."""
    asked_for = [wanted for wanted in occasion.missing if wanted.is_reminded]
    talk = occasion.talk
    if occasion.link.reminders_off or not asked_for or talk.is_called_off or talk.has_begun:
        return None
    url = links.url("registration:speaker_reminders", occasion.link.key, links.PURPOSE_SPEAKER)
    found = wishes(asked_for, occasion)
    mail = _mail(
        "speaker_reminder",
        occasion,
        wishes=found,
        lacking=" und ".join(wish.what.partition(" mit ")[0] for wish in found),
        is_one=len(found) == 1 and found[0].what != SLIDES.name,
        unsubscribe=url,
    )
    mail.mentions_to = occasion.link
    return compose.with_one_click(mail, url)


def speaker_dates(occasion: SpeakerOccasion) -> Mail | None:
    """Termin geändert, abgesagt or verschoben, and the technical check: what holds now."""
    link, talk = occasion.link, occasion.talk
    if link.knows_dates or not talk.is_awaited:
        return None
    news = [text for text in (_news_of_talk(occasion), _news_of_check(occasion)) if text]
    mail = _mail(
        "speaker_dates",
        occasion,
        heading=heading(occasion),
        news=news,
        about=_about_news(occasion),
        is_first_check=link.knows_talk and link.told_check_ahead_at is None,
    )
    mail.tells_speaker = link
    if not link.knows_talk:
        _attach_talk(mail, occasion)
    if not link.knows_check:
        _attach_check(mail, occasion)
    return mail


def speaker_answer(occasion: SpeakerOccasion) -> Mail | None:
    """Antwort: what became of the proposals, line by line as organisers decided."""
    lines = [line for line in occasion.outgoing.note.splitlines() if line.strip()]
    if not lines:
        return None
    mail = _mail("speaker_answer", occasion, lines=lines)
    mail.mentions_to = occasion.link
    return mail


RENDER: dict[str, Callable[[SpeakerOccasion], Mail | None]] = {
    Kind.SPEAKER_LINK: speaker_link,
    Kind.SPEAKER_REMINDER: speaker_reminder,
    Kind.SPEAKER_DATES: speaker_dates,
    Kind.SPEAKER_ANSWER: speaker_answer,
}


def render(occasion: SpeakerOccasion) -> Mail | None:
    """Write the mail; None if it has become pointless."""
    return RENDER[occasion.outgoing.kind](occasion)


def wishes(missing: Sequence[Wanted], occasion: SpeakerOccasion) -> list[Wish]:
    """Return what is missing, what belongs together as one, each with its last day."""
    by_part: dict[Part, list[str]] = {}
    for wanted in missing:
        by_part.setdefault(wanted.part, []).append(wanted.name)
    if PICTURE in missing and CREDIT in missing:
        names = [name for name in by_part[Part.PICTURE] if name != CREDIT.name]
        names[0] = "Bild mit Bildnachweis"
        by_part[Part.PICTURE] = names
    return [
        Wish(WORDS.get(part, " und ".join(names)), last_day(part, occasion.talk))
        for part, names in by_part.items()
    ]


def last_day(part: Part, talk: Talk) -> str:
    """Return by when a part is wanted, or that it is welcome and not needed."""
    if part in [wanted.part for wanted in VOLUNTARY]:
        return "freiwillig"
    return until(SLIDES_BEFORE if part == Part.SLIDES else TEXTS_BEFORE, talk)


def until(before: timedelta, talk: Talk) -> str:
    """Return `bis 5. November`; as soon as possible if that is over, or nobody knows the day."""
    moment = talk.local_starts_at - before
    if talk.is_called_off or moment.date() <= timezone.localdate():
        return "bitte so bald wie möglich"
    return f"bis {day_month_text(moment)}"


def heading(occasion: SpeakerOccasion) -> str:
    """Return in a word what is new, for subject and heading."""
    link, talk = occasion.link, occasion.talk
    if not link.knows_talk:
        if talk.is_called_off:
            is_postponed = talk.status == talk.Status.POSTPONED
            return "Web-Talk verschoben" if is_postponed else "Web-Talk abgesagt"
        return "Neuer Termin"
    if talk.check_ahead_at is None:
        return "Technik-Check entfällt"
    if link.told_check_ahead_at is None:
        return "Termin für den Technik-Check"
    is_link_alone = link.told_check_ahead_at == talk.check_ahead_at and not link.told_check_url
    return "Link zum Technik-Check" if is_link_alone else "Technik-Check geändert"


def _about_news(occasion: SpeakerOccasion) -> str:
    """Return what the subject says after the heading: of the check its own day, not the talk's."""
    link, talk = occasion.link, occasion.talk
    moment = talk.check_ahead_at or link.told_check_ahead_at
    if moment is None or not link.knows_talk:
        return subjects.about([talk])
    return subjects.about_moment(moment, talk)


def _news_of_talk(occasion: SpeakerOccasion) -> str:
    """Say what is new of the talk's date, and what it was; "" if the speaker knows."""
    link, talk = occasion.link, occasion.talk
    if link.knows_talk:
        return ""
    if talk.status == talk.Status.CANCELLED:
        return "Ihr Web-Talk findet leider nicht statt. Sie müssen nichts weiter tun."
    before = link.told_when_text
    if talk.status == talk.Status.POSTPONED:
        was = f" am {before}" if before else ""
        return (
            f"Ihr Web-Talk{was} ist verschoben. Der neue Termin steht noch nicht fest. Wir "
            "schreiben Ihnen, sobald wir ihn kennen."
        )
    takes_place = f"Ihr Web-Talk ist am {talk.when_text}."
    return takes_place if before in ("", talk.when_text) else f"{takes_place} Vorher: {before}."


def _news_of_check(occasion: SpeakerOccasion) -> str:
    """Say what is new of the technical check, and what it was; "" if the speaker knows."""
    link, talk = occasion.link, occasion.talk
    if link.knows_check:
        return ""
    told = link.told_check_ahead_at
    before = moment_text(told) if told else ""
    if talk.check_ahead_at is None:
        return f"Der Technik-Check am {before} entfällt."
    now = f"Der Technik-Check ist am {talk.check_when_text}."
    if told is None:
        return now
    if told != talk.check_ahead_at:
        return f"{now} Vorher: {before}."
    if not link.told_check_url:
        return f"{now} Der Link zum Raum steht hier."
    return f"{now} Er ist in einem anderen Raum als angekündigt. Es gilt der Link, der hier steht."


def _mail(template: str, occasion: SpeakerOccasion, **context: Any) -> Mail:
    values = {
        "link": occasion.link,
        "talk": occasion.talk,
        "about": subjects.about([occasion.talk]),
        "guide": invitations.guide_url(),
        "why": WHY.format(days=settings.RETENTION_DAYS),
    }
    return compose.build(template, occasion, values | context)


def _attach_talk(mail: Mail, occasion: SpeakerOccasion) -> None:
    talk = occasion.talk
    content = invitations.for_speakers(talk, occasion.series)
    compose.attach(mail, f"{talk.slug}.ics", content)


def _attach_check(mail: Mail, occasion: SpeakerOccasion) -> None:
    """Attach the technical check, or what takes the one out that the speaker was told of."""
    talk, told = occasion.talk, occasion.link.told_check_ahead_at
    moment = talk.check_ahead_at or told
    if moment is None:
        return
    content = invitations.of_check(talk, moment, is_off=talk.check_ahead_at is None)
    compose.attach(mail, "technik-check.ics", content)
