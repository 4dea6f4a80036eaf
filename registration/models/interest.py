"""The interest list: who asked to be told of new talks by mail."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Func, OuterRef, Q, Subquery
from django.utils import timezone

from events.method_marks import alters_data, for_managers_too
from events.models import Talk, Topic
from events.models.talk_queries import TalkQuerySet
from events.text.addresses import MAX_EMAIL
from events.text.fields import LineField
from registration.models import links
from registration.models.addresses import email_key, masked_email
from registration.models.erasure import Erasure
from registration.models.mails.outgoing_mail import OutgoingMail

# What stands beside the box. A new wording is a new version: both are kept with each consent.
CONSENT_VERSION = "2026-12"
CONSENT_TEXT = (
    "Ja, informieren Sie mich per E\u2011Mail über neue Web-Talks. Abbestellen kann ich jederzeit."
)

# So many mails with news that came back end it.
NEWS_BACK = 2
UNDELIVERABLE = "Zwei Mails kamen zurück"


class InterestQuerySet(models.QuerySet["Interest", "Interest"]):
    """Who is on the list, was, or is still asked."""

    def of(self, key: str | None) -> Self:
        """Keep the rows of one canonical address; None is nobody's."""
        return self.filter(email_key=key) if key else self.none()

    def live(self) -> Self:
        """Keep who is on the list or has still to confirm; at most one for an address."""
        return self.exclude(state=Interest.State.ENDED)

    def active(self) -> Self:
        return self.filter(state=Interest.State.ACTIVE)

    def holding(self, token: str, purpose: str) -> Self:
        """Keep the one row whose key the link carries."""
        return self.filter(key=links.key_of(token, purpose))

    def interested_in(self, talk: Talk) -> Self:
        """Keep who chose one of the talk's topics, or none at all."""
        return self.filter(Q(wants_all=True) | Q(topics__in=talk.topics.values("pk"))).distinct()

    def counted_for(self, talks: TalkQuerySet) -> models.QuerySet[Any, Any]:
        """Return (talk, how many are interested in it), without talks that reach nobody."""
        topic = self.model.topics.through.objects.filter(
            topic__talktopic__talk=OuterRef(OuterRef("pk"))
        )
        reached = self.active().filter(Q(wants_all=True) | Q(pk__in=topic.values("interest")))
        counted = reached.order_by().values(number=Func("pk", function="COUNT"))
        found = talks.order_by().annotate(number=Subquery(counted)).filter(number__gt=0)
        return found.values_list("pk", "number")

    def expired(self) -> Self:
        """Keep those who did not confirm in time, and withdrawn ones whose proof is void."""
        now = timezone.now()
        unconfirmed = now - timedelta(hours=settings.PENDING_HOURS)
        void = now - timedelta(days=365 * settings.INTEREST_PROOF_YEARS)
        return self.filter(
            Q(state=Interest.State.PENDING, created_at__lte=unconfirmed)
            | Q(state=Interest.State.ENDED, ended_at__lte=void)
        )

    @alters_data
    @for_managers_too
    @transaction.atomic
    def ask(self, email: str, topics: Iterable[Topic] | None = None) -> "Interest":
        """Ask by mail whether this address shall be on the list; without `topics`, as before.

        The answer never tells whether it is there already: then the mail says so, and leads to
        the page where it can be changed.
        """
        key = email_key(email)
        asked = Interest(
            email=email,
            email_key=key,
            consent_version=CONSENT_VERSION,
            consent_text=CONSENT_TEXT,
        )
        # The constraint keeps the row that is there.
        Interest.objects.bulk_create([asked], ignore_conflicts=True)
        interest = self.live().of(key).select_for_update().get()
        if interest.state == Interest.State.PENDING:
            if not interest.may_confirm:
                interest._consent_anew()
            if topics is not None:
                interest.choose(topics)
        OutgoingMail.objects.ask_about_interest(interest, is_new=interest.key == asked.key)
        return interest


