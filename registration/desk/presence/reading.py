"""From reports to the lines that are kept until an organiser confirms them."""

from collections.abc import Iterable

from events.models import Talk
from events.text.addresses import MAX_EMAIL
from registration.desk.presence.reports import Attendee, Report, people_in
from registration.desk.presence.stays import within
from registration.models import ReportLine
from registration.models.after_the_talk.report_line import MAX_SHOWN, name_words

Kind = ReportLine.Kind


def lines_from(reports: Iterable[Report], talk: Talk) -> list[ReportLine]:
    """Return what the reports of one talk say, one line for each person.

    Somebody of one address, or of one name, is one person in all of them.
    """
    reports = list(reports)
    speakers = {name_words(speaker.name) for speaker in talk.speakers.all()} - {()}
    people = people_in(entry for report in reports for entry in report.entries)
    lines = [line_of(person, talk, speakers) for person in people]
    if silent := sum(report.silent for report in reports):
        lines.append(ReportLine(kind=Kind.SILENT, number=silent))
    return lines


def line_of(person: Attendee, talk: Talk, speakers: set[tuple[str, ...]]) -> ReportLine:
    """Return the person's line, with what of their stays lies within the talk."""
    presence = within(person.stays(talk.starts_at), length_of(talk))
    if person.is_host or name_words(person.name) in speakers:
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
