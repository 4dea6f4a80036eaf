"""What is to do for talks ahead: the way in, people to tell, news, what is missing."""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from django.urls import reverse
from django.utils import timezone

from events.dates import NBSP
from events.desk.todo import Sort, Task
from events.models import Talk
from registration.desk.admin_page import names_text
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import Link, ToDo, Urgency, days_until, until_talk
from registration.desk.list_filters import MailFilter, list_of_people
from registration.desk.messages.announcement import Announcement
from registration.desk.messages.tell_of_change import Untold

# So long before a talk its speakers should have their link.
LINK_BEFORE = timedelta(weeks=6)


def way_in(desk: Desk) -> Iterator[ToDo]:
    """Ask for the link, and the number, by which people get into the talk.

    Who may enter the link alone has a page for that, and is not asked for the number.
    """
    has_form = desk.may("events.change_talk")
    for talk, task in _tasks(desk, Sort.WAY_IN):
        if not has_form and task.field != "meeting_url":
            continue
        page = desk.form_of(talk) + task.anchor if has_form else _page_of_way_in(talk)
        yield ToDo(
            title=talk.title,
            text=f"{task.short} fehlt.",
            deadline=until_talk(talk),
            button=f"{task.short} eintragen",
            url=page,
            urgency=Urgency.within(days_until(talk.starts_at)),
            due_at=talk.starts_at,
        )


def _page_of_way_in(talk: Talk) -> str:
    return reverse("admin:enter_way_in", args=[talk.pk])


def untold_people(desk: Desk) -> Iterator[ToDo]:
    """Name who believes something else of a talk than is true."""
    for talk in desk.talks:
        if number := desk.untold.get(talk.pk):
            news = Untold(talk, number)
            yield ToDo(
                title=talk.title,
                text=f"{news.text}.",
                deadline=until_talk(talk),
                button="Benachrichtigen …",
                url=news.url,
                urgency=Urgency.NOW,
                due_at=talk.starts_at,
            )


def seats_in_vain(desk: Desk) -> Iterator[ToDo]:
    """Name full talks with a seat whose confirmation came back, while others may wait for it."""
    for talk in desk.talks_ahead:
        if number := desk.perhaps_in_vain.get(talk.pk):
            seats, mails = _in_vain(number)
            yield ToDo(
                title=talk.title,
                text=f"{seats} im vollen Talk {mails} zurück.{_waiting(talk)}",
                deadline=until_talk(talk),
                button="Ansehen …",
                url=f"{list_of_people(talk)}&{MailFilter.parameter_name}=unzustellbar",
                urgency=Urgency.NOW,
                due_at=talk.starts_at,
            )


def _in_vain(number: int) -> tuple[str, str]:
    """Return the beginning of the sentence about so many seats, and what became of the mails."""
    if number == 1:
        return "Ein Platz", "ist vielleicht umsonst vergeben: Die Bestätigung kam"
    return f"{number}{NBSP}Plätze", "sind vielleicht umsonst vergeben: Die Bestätigungen kamen"


def _waiting(talk: Talk) -> str:
    """Return ` 3 Personen warten.`; "" if nobody does."""
    if not talk.waiting_count:
        return ""
    people = "Person wartet" if talk.waiting_count == 1 else "Personen warten"
    return f" {talk.waiting_count}{NBSP}{people}."


def announcements(desk: Desk) -> Iterator[ToDo]:
    """Say which news are about to go to the interest list, and which are held back."""
    for talk in desk.talks:
        if not (number := desk.news.get(talk.pk)):
            continue
        news = Announcement(talk, number)
        if talk.announcement_held:
            button, urgency, due_at = "Ansehen und ankündigen …", Urgency.LATER, talk.starts_at
        else:
            button, urgency, due_at = "Anhalten …", Urgency.NOW, talk.announced_from
        yield ToDo(
            title=talk.title,
            text=f"{news.text}.",
            deadline=until_talk(talk) if talk.announcement_held else _until_sent(talk),
            button=button,
            url=news.url,
            urgency=urgency,
            due_at=due_at,
        )


