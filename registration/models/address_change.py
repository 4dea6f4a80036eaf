"""Another address for a person's registrations, without losing a seat.

The wish is stored with no registration. It stands in the signed link of the mail to the new
address, and in that mail's recipient until it is sent; only a click there moves anything.
"""

from collections.abc import Iterable

from django.db import transaction

from events.models import Talk
from registration.models import limits
from registration.models.addresses import email_key
from registration.models.erasure import Erasure
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.registration import Registration

Kind = OutgoingMail.Kind
State = Registration.State
# Of two places in a talk that of the earlier state is better.
BEST_FIRST = (State.CONFIRMED, State.WAITING, State.PENDING)


def anchor_of(rows: Iterable[Registration]) -> Registration | None:
    """Return the registration that the wish hangs on, the one that lasts longest; None if none."""
    movable = [row for row in rows if row.may_move]
    return max(movable, key=lambda row: (row.talk.ends_at, row.pk), default=None)


@transaction.atomic
def ask(anchor: Registration, email: str) -> None:
    """Ask at the canonical address `email` whether the person's registrations shall be its own.

    Nobody learns whether it was asked: an address gets only so many mails, and a person may ask
    only so often.
    """
    mine = Registration.objects.booked().of(anchor.email_key)
    Talk.objects.lock(mine.values("talk"))
    rows = list(mine.select_related("talk"))
    row = next((row for row in rows if row.key == anchor.key), None)
    if row is None or not row.may_move:
        return
    if limits.may_ask_new_address(row.email_key) and limits.may_mail(email_key(email)):
        OutgoingMail.objects.ask_new_address(row, [row for row in rows if row.may_move], email)


@transaction.atomic
def carry_out(anchor: Registration, email: str) -> bool:
    """Move all live registrations of the person to `email`, whose owner has agreed.

    Where that address is registered for a talk too, the better place stays, and the other is
    freed: confirmed before waiting before pending, and the earlier place in the queue. In a talk
    that has begun both stay as they are. Both addresses are told. Returns False if there is
    nothing to move any more: called twice it is harmless.
    """
    rows, known = _locked(anchor, email)
    if not any(row.key == anchor.key and row.may_move for row in rows):
        return False
    pairs = [(row, known.get(row.talk_id)) for row in rows]
    pairs = [(row, other) for row, other in pairs if other is None or row.is_cancellable]
    if not pairs:
        return False
    moving = [row for row, other in pairs if other is None or _is_better(row, other)]
    OutgoingMail.objects.enqueue(Kind.ADDRESS_LEFT, [row for row, _ in pairs], is_last=True)
    kept = []
    for row, other in pairs:
        if row not in moving and other:
            row._leave(row.talk)
            row._erase_person(Erasure.Reason.MOVED)
            kept.append(other)
        elif other:
            other._leave(row.talk, other.Reason.MOVED)
    _move(moving, email)
    _tell(moving, kept)
    for row, other in pairs:
        if other:
            Registration.objects.promote_waiting(row.talk)
    return True


def _locked(
    anchor: Registration, email: str
) -> tuple[list[Registration], dict[int, Registration]]:
    """Lock the person's talks; return their live rows, and by talk those of the new address."""
    live = Registration.objects.live().named()
    locked = Talk.objects.lock(live.of(anchor.email_key).values("talk"))
    talks = {talk.pk: talk for talk in locked}
    rows = list(live.of(anchor.email_key).filter(talk__in=talks).order_by("talk_id"))
    known = {row.talk_id: row for row in live.of(email_key(email)).filter(talk__in=talks)}
    for row in [*rows, *known.values()]:
        row.talk = talks[row.talk_id]
    return rows, known


def _is_better(row: Registration, other: Registration) -> bool:
    """Whether `row` is the better place; of equal seats that of the new address stays."""
    if row.is_waiting and other.is_waiting:
        return (row.created_at, row.pk) < (other.created_at, other.pk)
    return BEST_FIRST.index(State(row.state)) < BEST_FIRST.index(State(other.state))


def _move(rows: list[Registration], email: str) -> None:
    """Make the rows the new address's, and with them what is still to be delivered about them."""
    former = [row.key for row in rows]
    for row in rows:
        row._move_to(email)
    mails = OutgoingMail.objects.about(rows).filter(registration_key__in=former)
    mails.undelivered().exclude(kind=Kind.PLEASE_CONFIRM).readdress()
    mails.erase()


def _tell(moved: list[Registration], kept: list[Registration]) -> None:
    """Send the new address its links, and the question that is still open."""
    if booked := [row for row in [*moved, *kept] if row.is_booked]:
        OutgoingMail.objects.enqueue(Kind.ADDRESS_CHANGED, booked)
    if pending := [row for row in moved if row.may_confirm]:
        OutgoingMail.objects.ask_to_confirm(pending, is_new=True)
