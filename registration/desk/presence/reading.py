"""From reports to the lines that are kept until an organiser confirms them."""

from collections.abc import Iterable
from dataclasses import dataclass

from events.models import Speaker, Talk
from events.text.addresses import MAX_EMAIL
from registration.desk.presence.names import spellings
from registration.desk.presence.reports import Attendee, Report, people_in
from registration.desk.presence.stays import within
from registration.models import ReportLine
from registration.models.after_the_talk.report_line import MAX_SHOWN, name_words

Kind = ReportLine.Kind


@dataclass(frozen=True)
class SpeakerWords:
    """What a speaker is called, and what may stand beside the name: form, function and town."""

    name: frozenset[str]
    beside: frozenset[str]

    @classmethod
    def of(cls, speaker: Speaker, talk: Talk) -> "SpeakerWords":
        town = talk.municipality.name if talk.municipality else ""
        beside = name_words(f"{speaker.form} {speaker.role} {town} Stadt Gemeinde")
        return cls(frozenset(name_words(speaker.name)), frozenset(beside))

    def are_in(self, name: str) -> bool:
        """Whether a report's name is this one, whatever is added to it that tells of no other."""
        return any(
            self.name and self.name <= set(words) <= self.name | self.beside
            for words in [name_words(name), *spellings(name)]
        )


def lines_from(reports: Iterable[Report], talk: Talk) -> list[ReportLine]:
    """Return what the reports of one talk say, one line for each person.

    Somebody of one address, or of one name, is one person in all of them.
    """
    reports = list(reports)
    speakers = [SpeakerWords.of(speaker, talk) for speaker in talk.speakers.all()]
    people = people_in(entry for report in reports for entry in report.entries)
    lines = [line_of(person, talk, speakers) for person in people]
    if silent := sum(report.silent for report in reports):
        lines.append(ReportLine(kind=Kind.SILENT, number=silent))
    return lines


def line_of(person: Attendee, talk: Talk, speakers: Iterable[SpeakerWords]) -> ReportLine:
    """Return the person's line, with what of their stays lies within the talk."""
    presence = within(person.stays(talk.starts_at), length_of(talk))
    if person.is_host or any(speaker.are_in(person.name) for speaker in speakers):
        kind = Kind.HOST
    elif person.has_only_waited:
        kind = Kind.WAITING
    else:
        kind = Kind.PERSON if presence.minutes else Kind.OUTSIDE
    return ReportLine(
        name=person.name[:MAX_SHOWN],
        email=person.email[:MAX_EMAIL],
        kind=kind,
        number=person.lines,
        spans=presence.spans_text,
        seconds=presence.seconds,
    )


def length_of(talk: Talk) -> int:
    """Return how many seconds the talk takes."""
    return round((talk.ends_at - talk.starts_at).total_seconds())
