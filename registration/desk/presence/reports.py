"""From the tables of a report to people: who was there, from when to when, and as what.

The forms were read from real exports and from the source of BigBlueButton's dashboard:

* Zoom, meeting: `Name (Original Name), User Email, Join Time, Leave Time, Duration (Minutes),
  Guest, In Waiting Room`, one line a stay, with a block about the meeting above it (its `User
  Email`, in new ones its `Host`, is the host's); or `Total Duration (Minutes)` alone, one line a
  person.
* Zoom, webinar: `Host Details`, `Panelist Details`, `Attendee Details`, each with headings of its
  own; `Attended: No` is who registered with Zoom and was never seen.
* Teams, old: `Full Name, User Action, Timestamp`, one line for each coming and leaving.
* Teams, new: `1. Summary`, `2. Participants` (first coming, last leaving, time in between, role),
  `3. In-Meeting Activities` with the single stays; UTF-16 with tabs.
* Webex: `Display Name, Role, Attendee Email, Join Time, Leave Time, Attendance Duration`.
* BigBlueButton: `Name, Moderator, …, Join, Left, Duration`, one line a person.
* Google Meet: `First name, Last name, Email, Duration, Time joined, Time exited`, times without
  a date.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError

from events.models import Talk
from events.text.addresses import canonical_email
from registration.desk.presence.moments import Clock, seconds_in, zone_of
from registration.desk.presence.report_tables import Document, Table, read_document
from registration.desk.presence.stays import Stay
from registration.models.addresses import email_key
from registration.models.after_the_talk.report_line import name_words

HOSTS_TITLE = re.compile(r"host|gastgeber|panelist|podium|diskussionsteilnehm", re.IGNORECASE)
# Presenters of Teams are no hosts: unless somebody has changed it, everybody is one.
HOST_ROLE = re.compile(r"(?:co-?|mit)?(?:host|organi[sz]|gastgeber|moderator)", re.IGNORECASE)
HOST_FACT = re.compile(r"(?:host|gastgeber|user e-?mail|benutzer-e-mail)")
HOST_IN_NAME = re.compile(r"\((?:co-?)?(?:host|gastgeber)(?:, .*)?\)", re.IGNORECASE)
ADDRESS = re.compile(r"[^\s()<>,;]+@[^\s()<>,;]+")
DAY = 24 * 3600
YES = {"yes", "ja", "true", "wahr", "1", "y"}
NO = {"no", "nein", "false", "falsch"}
CAME = re.compile(r"join|beigetreten|beitritt|betreten", re.IGNORECASE)


@dataclass
class Entry:
    """One stay in a report. `comes` and `goes` are None where it tells no times."""

    name: str
    email: str
    comes: datetime | None = None
    goes: datetime | None = None
    seconds: int | None = None
    is_host: bool = False
    is_waiting: bool = False
    # From the first coming to the last leaving, with gaps that it does not tell.
    is_summary: bool = False
    # Of how many lines of the report it is made.
    lines: int = 1

    @property
    def tells_presence(self) -> bool:
        return self.comes is not None or self.seconds is not None

    def stay_until(self, last: datetime | None) -> None:
        """Note for who has not left that they were there until the report's last moment."""
        if self.comes and self.goes is None and self.seconds is None:
            self.goes = last

    def forget_times(self) -> None:
        self.comes = self.goes = self.seconds = None


@dataclass
class Attendee:
    """Somebody in the room, and all lines of the report that are theirs."""

    name: str
    email: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_host(self) -> bool:
        return any(entry.is_host for entry in self.entries)

    @property
    def has_only_waited(self) -> bool:
        return all(entry.is_waiting for entry in self.entries)

    @property
    def lines(self) -> int:
        return sum(entry.lines for entry in self.entries)

    def stays(self, beginning: datetime) -> list[Stay]:
        """Return when they were in the room, as seconds since the talk's beginning."""
        told = [e for e in self.entries if e.tells_presence and not e.is_waiting]
        return [stay_of(entry, beginning) for entry in told]


@dataclass
class Report:
    """The lines of one file, how many more name nobody's presence, and all moments it has."""

    entries: list[Entry]
    silent: int
    moments: list[datetime]


def read_report(content: bytes, talk: Talk) -> Report:
    """Return what stands in the export of a video system; raises ValidationError.

    The talk's day decides what a date like 11/12 means, and which day a time alone is of.
    """
    document = read_document(content)
    heads = [head for table in document.tables for head in table.heads]
    clock = Clock(talk.local_starts_at.date(), zone_of(heads, document.facts))
    entries = [entry for table in document.tables for entry in entries_in(table, clock)]
    told = [entry for entry in entries if entry.tells_presence or entry.is_waiting]
    if not told:
        raise ValidationError(
            "Diese Datei sagt nicht, wie lange jemand da war. Vermerken Sie die Personen in der "
            "Liste der Angemeldeten von Hand."
        )
    mark_hosts(told, document)
    drop_summaries(told)
    moments = [moment for entry in told for moment in (entry.comes, entry.goes) if moment]
    last = max(moments, default=None)
    for entry in told:
        entry.stay_until(last)
    silent = sum(entry.lines for entry in entries) - sum(entry.lines for entry in told)
    return Report(told, silent, moments or moments_in(document, clock))


