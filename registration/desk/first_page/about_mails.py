"""What is to do about mails: those that do not go out, were refused, are held back or stopped."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events.dates import NBSP, moment_text
from registration import monitoring
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import ToDo, Urgency
from registration.models import OutgoingMail

# So many hours are told as hours, more in days.
HOURS_TOLD = 48


def mails_url(state: str) -> str:
    """Return the address of the list of mails in this state."""
    return f"{reverse('admin:registration_outgoingmail_changelist')}?state__exact={state}"


def sending(desk: Desk) -> Iterator[ToDo]:
    """Say that mails do not go out: no worker runs, or the server takes none."""
    running, queued = desk.running, mails_url(OutgoingMail.State.QUEUED)
    if running.is_lost:
        seen = running.snapshot.worker_seen_at
        yield ToDo(
            text=f"Der Mailversand läuft nicht. {monitoring.whom_to_call()}",
            deadline=f"Zuletzt gesehen: {moment_text(seen) if seen else 'noch nie'}.",
            button="Wartende Mails ansehen",
            url=queued,
            urgency=Urgency.NOW,
            due_at=timezone.now(),
        )
    oldest, why = running.delay.stuck_since, running.delay.stuck_why
    if oldest is not None and running.is_late:
        answer = f" {why}." if why else ""
        yield ToDo(
            text=f"Mails gehen nicht hinaus.{answer} {monitoring.late_help()}",
            deadline=f"Die älteste wartet seit {moment_text(oldest)}.",
            button="Wartende Mails ansehen",
            url=queued,
            urgency=Urgency.NOW,
            due_at=timezone.now(),
        )


def put_off(desk: Desk) -> Iterator[ToDo]:
    """Name mails that a server puts off, by their age, although others go out."""
    delay = desk.running.delay
    if delay.put_off_since is None or not desk.running.has_put_off:
        return
    since = how_long(timezone.now() - delay.put_off_since)
    wait = f"wartet seit {since}" if delay.put_off == 1 else f"warten, die älteste seit {since}"
    yield ToDo(
        text=f"{_mails(delay.put_off)} {wait}, obwohl andere hinausgehen. {delay.put_off_why}. "
        "Wir versuchen es weiter.",
        button="Wartende Mails ansehen",
        url=mails_url(OutgoingMail.State.QUEUED),
        urgency=Urgency.SOON,
        due_at=delay.put_off_since,
    )


def how_long(period: timedelta) -> str:
    """Return `1 Stunde`, `5 Stunden`, `2 Tagen`, as it follows "seit"."""
    hours = int(period / timedelta(hours=1))
    if hours < HOURS_TOLD:
        return f"{hours}{NBSP}{'Stunde' if hours == 1 else 'Stunden'}"
    return f"{hours // 24}{NBSP}Tagen"


def domain(desk: Desk) -> Iterator[ToDo]:
    """Say that mails may not arrive, or not come back, because of what the operators can mend."""
    troubles = []
    if faults := desk.running.snapshot.domain_faults:
        troubles.append(
            f"Mails kommen vielleicht nicht an: {', '.join(faults)}. Was einzutragen "
            "ist, steht auf der Seite dazu."
        )
    if desk.running.snapshot.sender_is_refused:
        troubles.append(
            f"Der Mailserver nimmt {settings.BOUNCE_ADDRESS} nicht als Absender für Rückläufer "
            "an; was zurückkommt, landet beim Absender."
        )
    if troubles:
        yield ToDo(
            text=" ".join(troubles),
            button="Ansehen",
            url=reverse("admin:mail_domain"),
            urgency=Urgency.SOON,
        )


def held(desk: Desk) -> Iterator[ToDo]:
    """Name mails that a restored backup keeps back, because they may have gone out already."""
    if number := desk.running.held:
        yield ToDo(
            text=f"{_mails(number)} {'ist' if number == 1 else 'sind'} zurückgehalten, weil eine "
            "Sicherung zurückgespielt wurde. Geben Sie frei, was noch stimmt, und verwerfen Sie "
            "den Rest.",
            button="Zurückgehaltene ansehen",
            url=mails_url(OutgoingMail.State.HELD),
            urgency=Urgency.NOW,
            due_at=timezone.now(),
        )


def refused(desk: Desk) -> Iterator[ToDo]:
    """Name mails that no server took, until the address is put right or they are sent again."""
    if number := desk.running.refused:
        yield ToDo(
            text=f"{_mails(number)} {'konnte' if number == 1 else 'konnten'} nicht zugestellt "
            "werden.",
            deadline=f"In den letzten {desk.running.recent_days}{NBSP}Tagen.",
            button="Nicht zugestellte ansehen",
            url=mails_url(OutgoingMail.State.FAILED),
            urgency=Urgency.SOON,
            due_at=timezone.now(),
        )


def bounce_mailbox(desk: Desk) -> Iterator[ToDo]:
    """Say that mails which come back are not seen, or are left lying."""
    if trouble := desk.running.snapshot.bounces.trouble:
        yield ToDo(
            text=f"{trouble} {monitoring.whom_to_call()}",
            deadline=_last_read(desk.running.snapshot.bounces.read_at),
            button="Nicht zugestellte ansehen",
            url=mails_url(OutgoingMail.State.FAILED),
            urgency=Urgency.SOON,
            due_at=timezone.now(),
        )


def stopped(desk: Desk) -> Iterator[ToDo]:
    """Name stopped messages, of which mails wait."""
    for message in desk.stopped:
        held = message.held  # type: ignore[attr-defined]  # `left_stopped` counts them
        yield ToDo(
            title=str(message),
            text=f"Angehaltene Nachricht: {_left(held)}",
            deadline=f"Zum Talk „{message.talk}“.",
            button="Ansehen und fortsetzen …" if held else "Ansehen und neu planen …",
            url=reverse("admin:check_message", args=[message.pk]),
            urgency=Urgency.SOON,
            due_at=message.stopped_at,
        )


def _last_read(moment: datetime | None) -> str:
    return f"Zuletzt gelesen: {moment_text(moment) if moment else 'noch nie'}."


def _left(number: int) -> str:
    if not number:
        return "Sie war geplant und ist noch an niemanden gegangen."
    return f"{_mails(number)} {'ist' if number == 1 else 'sind'} noch nicht hinausgegangen."


def _mails(number: int) -> str:
    return f"{number}{NBSP}{'Mail' if number == 1 else 'Mails'}"