class Interest(models.Model):
    """One address that asked to be told of new talks, and the proof that it did.

    Counts only after the click in the mail (double opt-in). Withdrawn ones stay as proof of the
    consent (Art. 7 Abs. 1 DSGVO) for INTEREST_PROOF_YEARS.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Wartet auf Bestätigung"
        ACTIVE = "active", "Aktiv"
        ENDED = "ended", "Abbestellt"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Carried by the signed links.
    key = links.LinkKeyField(unique=True)
    email = LineField("E-Mail-Adresse", max_length=MAX_EMAIL)
    email_key = LineField(max_length=MAX_EMAIL, editable=False)
    # Not the same as "no topics": a topic that is deleted must not make it all of them.
    wants_all = models.BooleanField("Alle Themen", default=True)
    topics = models.ManyToManyField(
        Topic, verbose_name="Themen", blank=True, help_text="Keines gewählt: alle Themen."
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.PENDING)
    consent_version = models.CharField("Fassung der Einwilligung", max_length=20)
    consent_text = models.TextField("Wortlaut der Einwilligung")
    created_at = models.DateTimeField("Angefragt am", default=timezone.now)
    confirmed_at = models.DateTimeField("Bestätigt am", null=True)
    ended_at = models.DateTimeField("Abbestellt am", null=True)

    objects = models.Manager.from_queryset(InterestQuerySet)()

    class Meta:
        verbose_name = "Eintrag für neue Termine"
        verbose_name_plural = "Einträge für neue Termine"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"],
                condition=Q(state__in=["pending", "active"]),
                name="interest_live_once",
            )
        ]
        indexes = [models.Index(fields=["email_key"], name="interest_person")]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_state_display()})"

    @alters_data
    @transaction.atomic
    def confirm(self) -> bool:
        """Put the address on the list; False if the time is over. Harmless when called twice."""
        self._lock()
        if self.may_confirm:
            self.state, self.confirmed_at = self.State.ACTIVE, timezone.now()
            self.save(update_fields=["state", "confirmed_at"])
        return self.is_active

    @alters_data
    @transaction.atomic
    def withdraw(self) -> bool:
        """Take the address off the list; the row stays as proof of the consent there was.

        Whoever has come back meanwhile and uses an old link is taken off all the same. Returns
        False if the address was not on the list.
        """
        self._lock()
        live = Interest.objects.live().of(self.email_key)
        was_live = bool(live.update(state=self.State.ENDED, ended_at=timezone.now()))
        self.refresh_from_db()
        return was_live

    @alters_data
    @transaction.atomic
    def end_if_undeliverable(self) -> bool:
        """Take the address off the list once so much news has come back; False before that.

        Nobody is told: a mail would come back too. Whoever asks again begins anew.
        """
        self._lock()
        if not self.is_active or self.bounced_news < NEWS_BACK:
            return False
        return self.withdraw()

    @alters_data
    @transaction.atomic
    def erase(self, reason: str) -> None:
        """Delete the row and what its mails say of the address; harmless when called twice."""
        OutgoingMail.objects.filter(interest=self.pk).erase()
        Erasure.objects.note(self, reason)
        Interest.objects.filter(pk=self.pk).delete()

    @alters_data
    @transaction.atomic
    def expire(self) -> bool:
        """Delete the row if its time is over; False if the person was quicker and asked anew."""
        row = Interest.objects.expired().filter(pk=self.pk).select_for_update().first()
        if row is None:
            return False
        is_new = row.state == self.State.PENDING
        row.erase(Erasure.Reason.EXPIRED if is_new else Erasure.Reason.RETENTION)
        return True

    @alters_data
    @transaction.atomic
    def choose(self, topics: Iterable[Topic]) -> None:
        """Tell of these topics alone; of all where none is chosen."""
        topics = list(topics)
        self.wants_all = not topics
        self.save(update_fields=["wants_all"])
        self.topics.set(topics)

    def _consent_anew(self) -> None:
        """Note that the form was sent again, too late for the click that was asked for."""
        self.created_at = timezone.now()
        self.consent_version, self.consent_text = CONSENT_VERSION, CONSENT_TEXT
        self.save(update_fields=["created_at", "consent_version", "consent_text"])

    def _lock(self) -> None:
        Interest.objects.select_for_update().get(pk=self.pk)
        self.refresh_from_db()

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_live(self) -> bool:
        """Whether it is on the list or has still to confirm; the same rule for many is `live`."""
        return self.state != self.State.ENDED

    @property
    def bounced_news(self) -> int:
        """How many mails with news came back from the address."""
        return self.mails.bounced().filter(kind=OutgoingMail.Kind.NEWS).count()

    @property
    def why_ended(self) -> str:
        """Say that not the person has ended it but the mails that came back; "" otherwise."""
        is_ended_by_mails = not self.is_live and self.bounced_news >= NEWS_BACK
        return UNDELIVERABLE if is_ended_by_mails else ""

    @property
    def may_confirm(self) -> bool:
        """Whether the click in the mail still counts: PENDING_HOURS after the form."""
        ends = self.created_at + timedelta(hours=settings.PENDING_HOURS)
        return self.state == self.State.PENDING and timezone.now() < ends

    @property
    def masked_email(self) -> str:
        return masked_email(self.email)

    @property
    def confirm_url(self) -> str:
        return links.url("registration:interest_confirm", self.key, links.PURPOSE_INTEREST_CONFIRM)

    @property
    def manage_url(self) -> str:
        return links.url("registration:interest_mine", self.key, links.PURPOSE_INTEREST)

    @property
    def unsubscribe_url(self) -> str:
        return links.url("registration:interest_end", self.key, links.PURPOSE_INTEREST)


@transaction.atomic
def announce(talk: Talk) -> list[OutgoingMail]:
    """Tell the interest list of the published `talk` if it is time; return the mails."""
    locked = Talk.objects.lock([talk.pk])
    return _announce(locked[0]) if locked and locked[0].is_announced_now else []


@transaction.atomic
def announce_now(talk: Talk) -> list[OutgoingMail]:
    """Tell the interest list of the published `talk` without waiting; return the mails."""
    locked = Talk.objects.lock([talk.pk])
    return _announce(locked[0]) if locked and locked[0].is_to_announce else []


def _announce(talk: Talk) -> list[OutgoingMail]:
    """Tell the interest list of the locked `talk`, once and for all."""
    mails = OutgoingMail.objects.enqueue_news(talk, Interest.objects.active().interested_in(talk))
    Talk.objects.store_announced(talk)
    return mails


def announce_due() -> int:
    """Tell the interest list of every talk whose time has come; return how many talks."""
    return sum(1 for talk in Talk.objects.announced_now() if announce(talk))


def announce_all() -> int:
    """Tell the interest list of every published talk, whether or not it is time.

    What an organiser holds back stays.
    """
    talks = Talk.objects.to_announce().filter(announcement_held=False)
    return sum(1 for talk in talks if announce_now(talk))
