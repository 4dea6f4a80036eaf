"""What the first page knows: looked up once, and only if somebody asks who may see it."""

from collections import defaultdict
from functools import cached_property

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import OuterRef, QuerySet, StringAgg, Subquery, Value
from django.urls import reverse
from django.utils import timezone

from events.desk.todo import Task, tasks_of
from events.models import Municipality, Series, Speaker, Talk
from events.models.talk_queries import TalkQuerySet
from registration.desk.first_page.running import Running
from registration.models import (
    Feedback,
    Interest,
    Message,
    Offer,
    ProposedChange,
    Registration,
)
from registration.models.speakers.missing import lacking
from registration.monitoring import RECENT, Snapshot, counted

# More towns without a Land are not named at once.
MOST_TOWNS = 4


class Desk:
    """The facts from which the tasks and the tables of the first page are made."""

    def __init__(self, user: User | AnonymousUser) -> None:
        self.user = user
        self.today = timezone.localdate()
        self._forms: dict[int, str] = {}

    def form_of(self, talk: Talk) -> str:
        """Return the address of the talk's form."""
        if talk.pk not in self._forms:
            self._forms[talk.pk] = reverse("admin:events_talk_change", args=[talk.pk])
        return self._forms[talk.pk]

    def may(self, *permissions: str) -> bool:
        """Whether the organiser has one of these rights."""
        return any(self.user.has_perm(permission) for permission in permissions)

    @cached_property
    def series(self) -> Series:
        return Series.load()

    @cached_property
    def talks(self) -> list[Talk]:
        """The talks of the first page, by their date: ahead, just over, or with news for us.

        News are people who know something else of it, and proposals of its speakers.
        """
        if not self.may("events.view_talk"):
            return []
        further = {*self.untold, *self.proposals}
        found: TalkQuerySet = Talk.objects.on_the_desk(further).with_towns().with_marks()
        found = found.annotate(without_link=_names_without_link())
        return list(with_first_proposal(found) if self.proposals else found)

    @cached_property
    def talks_ahead(self) -> list[Talk]:
        """The talks that are awaited, also cancelled ones; those without a date come last."""
        ahead = [talk for talk in self.talks if talk.is_awaited]
        return sorted(ahead, key=lambda talk: talk.status == Talk.Status.POSTPONED)

    @cached_property
    def talks_to_follow_up(self) -> list[Talk]:
        return [talk for talk in self.talks if talk.is_to_follow_up]

    @cached_property
    def missing(self) -> dict[int, list[Task]]:
        """What each talk ahead still lacks, by its key."""
        in_week = defaultdict(list)
        for talk in self.talks_ahead:
            in_week[talk.local_starts_at.isocalendar()[:2]].append(talk)
        return {
            talk.pk: tasks_of(
                talk, self.today, self.series, in_week[talk.local_starts_at.isocalendar()[:2]]
            )
            for talk in self.talks_ahead
        }

    def is_proposed(self, talk: Talk, task: Task) -> bool:
        """Whether a speaker has sent what is missing, and no organiser has decided it yet."""
        fields: str | None = getattr(talk, "proposed_fields", None)  # `with_first_proposal`
        return task.field in (fields or "").splitlines()

    def short_of(self, talk: Talk, task: Task) -> str:
        """Return what is missing in a word, or that a proposal of it waits."""
        return f"{task.short}: Vorschlag wartet" if self.is_proposed(talk, task) else task.short

    @cached_property
    def numbers(self) -> dict[str, dict[int, int]]:
        """Numbers of people by talk, in one query: what each says, stands with its name below."""
        groupings: dict[str, QuerySet] = {}
        if self.may("events.change_talk"):
            groupings["untold"] = Registration.objects.untold_counts()
            groupings["proposals"] = ProposedChange.objects.open().by_talk()
            groupings["senders"] = ProposedChange.objects.open().senders_by_talk()
            groupings["news"] = Interest.objects.counted_for(Talk.objects.to_announce())
        if self.may("events.view_talk"):
            over = Talk.objects.to_follow_up()
            groupings["seats"] = Registration.objects.seats_by_talk(over)
            groupings["present"] = Registration.objects.present_by_talk(over)
            groupings["counted"] = Registration.objects.counted_by_talk(over)
            groupings["joined"] = Registration.objects.joined_by_talk(over)
            groupings["answers"] = Feedback.objects.shown_by_talk(over)
        if self.may("events.view_talk") and self.may("registration.change_message"):
            over, readers = Talk.objects.to_follow_up(), Registration.objects.wanting_recap()
            groupings["recap"] = readers.seats_by_talk(over)
            groupings["certificates"] = readers.with_certificate().seats_by_talk(over)
        if self.may("registration.change_registration"):
            groupings["in vain"] = Registration.objects.perhaps_in_vain().number_by_talk()
        if self.may("registration.change_offer"):
            groupings["offers"] = Offer.objects.open().counted()
        return counted(groupings)

    @property
    def untold(self) -> dict[int, int]:
        """How many people of a talk do not know what has become of it."""
        return self.numbers.get("untold", {})

    @property
    def proposals(self) -> dict[int, int]:
        """How many proposals of its speakers wait for a decision."""
        return self.numbers.get("proposals", {})

    @property
    def senders(self) -> dict[int, int]:
        """Of how many speakers these are."""
        return self.numbers.get("senders", {})

    @property
    def perhaps_in_vain(self) -> dict[int, int]:
        """How many seats of a full talk are perhaps nobody's, for the mail came back."""
        return self.numbers.get("in vain", {})

    @property
    def news(self) -> dict[int, int]:
        """How many are still to hear of a new talk."""
        return self.numbers.get("news", {})

    @property
    def seats(self) -> dict[int, int]:
        """How many had a seat in a talk that is over, and are known by name."""
        return self.numbers.get("seats", {})

    @property
    def present(self) -> dict[int, int]:
        """Of how many of them it is known that they were there."""
        return self.numbers.get("present", {})

    @property
    def counted(self) -> dict[int, int]:
        """Of how many of them only the old way of counting says so."""
        return self.numbers.get("counted", {})

    @property
    def joined(self) -> dict[int, int]:
        """How many of them have used the way in."""
        return self.numbers.get("joined", {})

    @property
    def answers(self) -> dict[int, int]:
        """How many answers to a talk's questions can be read."""
        return self.numbers.get("answers", {})

    @property
    def open_offers(self) -> int:
        """How many towns would like to report, and wait for an answer."""
        return sum(self.numbers.get("offers", {}).values())

    def recap_readers(self, talk: Talk) -> int:
        """How many would get the mail with the material of `talk` now."""
        group = "recap" if talk.has_documents else "certificates"
        return self.numbers.get(group, {}).get(talk.pk, 0)

    def speakers_without_link(self, talk: Talk) -> list[str]:
        """Return the names of who has no link yet and could bring what is missing."""
        names: str | None = getattr(talk, "without_link")  # noqa: B009 (an annotation)
        return sorted(names.split("\n")) if names else []

    @cached_property
    def running(self) -> Running:
        return Running(Snapshot.take())

    @cached_property
    def stopped(self) -> list[Message]:
        return list(Message.objects.left_stopped(timezone.now() - RECENT))

    @cached_property
    def towns_without_land(self) -> list[Municipality]:
        """The first towns of which nobody has said in which Land they lie, and one more."""
        return list(Municipality.objects.filter(land="").order_by("name", "pk")[: MOST_TOWNS + 1])


def with_first_proposal(talks: TalkQuerySet) -> TalkQuerySet:
    """Note who proposed something first that waits, when, and all that waits; no query more."""
    waiting = ProposedChange.objects.open().filter(link__speaker__talk=OuterRef("pk"))
    first = waiting.order_by("proposed_at", "pk")
    fields = waiting.order_by().values("link__speaker__talk")
    lines = StringAgg("field", Value("\n"))
    return talks.annotate(
        proposed_by=Subquery(first.values("link__speaker__name")[:1]),
        proposed_at=Subquery(first.values("proposed_at")[:1]),
        proposed_fields=Subquery(fields.annotate(lines=lines).values("lines")),
    )


def _names_without_link() -> Subquery:
    """Return the names of a talk's speakers without a link, a line each, as a column."""
    speakers = lacking(Speaker.objects.filter(talk=OuterRef("pk"), link=None))
    lines = StringAgg("name", Value("\n"))  # SQLite gives them no order
    return Subquery(speakers.order_by().values("talk").annotate(lines=lines).values("lines"))
