"""All that the speakers of a talk proposed, with what an organiser decides about it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.http import QueryDict

from events.dates import moment_text
from events.models import Speaker, Talk
from registration.desk.admin_page import primary_key
from registration.desk.speakers.compared import Proposal, Slides
from registration.desk.speakers.decisions import OPEN, TAKEN, DecisionForm, prefix_of
from registration.models import ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import FIELDS, MODEL_OF, Field, Part, present

ALL = "alles"
MOST_DECIDED = 20
CHOSEN = re.compile(r"v(\d{1,18})-choice")
CREDITS = (Field.IMAGE_CREDIT, Field.PORTRAIT_CREDIT)
NOTHING = "Bitte wählen Sie bei mindestens einem Vorschlag, was damit geschehen soll."
GONE = "Ein Vorschlag ist nicht mehr da: Er wurde zurückgenommen oder gelöscht."
ONLY_ONE = "Das schlagen zwei Personen vor. Bitte übernehmen Sie nur einen der beiden Vorschläge."
NEEDS_CREDIT = (
    "Ein neues Bild braucht seinen eigenen Bildnachweis. Bitte übernehmen Sie ihn mit dem Bild; "
    "nachbessern können Sie danach im Formular."
)
NEEDS_DECISION = "Bitte entscheiden Sie auch hierüber: Es gehört zum neuen Bild."
NEEDS_PICTURE = (
    "Das gehört zum neuen Bild. Bitte übernehmen Sie es zusammen mit dem Bild oder gar nicht."
)


class Sender:
    """A speaker with the changes that wait for a decision."""

    def __init__(self, link: SpeakerLink, proposals: list[Proposal]) -> None:
        self.link = link
        order = [field for _, fields in FIELDS.values() for field in fields]
        self.proposals = sorted(proposals, key=lambda each: order.index(each.field))

    @property
    def parts(self) -> list[tuple[str, list[Proposal]]]:
        """The heading of each part, with its proposals."""
        groups = groupby(self.proposals, key=lambda each: each.change.part)
        return [(part.name_for_organisers, list(group)) for part, group in groups]

    @property
    def chosen(self) -> list[Proposal]:
        return [each for each in self.proposals if each.form.outcome]

    @property
    def at_once(self) -> list[Proposal]:
        """What one press takes over; what was changed meanwhile is looked at first."""
        return [each for each in self.proposals if not each.is_outdated]

    @property
    def has_outdated(self) -> bool:
        return len(self.at_once) < len(self.proposals)

    def keep_pictures_whole(self) -> None:
        """Refuse to give a picture the credit or the words of another one."""
        for part in (Part.PICTURE, Part.PORTRAIT):
            rows = [each for each in self.proposals if each.change.part == part]
            picture = next((each for each in rows if each.is_picture), None)
            if picture:
                _keep_whole(picture, [each for each in rows if each is not picture])


def _keep_whole(picture: Proposal, others: Iterable[Proposal]) -> None:
    for other in others:
        if not picture.is_taken and other.is_taken:
            other.refuse(NEEDS_PICTURE)
        elif picture.is_taken and other.field in CREDITS and not other.is_taken:
            other.refuse(NEEDS_CREDIT)
        elif picture.is_taken and other.form.outcome == OPEN:
            other.refuse(NEEDS_DECISION)


@dataclass(frozen=True)
class Problem:
    """What keeps the decisions from being carried out, and where it is said; "" for nowhere."""

    text: str
    anchor: str = ""


class ProposalSheet:
    """The page: senders with their proposals, what was decided lately, and what is wrong."""

    def __init__(
        self, talk: Talk, links: Iterable[SpeakerLink], data: QueryDict | None = None
    ) -> None:
        self.talk = talk
        changes = {link: list(link.changes.all()) for link in links}
        waiting = {link: [row for row in rows if row.is_open] for link, rows in changes.items()}
        all_of_them = [row for rows in changes.values() for row in rows]
        self.data = data and with_all_chosen(data, all_of_them)
        self.is_wrong = False
        self.further: list[Problem] = []
        decided = [row for row in all_of_them if not row.is_open]
        decided.sort(key=lambda row: (row.decided_at, row.pk), reverse=True)
        self.decided = decided[:MOST_DECIDED]
        self._slides = Slides(talk, [row for rows in waiting.values() for row in rows])
        self.senders = [
            Sender(link, [Proposal(row, self._form_of(row)) for row in rows])
            for link, rows in waiting.items()
            if rows
        ]
        self._known = {row.pk: row for row in all_of_them}

    def _form_of(self, change: ProposedChange) -> DecisionForm:
        if change.field == Field.SLIDES:
            return self._slides.form_of(change, self.data)
        return DecisionForm(change, present(change.link, change.field), self.data)

    @property
    def proposals(self) -> list[Proposal]:
        return [each for sender in self.senders for each in sender.proposals]

    @property
    def taken(self) -> list[Proposal]:
        return [each for each in self.proposals if each.is_taken]

    def is_valid(self) -> bool:
        """Whether what was chosen can be carried out; else `problems` say why not."""
        for each in self.proposals:
            each.form.full_clean()
        self.further += self._too_late()
        for sender in self.senders:
            sender.keep_pictures_whole()
        self._refuse_two_of_one()
        chosen = [each for each in self.proposals if each.form.outcome]
        if (
            not chosen
            and not self.further
            and not any(each.form.errors for each in self.proposals)
        ):
            self.further.append(Problem(NOTHING))
        self.is_wrong = bool(self.problems)
        return not self.is_wrong

    @property
    def problems(self) -> list[Problem]:
        beside = [
            Problem(f"{each.label}: {text}", each.anchor)
            for each in self.proposals
            for errors in each.form.errors.values()
            for text in errors
        ]
        return [*self.further, *beside]

    def refuse(self, problems: Iterable[tuple[int | None, str]]) -> None:
        """Say what the organisers' form refuses: beside the change with this key, or above all."""
        by_key = {each.change.pk: each for each in self.proposals}
        for pk, text in problems:
            if pk is None:
                self.further.append(Problem(text))
            else:
                by_key[pk].refuse(text)
        self.is_wrong = True

    def _refuse_two_of_one(self) -> None:
        """Refuse what two people propose for the same field of the talk, if both are taken."""
        of_talk = [each for each in self.taken if MODEL_OF[each.field] is not Speaker]
        fields = [each.field for each in of_talk if not each.is_slides]
        for each in of_talk:
            if fields.count(each.field) > 1:
                each.refuse(ONLY_ONE)

    def _too_late(self) -> Iterator[Problem]:
        """Name what was chosen and does not wait any more."""
        for name, value in (self.data or {}).items():
            found = CHOSEN.fullmatch(name)
            change = self._known.get(int(found[1])) if found else None
            if not found or not value or (change and change.is_open):
                continue
            if change is None or change.decided_at is None:
                yield Problem(GONE)
                continue
            when = moment_text(change.decided_at)
            yield Problem(f"{change}: Darüber ist schon entschieden ({when}).")


