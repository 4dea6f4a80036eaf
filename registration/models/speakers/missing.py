"""What a talk still lacks from its speakers: one rule for reminders, desks and the first page.

What a speaker has proposed is not missing, even before organisers decide; what they did not take
over is missing again.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q

from events.models import Material, Speaker, Talk
from registration.models.speakers.consent import Consent
from registration.models.speakers.proposed_change import FIELDS, Field, Part, ProposedChange
from registration.models.speakers.speaker_link import SpeakerLink


class State(models.TextChoices):
    """Where a piece stands."""

    THERE = "there", "ist da"
    PROPOSED = "proposed", "vorgeschlagen, noch nicht entschieden"
    MISSING = "missing", "fehlt"


class Wanted(NamedTuple):
    """One piece that speakers are asked for; `part` is where they give it."""

    name: str
    part: Part
    fields: tuple[Field, ...]
    is_reminded: bool = False

    def __str__(self) -> str:
        return self.name


PICTURE = Wanted("Bild", Part.PICTURE, (Field.IMAGE,), is_reminded=True)
CREDIT = Wanted("Bildnachweis", Part.PICTURE, (Field.IMAGE_CREDIT,), is_reminded=True)
ALT = Wanted("Alternativtext", Part.PICTURE, (Field.IMAGE_ALT,))
SLIDES = Wanted("Folien", Part.SLIDES, (Field.SLIDES,), is_reminded=True)
PORTRAIT = Wanted("Porträt", Part.PORTRAIT, (Field.PORTRAIT,))
PRACTICE = Wanted("Praxisprofil", Part.PRACTICE, FIELDS[Part.PRACTICE][1])
# What is welcome and not needed.
VOLUNTARY = (PORTRAIT, PRACTICE)
WANTED = (PICTURE, CREDIT, ALT, SLIDES, PORTRAIT, PRACTICE)


class Piece(NamedTuple):
    """A wanted piece, and where it stands."""

    wanted: Wanted
    state: State

    @property
    def is_missing(self) -> bool:
        return self.state == State.MISSING


def pieces(link: SpeakerLink) -> list[Piece]:
    """Return where each piece stands; what a fellow speaker proposes for the talk counts."""
    changes = ProposedChange.objects.open().in_talk(link.talk).select_related("link")
    return pieces_of(link.speaker, changes)


def missing(link: SpeakerLink) -> list[Wanted]:
    """Return what is neither there nor proposed, nor taken back by a withdrawn consent."""
    return missing_of(pieces(link), has_withdrawn=_has_withdrawn_slides(link))


def missing_of(found: Iterable[Piece], *, has_withdrawn: bool) -> list[Wanted]:
    """Return the same of pieces that were looked up before; see `with_withdrawn_slides`."""
    wanted = [piece.wanted for piece in found if piece.is_missing]
    return [each for each in wanted if not (has_withdrawn and each == SLIDES)]


def to_remind_of(link: SpeakerLink) -> list[Wanted]:
    """Return the missing pieces that reminders ask for; without any there is no reminder."""
    return [wanted for wanted in missing(link) if wanted.is_reminded]


def pieces_of(speaker: Speaker, open_changes: Iterable[ProposedChange]) -> list[Piece]:
    """Return where each piece of a speaker stands, with or without a link.

    `open_changes` are all undecided ones of the talk, read with their link.
    """
    proposed = {
        change.field
        for change in open_changes
        if (change.text or change.file)
        and (change.part is not Part.PORTRAIT or change.link.speaker_id == speaker.pk)
    }
    there = _there(speaker)
    return [Piece(wanted, _state(wanted, there, proposed)) for wanted in WANTED]


def lacking(speakers: "models.QuerySet[Speaker]") -> "models.QuerySet[Speaker]":
    """Keep the speakers whose talk has not all that reminders ask for; proposals do not count."""
    slides = Material.objects.filter(talk=OuterRef("talk"), recording="")
    return speakers.exclude(
        ~Q(talk__image="") & ~Q(talk__image_credit="") & Q(Exists(slides)),
    )


def with_withdrawn_slides(speakers: "models.QuerySet[Speaker]") -> "models.QuerySet[Speaker]":
    """Note as `has_withdrawn_slides` who has agreed to slides and does so no more."""
    answers = Consent.objects.filter(link=OuterRef("link"), kind=Consent.Kind.SLIDES)
    is_withdrawn = Exists(answers) & ~Exists(answers.valid())
    return speakers.annotate(has_withdrawn_slides=is_withdrawn)


def _has_withdrawn_slides(link: SpeakerLink) -> bool:
    answers = [each for each in link.consents.all() if each.kind == Consent.Kind.SLIDES]
    return bool(answers) and all(each.withdrawn_at for each in answers)


def _state(wanted: Wanted, there: set[Wanted], proposed: set[str]) -> State:
    if wanted in there:
        return State.THERE
    return State.MISSING if proposed.isdisjoint(wanted.fields) else State.PROPOSED


def _there(speaker: Speaker) -> set[Wanted]:
    return _there_at(speaker.talk) | ({PORTRAIT} if speaker.portrait else set())


def _there_at(talk: Talk) -> set[Wanted]:
    """Return what the talk has; any material but a recording counts as slides."""
    is_there = {
        PICTURE: bool(talk.image),
        CREDIT: bool(talk.image_credit),
        ALT: bool(talk.image_alt),
        SLIDES: any(not material.recording for material in talk.materials.all()),
        PRACTICE: talk.practice is not None and not talk.practice.is_empty,
    }
    return {wanted for wanted, here in is_there.items() if here}