def entries_in(table: Table, clock: Clock) -> Iterator[Entry]:
    """Yield what each row of a table says."""
    if table.has("action", "moment"):
        yield from entries_of_events(table, clock)
        return
    is_summary = table.has("first_joined")
    hosts_only = bool(HOSTS_TITLE.search(table.title))
    for row in table.rows:
        name, email = name_in(table, row), email_in(table, row)
        if not (name or email):
            continue
        entry = Entry(name, email, is_host=hosts_only, is_summary=is_summary)
        role = table.cell(row, "role")
        entry.is_host |= bool(HOST_ROLE.match(role) or HOST_IN_NAME.search(name))
        entry.is_host |= table.cell(row, "moderator").casefold() in YES
        entry.is_waiting = table.cell(row, "waiting").casefold() in YES
        if table.cell(row, "attended").casefold() not in NO:
            read_times(entry, table, row, clock)
        yield entry


def read_times(entry: Entry, table: Table, row: list[str], clock: Clock) -> None:
    """Note when the row says that they came and went, and for how long."""
    first, last = ("first_joined", "last_left") if entry.is_summary else ("joined", "left")
    entry.comes = clock.read(table.cell(row, first))
    entry.goes = clock.read(table.cell(row, last))
    entry.seconds = seconds_in(table.cell(row, "duration"), table.head("duration"))


def entries_of_events(table: Table, clock: Clock) -> Iterator[Entry]:
    """Yield the stays of a list of comings and leavings, in the order in which it stands.

    Who comes a second time before leaving has another device; a leaving alone tells nothing.
    """
    inside: dict[str, Entry] = {}
    for row in table.rows:
        name, moment = name_in(table, row), clock.read(table.cell(row, "moment"))
        if not name:
            continue
        comes = bool(CAME.search(table.cell(row, "action")))
        if moment and name in inside:
            inside[name].lines += 1
            if not comes:
                inside.pop(name).goes = moment
            continue
        entry = Entry(name, email_in(table, row), comes=moment if comes else None)
        if entry.comes:
            inside[name] = entry
        yield entry


def name_in(table: Table, row: list[str]) -> str:
    parts = (table.cell(row, "first_name"), table.cell(row, "last_name"))
    return table.cell(row, "name") or " ".join(part for part in parts if part)


def email_in(table: Table, row: list[str]) -> str:
    """Return the canonical address; "" for what is none."""
    try:
        return canonical_email(table.cell(row, "email"))
    except ValidationError:
        return ""


def mark_hosts(entries: list[Entry], document: Document) -> None:
    """Note as hosts whom the block about the meeting names; forget a role that all have."""
    if all(entry.is_host for entry in entries):
        for entry in entries:
            entry.is_host = False
    named = [value for label, value in document.facts if HOST_FACT.match(label)]
    addresses = {email_key(found) for value in named for found in ADDRESS.findall(value)}
    names = {name_words(ADDRESS.sub("", value)) for value in named} - {()}
    for entry in entries:
        is_named = email_key(entry.email) in addresses or name_words(entry.name) in names
        entry.is_host |= is_named


def people_in(entries: Iterable[Entry]) -> list[Attendee]:
    """Join the lines of each person: of one address, or of one name where they have none.

    Somebody without an address is who else has this name in the report, if that is one person. One
    word is no name for that: many a telephone is called `iPhone`.
    """
    people: dict[object, Attendee] = {}
    of_name: defaultdict[object, set[str]] = defaultdict(set)
    entries = list(entries)
    for entry in entries:
        if entry.email:
            of_name[name_key(entry)].add(email_key(entry.email))
    for entry in entries:
        addresses = of_name[name_key(entry)] if len(name_words(entry.name)) > 1 else set()
        key: object = email_key(entry.email) or name_key(entry)
        if not entry.email and len(addresses) == 1:
            (key,) = addresses
        person = people.setdefault(key, Attendee(entry.name, entry.email))
        person.name, person.email = person.name or entry.name, person.email or entry.email
        person.entries.append(entry)
    return list(people.values())


def name_key(entry: Entry) -> object:
    return name_words(entry.name) or entry.name.casefold()


def drop_summaries(entries: Iterable[Entry]) -> None:
    """Forget the times of a summary where the report tells the person's single stays as well."""
    for person in people_in(entries):
        if any(entry.tells_presence and not entry.is_summary for entry in person.entries):
            for entry in person.entries:
                if entry.is_summary:
                    entry.forget_times()


def stay_of(entry: Entry, beginning: datetime) -> Stay:
    """Return the line as seconds since the talk's beginning."""
    if entry.comes is None:
        return Stay(None, entry.seconds or 0)
    begin = round((entry.comes - beginning).total_seconds())
    end = begin + (entry.seconds or 0)
    if entry.goes is not None:
        end = round((entry.goes - beginning).total_seconds())
        if end < begin:  # a time alone, after midnight
            end += DAY
    length = max(end - begin, 0)
    # A duration in whole minutes is not to cut the seconds of the times beside it.
    has_gaps = entry.seconds is not None and entry.seconds + 60 <= length
    return Stay((begin, begin + length), (entry.seconds or 0) if has_gaps else length)


def moments_in(document: Document, clock: Clock) -> list[datetime]:
    """Return the moments in the block about the meeting that have a date."""
    dated = [value for _, value in document.facts if re.search(r"\d[./-]\d|\d{4}", value)]
    return [moment for value in dated if (moment := clock.read(value)) is not None]
