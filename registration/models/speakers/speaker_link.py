"""The link that leads a speaker to their desk, without an account.

Organisers make, mail, renew and withdraw it; the page behind it: registration/speakers.
"""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from events.dates import date_text, time_text
from events.method_marks import alters_data, for_managers_too
from events.models import Speaker, Talk
from events.text.addresses import MAX_EMAIL
from events.text.fields import AddressField, LineField, WebAddressField
from registration.models import links
from registration.models.addresses import email_key, masked_email
from registration.models.erasure import Erasure
from registration.models.links import LinkKeyField, new_key
from registration.models.mails.outgoing_mail import OutgoingMail

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from registration.models.speakers.consent import Consent
    from registration.models.speakers.proposed_change import ProposedChange

# The same link again within this time is a second click.
DOUBLE_CLICK = timedelta(minutes=1)
# The columns `told_…` before a mail that says something was sent.
TOLD_NOTHING: dict[str, Any] = {
    "told_starts_at": None,
    "told_ends_at": None,
    "told_status": "",
    "told_check_at": None,
    "told_check_url": "",
}


def is_over(talk: str) -> Q:
    """Return the condition that the `talk` of what a speaker left here was RETENTION_DAYS ago.

    A slip takes nothing at once: the days count from the last change of the date or the status
    too. A talk without a new date is over POSTPONED_RETENTION_DAYS after the former one.
    """
    now = timezone.now()
    limit = now - timedelta(days=settings.RETENTION_DAYS)
    long_ago = now - timedelta(days=settings.POSTPONED_RETENTION_DAYS)
    moved_lately = Q((f"{talk}__dates_changed_at__gt", limit))
    is_news = Q((f"{talk}__status_changed_at__gt", limit))
    is_postponed = Q((f"{talk}__status", Talk.Status.POSTPONED))
    has_ended = Q((f"{talk}__ends_at__lte", limit)) & ~is_postponed & ~is_news
    return (has_ended | Q((f"{talk}__ends_at__lte", long_ago))) & ~moved_lately


class SpeakerLinkQuerySet(models.QuerySet["SpeakerLink", "SpeakerLink"]):
    """Links of speakers; many at once are read with their speaker and talk."""

    def of(self, key: str | None) -> Self:
        """Keep the links of one canonical address; None is nobody's."""
        return self.filter(email_key=key) if key else self.none()

    def in_talk(self, talk: Talk) -> Self:
        return self.filter(speaker__talk=talk)

    def with_talks(self) -> Self:
        return self.select_related("speaker__talk__municipality")

    def holding(self, token: str) -> Self:
        """Keep the link whose key the token carries, if it still leads somewhere."""
        key = links.key_of(token, links.PURPOSE_SPEAKER)
        return self.alive().filter(key=key) if key else self.none()

    def alive(self) -> Self:
        """Keep those that lead to a page: until SPEAKER_LINK_DAYS after the end of their talk."""
        over = timezone.now() - timedelta(days=settings.SPEAKER_LINK_DAYS)
        lasts = Q(speaker__talk__ends_at__gt=over) | Q(speaker__talk__status=Talk.Status.POSTPONED)
        return self.filter(lasts, withdrawn_at=None)

    def expired(self) -> Self:
        """Keep those whose address goes now: RETENTION_DAYS after the talk, see `is_over`."""
        return self.filter(is_over("speaker__talk"))

    def lock(self, link: "SpeakerLink") -> "SpeakerLink":
        """Lock the row of `link` and return it read anew.

        Speaker and talk are not read along: PostgreSQL would return them as they were before it
        waited for the lock. Raises DoesNotExist if the link was erased, renewed or withdrawn since
        it was read.
        """
        return self.select_for_update().get(pk=link.pk, key=link.key)

    @alters_data
    @for_managers_too
    @transaction.atomic
    def make(self, speaker: Speaker, email: str) -> "SpeakerLink":
        """Make the speaker's link for this canonical address, or make a new one of what is there.

        A link that was made before leads nowhere afterwards, and its mails do not go out. Another
        address has been told nothing yet, and has switched nothing off.
        """
        known = SpeakerLink.objects.select_for_update().filter(speaker=speaker).first()
        is_another = known is None or known.email_key != email_key(email)
        if known and is_another:
            known._leave_address()
        values: dict[str, Any] = {
            "email": email,
            "email_key": email_key(email),
            "key": new_key(),
            "created_at": timezone.now(),
            "withdrawn_at": None,
        }
        if is_another:
            values |= {"reminders_off": False} | TOLD_NOTHING
        link, is_new = SpeakerLink.objects.update_or_create(speaker=speaker, defaults=values)
        if not is_new:
            link.drop_mails()
        return link

    @alters_data
    @for_managers_too
    @transaction.atomic
    def send(self, speaker: Speaker, email: str, note: str = "") -> "SpeakerLink | None":
        """Make a link for this canonical address and mail it; twice is once.

        None if a link lives already, the talk is long over, or the speaker is gone. Several
        organisers at once wait for each other at the talk's row, which is locked before the link's
        wherever both are.
        """
        talks = Talk.objects.lock([speaker.talk_id])
        is_there = Speaker.objects.filter(pk=speaker.pk).exists()
        lives = SpeakerLink.objects.alive().filter(speaker=speaker)
        if not is_there or lives.exists() or not leads_somewhere(talks[0]):
            return None
        link = self.make(speaker, email)
        link.mail(note)
        return link


