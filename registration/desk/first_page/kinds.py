"""All kinds of tasks on the first page, and who may do them.

A new kind is a function that takes the desk and yields what is to do, and a line here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from registration.desk.first_page import about_mails, about_the_site, after_the_talk, from_speakers
from registration.desk.first_page import before_the_talk as before
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import ToDo, Urgency


@dataclass(frozen=True)
class KindOfTask:
    """One kind of tasks: how they are found, and who may do them (one of these rights is enough).

    Nobody else is shown them, and nothing is looked up for it.
    """

    find: Callable[[Desk], Iterable[ToDo]]
    permissions: tuple[str, ...]


TALKS = ("events.change_talk",)
PEOPLE = ("registration.change_registration",)
MAILS = ("registration.view_outgoingmail",)
# So many tasks are shown at once; more only if they press.
AT_ONCE = 15
# What is equally urgent at the same time stands in this order.
KINDS = [
    KindOfTask(about_mails.sending, MAILS),
    KindOfTask(about_mails.held, MAILS),
    KindOfTask(before.way_in, (*TALKS, "events.enter_way_in_talk")),
    KindOfTask(before.untold_people, TALKS),
    KindOfTask(before.seats_in_vain, PEOPLE),
    KindOfTask(before.announcements, TALKS),
    KindOfTask(about_mails.stopped, ("registration.change_message",)),
    KindOfTask(from_speakers.proposals, TALKS),
    KindOfTask(before.drafts, TALKS),
    KindOfTask(before.new_dates, TALKS),
    KindOfTask(after_the_talk.follow_up, TALKS + PEOPLE),
    KindOfTask(after_the_talk.recap_mails, ("registration.change_message",)),
    KindOfTask(about_mails.refused, MAILS),
    KindOfTask(about_mails.bounce_mailbox, MAILS),
    KindOfTask(about_mails.put_off, MAILS),
    KindOfTask(about_mails.domain, MAILS),
    KindOfTask(about_the_site.offers, ("registration.change_offer",)),
    KindOfTask(about_the_site.towns, ("events.change_municipality",)),
    KindOfTask(about_the_site.legal_gaps, ("events.change_series",)),
    KindOfTask(about_the_site.certificates, ("events.change_series",)),
    KindOfTask(before.links_to_send, TALKS),
    KindOfTask(before.missing_pieces, TALKS),
]


@dataclass(frozen=True)
class ToDoList:
    """What an organiser is to do, the most urgent first."""

    tasks: list[ToDo]

    @property
    def first(self) -> list[ToDo]:
        """What is shown at once: all that presses, and not much more."""
        return self.tasks[: self._number]

    @property
    def further(self) -> list[ToDo]:
        return self.tasks[self._number :]

    @property
    def _number(self) -> int:
        return max(AT_ONCE, sum(task.urgency < Urgency.LATER for task in self.tasks))


def to_do(desk: Desk) -> ToDoList | None:
    """Return what the organiser is to do; None if they may do nothing of it."""
    kinds = [kind for kind in KINDS if desk.may(*kind.permissions)]
    if not kinds:
        return None
    found = [task for kind in kinds for task in kind.find(desk)]
    return ToDoList(sorted(found, key=lambda task: task.rank))