def _until_sent(talk: Talk) -> str:
    """Return `Noch 12 Minuten.`, in full minutes."""
    minutes = ceil((talk.announced_from - timezone.now()) / timedelta(minutes=1))
    if minutes <= 1:
        return "Sie gehen jetzt gleich hinaus."
    return f"Noch {minutes}{NBSP}Minuten." if minutes < 120 else ""


def new_dates(desk: Desk) -> Iterator[ToDo]:
    """Name the talks that wait for their new date."""
    for talk, task in _tasks(desk, Sort.DATE):
        yield ToDo(
            title=talk.title,
            text=f"{task.text}.",
            button="Termin eintragen",
            url=desk.form_of(talk) + task.anchor,
            urgency=Urgency.LATER,
        )


def drafts(desk: Desk) -> Iterator[ToDo]:
    """Name drafts whose talk is near, or which somebody believes to appear by themselves."""
    for talk, task in _tasks(desk, Sort.PUBLICATION):
        due_at = min(talk.publish_at, talk.starts_at) if talk.publish_at else talk.starts_at
        yield ToDo(
            title=talk.title,
            text=f"{task.text}." if talk.publish_at else "Noch ein Entwurf.",
            deadline=until_talk(talk),
            button="Veröffentlichen …",
            url=desk.form_of(talk) + task.anchor,
            urgency=Urgency.within(days_until(due_at)),
            due_at=due_at,
        )


def missing_pieces(desk: Desk) -> Iterator[ToDo]:
    """Name in one line all that a talk's page still lacks; each piece leads to its field.

    What a speaker has proposed leads to the proposals, and is no line of its own.
    """
    for talk in desk.talks_ahead:
        tasks = desk.missing[talk.pk]
        pieces = [task for task in tasks if task.sort is Sort.CONTENT]
        pieces += [task for task in tasks if task.sort is Sort.EXTRA]
        to_add = [task for task in pieces if not desk.is_proposed(talk, task)]
        content = [task for task in to_add if task.sort is Sort.CONTENT]
        if to_add:
            yield ToDo(
                title=talk.title,
                text="Es fehlt noch:",
                links=tuple(_piece(desk, talk, task) for task in pieces),
                deadline=until_talk(talk),
                button="Ergänzen",
                url=desk.form_of(talk) + to_add[0].anchor,
                # What only makes it better never presses, and comes last.
                urgency=Urgency.within(days_until(talk.starts_at)) if content else Urgency.LATER,
                due_at=talk.starts_at if content else None,
            )


def _piece(desk: Desk, talk: Talk, task: Task) -> Link:
    is_proposed = desk.is_proposed(talk, task)
    proposals = reverse("admin:speaker_proposals", args=[talk.pk])
    url = proposals if is_proposed else desk.form_of(talk) + task.anchor
    return Link(desk.short_of(talk, task), url)


def links_to_send(desk: Desk) -> Iterator[ToDo]:
    """Name the speakers of near talks who could bring what is missing, and have no link yet."""
    last_day = timezone.now() + LINK_BEFORE
    for talk in desk.talks_ahead:
        speakers = desk.speakers_without_link(talk)
        if speakers and not talk.is_called_off and talk.starts_at <= last_day:
            yield ToDo(
                title=talk.title,
                text=f"Für {names_text(speakers)} ist noch kein Link zum Vortragen verschickt.",
                deadline=until_talk(talk),
                button="Link verschicken …",
                url=reverse("admin:speaker_links", args=[talk.pk]),
                urgency=Urgency.LATER,
                due_at=talk.starts_at,
            )


def _tasks(desk: Desk, sort: Sort) -> Iterator[tuple[Talk, Task]]:
    for talk in desk.talks_ahead:
        for task in desk.missing[talk.pk]:
            if task.sort is sort:
                yield talk, task