def dies_at(talk: Talk) -> datetime:
    """Return when the links to a talk lead nowhere any more, if it keeps its date."""
    return talk.ends_at + timedelta(days=settings.SPEAKER_LINK_DAYS)


def leads_somewhere(talk: Talk) -> bool:
    """Whether a link to this talk leads to a page; the same rule for many is `alive`."""
    return dies_at(talk) > timezone.now() or talk.status == Talk.Status.POSTPONED


class SpeakerLink(models.Model):
    """How one speaker of one talk reaches their desk; who holds it may propose, never change."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    speaker = models.OneToOneField(
        Speaker, models.CASCADE, verbose_name="Referentin oder Referent", related_name="link"
    )
    email = AddressField("E-Mail-Adresse")
    email_key = LineField(max_length=MAX_EMAIL, editable=False)
    key = LinkKeyField()
    created_at = models.DateTimeField("Angelegt am", default=timezone.now)
    withdrawn_at = models.DateTimeField("Zurückgezogen am", null=True, editable=False)
    # Switched off by the speaker.
    reminders_off = models.BooleanField("Erinnerungen abgestellt", default=False)
    # What the speaker was told last, written when a mail that says so is sent; None before one is.
    told_starts_at = models.DateTimeField(null=True, editable=False)
    told_ends_at = models.DateTimeField(null=True, editable=False)
    # "" while nobody knows what the speaker believes: a mail said something else meanwhile.
    told_status = LineField(max_length=10, default="", editable=False)
    told_check_at = models.DateTimeField(null=True, editable=False)
    told_check_url = WebAddressField(default="", db_default="", editable=False)

    objects = models.Manager.from_queryset(SpeakerLinkQuerySet)()

    if TYPE_CHECKING:
        changes: RelatedManager[ProposedChange]
        consents: RelatedManager[Consent]
        mails: RelatedManager[OutgoingMail]

    class Meta:
        verbose_name = "Link zum Vortragen"
        verbose_name_plural = "Links zum Vortragen"
        default_permissions = ()
        indexes = [models.Index(fields=["email_key"], name="speaker_link_person")]

    def __str__(self) -> str:
        return str(self.speaker)

    @property
    def talk(self) -> Talk:
        return self.speaker.talk

    @property
    def masked_email(self) -> str:
        """The address as the desk shows it: the link may have been passed on."""
        return masked_email(self.email)

    @property
    def token(self) -> str:
        return links.token(self.key, links.PURPOSE_SPEAKER)

    @property
    def url(self) -> str:
        """The full address of the speaker's desk."""
        return links.url("registration:speaker", self.key, links.PURPOSE_SPEAKER)

    @property
    def dies_at(self) -> datetime:
        """When the link leads nowhere any more, if the talk keeps its date."""
        return dies_at(self.talk)

    @property
    def is_alive(self) -> bool:
        """Whether it leads to a page; the same rule for many is `alive`."""
        return self.withdrawn_at is None and leads_somewhere(self.talk)

    @property
    def told_when_text(self) -> str:
        """Return for when the talk was announced to them: `Mittwoch, 29. Oktober 2025, 10 Uhr`."""
        start, end = self.told_starts_at, self.told_ends_at
        if start is None:
            return ""
        return f"{date_text(start)}, {time_text(start, end or start)}"

    @property
    def told_check_ahead_at(self) -> datetime | None:
        """When they believe that the technics are tried; None once that is over."""
        moment = self.told_check_at
        return moment if moment is not None and moment > timezone.now() else None

    @property
    def knows_talk(self) -> bool:
        """Whether they know the talk's date, which holds for a draft too, or that it is off."""
        told, talk = self.told_status, self.talk
        if talk.is_called_off:
            return told == talk.status
        if told not in (Talk.Status.DRAFT, Talk.Status.PUBLISHED):
            return False
        return (self.told_starts_at, self.told_ends_at) == (talk.starts_at, talk.ends_at)

    @property
    def knows_check(self) -> bool:
        """Whether they know when and where the technics are tried, or that they are not."""
        moment = self.talk.check_ahead_at
        is_right = self.told_check_ahead_at == moment
        return is_right and (moment is None or self.told_check_url == self.talk.check_link)

    @property
    def knows_dates(self) -> bool:
        return self.knows_talk and self.knows_check

    @alters_data
    def remember_told(self) -> None:
        """Note what a mail that has gone out said: the dates as this object knows them."""
        moment = self.talk.check_ahead_at
        self._same_person().update(
            told_starts_at=self.talk.starts_at,
            told_ends_at=self.talk.ends_at,
            told_status=self.talk.status,
            told_check_at=moment,
            told_check_url=self.talk.check_link if moment else "",
        )

    @alters_data
    def doubt_told(self) -> None:
        """Know no longer what the speaker believes: a mail that brought no date said other."""
        self._same_person().exclude(told_starts_at=None).update(told_status="")

    @alters_data
    def doubt_mail(self, mail: OutgoingMail) -> None:
        """Take back what this mail told, for it came back; a later one that was sent counts."""
        sent = self.mails.filter(
            kind__in=OutgoingMail.TELLS_SPEAKER,
            state=OutgoingMail.State.SENT,
            registration_key=self.key,
        )
        if not sent.exists():
            self._same_person().update(**TOLD_NOTHING)
        elif not sent.filter(pk__gt=mail.pk).exists():
            self.doubt_told()

    def _same_person(self) -> SpeakerLinkQuerySet:
        """Keep the row as long as the link is the one that the mail led to."""
        return SpeakerLink.objects.filter(pk=self.pk, key=self.key)

    @alters_data
    def mail(self, note: str = "") -> None:
        """Queue the mail with the link; `note` is the organisers' sentence in it."""
        # Each sending is one of its own; the verbs keep second clicks away.
        OutgoingMail.objects.enqueue_to_speaker(
            OutgoingMail.Kind.SPEAKER_LINK, self, new_key(), note=note
        )

    @alters_data
    @transaction.atomic
    def send_again(self, note: str = "") -> bool:
        """Mail the same link once more; False for a second click, and for a link that is dead."""
        if not self.lock_living():
            return False
        lately = OutgoingMail.objects.filter(
            kind=OutgoingMail.Kind.SPEAKER_LINK,
            speaker_link=self,
            registration_key=self.key,
            created_at__gt=timezone.now() - DOUBLE_CLICK,
        )
        if lately.exists():
            return False
        self.mail(note)
        return True

    @alters_data
    @transaction.atomic
    def renew(self, email: str, note: str = "") -> bool:
        """Mail a new link to this canonical address; the old one is dead.

        False if somebody has renewed or withdrawn it meanwhile.
        """
        if not self.lock_living():
            return False
        SpeakerLink.objects.make(self.speaker, email).mail(note)
        return True

    @alters_data
    @transaction.atomic
    def withdraw(self) -> bool:
        """Let the link lead nowhere from now on; what was proposed stays.

        False if somebody has renewed or withdrawn it meanwhile.
        """
        if not self.lock_living():
            return False
        self.key, self.withdrawn_at = new_key(), timezone.now()
        self.save(update_fields=["key", "withdrawn_at"])
        self.drop_mails()
        return True

    def lock_living(self) -> bool:
        """Lock the row, after the talk's; False if it is not this living link any more."""
        Talk.objects.lock([self.speaker.talk_id])
        mine = SpeakerLink.objects.alive().filter(pk=self.pk, key=self.key)
        return mine.select_for_update(of=["self"]).first() is not None

    @alters_data
    def drop_mails(self) -> None:
        """Let the mails that have not gone out go nowhere."""
        OutgoingMail.objects.unsent().unclaimed().filter(speaker_link=self).erase()

    @alters_data
    def switch_reminders(self, *, off: bool) -> None:
        """Switch the reminders off or on; nothing happens if the link was renewed meanwhile."""
        self._same_person().update(reminders_off=off)
        self.reminders_off = off

    @alters_data
    @transaction.atomic
    def erase(self, reason: str) -> None:
        """Delete the address, and what was proposed with it; harmless when called twice.

        Consents stay as long as their material is public. It waits at the link's row, so that no
        proposal is written meanwhile.
        """
        mine = SpeakerLink.objects.filter(pk=self.pk, uuid=self.uuid)  # not another address's
        mine.select_for_update().first()
        Erasure.objects.note(self, reason)
        mine.delete()

    @alters_data
    def expire(self) -> bool:
        """Delete the row because its time is over, unless its talk was moved meanwhile."""
        if not SpeakerLink.objects.expired().filter(pk=self.pk).exists():
            return False
        self.erase(Erasure.Reason.RETENTION)
        return True

    def _leave_address(self) -> None:
        """Make the row another address's: the former one stands in the erasure log alone."""
        Erasure.objects.note(self, Erasure.Reason.MOVED)
        self._empty_mails()
        self.uuid = uuid.uuid4()
        self.save(update_fields=["uuid"])

    def _empty_mails(self) -> None:
        """Drop the address in all mails to it, whatever became of them."""
        OutgoingMail.objects.filter(speaker_link=self).erase()


@receiver(pre_delete, sender=SpeakerLink)
def _forget(instance: SpeakerLink, **_: Any) -> None:
    """Note the erasure and empty the mails, also where the link goes with its speaker."""
    Erasure.objects.note(instance, Erasure.Reason.ORGANISER)
    instance._empty_mails()
