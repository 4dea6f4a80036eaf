"""The notices to organisers: the worker looks for their occasions and tells of each once.

Who gets which: registration/models/account.py. What stops all mail is said on the first page and
in /metrics instead: no mail could say it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.db.models import F, Max
from django.utils import timezone

from events.models import Talk
from registration.desk.first_page.after_the_talk import WARN_DAYS, work_left
from registration.desk.first_page.to_do import until_names_go
from registration.mail.deliver import back_off
from registration.models import Offer, OutgoingMail, Registration
from registration.models.account import hearers

Kind = OutgoingMail.Kind
# A mail put off so often is no greylisting any more: the third try comes five minutes later.
PUT_OFF_TIMES = 3
# Of the mails written within this time, one is looked for that was accepted.
LATELY = timedelta(days=2)
# No more such mails are looked at in one run.
AT_A_TIME = 200


class Notice(NamedTuple):
    """What is told once: the kind of notice, the talk, and its name among those of the talk."""

    kind: str
    talk: Talk | None
    name: str
    note: str = ""


def tell_organisers() -> int:
    """Write the notices whose time has come; return of how many occasions."""
    mails = OutgoingMail.objects
    told = 0
    occasions = [*without_way_in(), *full(), *bounced(), *names_go(), *put_off(), *offers()]
    for kind, talk, name, note in occasions:
        if not mails.has_notice(kind, talk, name):
            mails.enqueue_notice(kind, talk, name, hearers(kind), note=note)
            told += 1
    return told


def without_way_in() -> Iterator[Notice]:
    """Yield the talks of the next 24 hours that nobody could enter; anew where one is moved."""
    now = timezone.now()
    soon = Talk.objects.published().taking_place().filter(meeting_url="")
    for talk in soon.filter(starts_at__gt=now, starts_at__lte=now + timedelta(days=1)):
        yield Notice(Kind.NO_WAY_IN, talk, f"start-{talk.starts_at.timestamp():.0f}")


def full() -> Iterator[Notice]:
    """Yield the coming talks whose seats are taken."""
    coming = Talk.objects.published().taking_place().filter(starts_at__gt=timezone.now())
    for talk in coming.filter(capacity__isnull=False, seats_taken__gte=F("capacity")):
        yield Notice(Kind.TALK_FULL, talk, "full")


def bounced() -> Iterator[Notice]:
    """Yield each mail that came back from somebody with a seat in a full talk.

    What came back from others, whose seats are nobody's trouble, does not.
    """
    in_vain = Registration.objects.perhaps_in_vain().select_related("talk").order_by("pk")
    for row in in_vain.with_mails()[:AT_A_TIME]:
        if mail := row.last_mail:
            yield Notice(Kind.BOUNCED, row.talk, f"mail-{mail.pk}")


def names_go() -> Iterator[Notice]:
    """Yield the talks that lose their names within a week while something is missing."""
    over = Talk.objects.to_follow_up()
    seats = dict(Registration.objects.seats_by_talk(over))
    present = dict(Registration.objects.present_by_talk(over))
    last_day = timezone.localdate() + timedelta(WARN_DAYS)
    for talk in over.with_marks():
        names = seats.get(talk.pk) or 0
        left = work_left(talk, names, present.get(talk.pk) or 0)
        if names and left and talk.names_go_on <= last_day:
            missing = ", ".join(work.short for work in left)
            yield Notice(
                Kind.NAMES_GO, talk, "names", f"{until_names_go(talk)} Es fehlt: {missing}"
            )


def put_off() -> Iterator[Notice]:
    """Yield the mails that one server goes on refusing for now, by talk and kind.

    Only if another mail was accepted after the last try: else no mail goes out at all.
    """
    queued = OutgoingMail.objects.queued().filter(account=None, attempts__gte=PUT_OFF_TIMES)
    waiting = list(queued.exclude(last_error="").select_related("talk").order_by("pk")[:AT_A_TIME])
    lately = OutgoingMail.objects.filter(created_at__gt=timezone.now() - LATELY)
    accepted_at = lately.aggregate(at=Max("sent_at"))["at"] if waiting else None
    seen = set()
    for mail in waiting:
        if accepted_at is None or accepted_at <= mail.not_before - back_off(mail.attempts):
            continue
        talk = talk_of(mail)
        name = mail.kind if talk else f"{mail.kind}-{timezone.localdate()}"
        if (talk, name) not in seen:
            seen.add((talk, name))
            yield Notice(Kind.PUT_OFF, talk, name, mail.get_kind_display())


def offers() -> Iterator[Notice]:
    """Yield the newest offer to report in a talk; some that came at once make one mail."""
    came = Offer.objects.open().filter(created_at__gt=timezone.now() - LATELY)
    if newest := came.first():
        yield Notice(Kind.OFFER, None, f"offer-{newest.pk}")


def talk_of(mail: OutgoingMail) -> Talk | None:
    """Return the talk that the mail is about; of several the first."""
    if mail.talk is not None:
        return mail.talk
    row = mail.registrations.select_related("talk").order_by("talk__starts_at", "pk").first()
    return row.talk if row else None