def with_all_chosen(data: QueryDict, changes: Iterable[ProposedChange]) -> QueryDict:
    """Return the form that was sent; "Alles übernehmen" chooses what is open and was seen.

    What was chosen one by one stays, and what was changed meanwhile waits for a choice of its own.
    """
    link = primary_key(data.get(ALL))
    chosen = data.copy()
    for change in changes:
        name = f"{prefix_of(change)}-choice"
        was_seen = f"{prefix_of(change)}-seen" in data
        is_meant = change.link_id == link and change.is_open and not change.is_outdated
        if was_seen and is_meant and not data.get(name):
            chosen[name] = TAKEN
    return chosen


def links_of(talk: Talk) -> QuerySet[SpeakerLink]:
    """Return the links of a talk with their speakers and changes, in the order of the speakers."""
    links = SpeakerLink.objects.in_talk(talk).select_related("speaker")
    return links.prefetch_related("changes").order_by("speaker__position", "speaker__pk")


def sheet_of(
    talk: Talk, data: QueryDict | None = None, *, is_locked: bool = False
) -> ProposalSheet:
    """Return the page of a talk; locked, nobody proposes anything until the transaction ends."""
    links = links_of(talk)
    found = list(links.select_for_update(of=("self",)) if is_locked else links)
    for link in found:
        link.speaker.talk = talk
    return ProposalSheet(talk, found, data)
