"""What becomes of one mail that came to the bounce mailbox, wherever it was read."""

from enum import StrEnum

from django.db import transaction
from django.db.models import Exists, OuterRef

from events.models import Talk
from registration.mail.bounces import report
from registration.models import Interest, OutgoingMail, Registration, SpeakerLink
from registration.models.addresses import email_key


class Taken(StrEnum):
    """What a mail was; only ours may be removed from the mailbox."""

    # A report of a mail of ours that did not arrive, counted now.
    COUNTED = "counted"
    # A report or an automatic reply to a mail of ours that changes nothing: counted before,
    # delayed, about somebody who is gone, a holiday note.
    NOTHING_NEW = "nothing_new"
    # Everything else: somebody's letter, a report of other people's mail.
    FOREIGN = "foreign"

    @property
    def is_ours(self) -> bool:
        return self is not Taken.FOREIGN


def take(raw: bytes) -> Taken:
    """Take the mail `raw`, in one transaction; never raises for what it holds.

    Raises DatabaseError while the database is away: then it has to be taken again.
    """
    said = report.read(raw)
    known = _known(said.message_ids) if said else []
    if not (said and known):
        return Taken.FOREIGN
    # A report is about one mail: of a stranger's that names many none counts.
    if said.status and len(known) == 1 and _count(known[0], said.status):
        return Taken.COUNTED
    return Taken.NOTHING_NEW


def _known(message_ids: tuple[str, ...]) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(message_id__in=message_ids).order_by("pk"))


@transaction.atomic
def _count(mail: OutgoingMail, status: str) -> bool:
    """Mark the mail as undeliverable, and all that follows; False if that changes nothing."""
    _lock(mail)
    if not mail.mark_bounced(status):
        return False
    if mail.kind in mail.STATES_THE_TALK:
        _doubt_told(mail)
    if mail.kind in mail.TELLS_SPEAKER and mail.speaker_link:
        mail.speaker_link.doubt_mail(mail)
    if mail.kind == mail.Kind.NEWS and mail.interest:
        mail.interest.end_if_undeliverable()
    return True


def _doubt_told(mail: OutgoingMail) -> None:
    """Count the person as untold again, of what no later mail has stated."""
    stating = OutgoingMail.objects.filter(kind__in=mail.STATES_THE_TALK, state=mail.State.SENT)
    later = stating.filter(pk__gt=mail.pk, registrations=OuterRef("pk"))
    theirs = Registration.objects.filter(mails=mail).of(email_key(mail.recipient))
    Registration.objects.doubt_told(theirs.exclude(Exists(later)))


def _lock(mail: OutgoingMail) -> None:
    """Lock whose mail it is and then the mail, in the order of all verbs; read it anew.

    So nobody's address is corrected, and nobody erased, between look and mark.
    """
    rows = Registration.objects.filter(mails=mail)
    Talk.objects.lock(rows.values("talk"))
    list(rows.select_for_update(of=("self",)).order_by("pk"))
    list(Interest.objects.filter(mails=mail).select_for_update(of=("self",)))
    list(SpeakerLink.objects.filter(mails=mail).select_for_update(of=("self",)))
    OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    mail.refresh_from_db()
