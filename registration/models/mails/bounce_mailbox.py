"""What is remembered of the mailbox that mails come back to, and which worker reads it now."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.method_marks import alters_data
from events.text.fields import LineField

# Longer than one reading takes; a worker that died with the mailbox is waited for no longer.
LEASE = timedelta(minutes=5)
# A server that has refused the envelope sender is not asked again for so long.
REFUSED_FOR = timedelta(hours=1)


class BounceMailbox(models.Model):
    """The one row: how far the mailbox was looked through, and what stands in the way."""

    # UIDVALIDITY of the mailbox (RFC 9051 §2.3.1.1): another one makes all numbers worthless.
    uid_validity = models.PositiveBigIntegerField(null=True, editable=False)
    # All mails up to this UID were looked at.
    last_uid = models.PositiveBigIntegerField(default=0, editable=False)
    # Mails that are none of ours, and stay where they are.
    left_alone = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    read_at = models.DateTimeField("Zuletzt gelesen", null=True, editable=False)
    # Why it could not be read the last time, in our words; "" if it could.
    trouble = LineField(max_length=300, blank=True, default="", editable=False)
    # When a server refused the envelope sender last; None while it takes it.
    sender_refused_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "Postfach für Rückläufer"
        verbose_name_plural = "Postfach für Rückläufer"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="bounce_mailbox_is_one_row")]

    def __str__(self) -> str:
        return f"bis {self.last_uid}"

    @classmethod
    def load(cls) -> "BounceMailbox":
        """Return the row as it is stored; it is made where there is none."""
        return cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def known(cls) -> "BounceMailbox":
        """Return the row, or what one would say that was never read; nothing is written.

        Where the settings name no mailbox, nothing is asked.
        """
        is_named = settings.BOUNCE_ADDRESS or settings.BOUNCE_URL
        return (cls.objects.first() if is_named else None) or cls()

    @classmethod
    def lease(cls) -> "BounceMailbox | None":
        """Give the mailbox to the caller for LEASE; None while another worker has it."""
        cls.load()
        now = timezone.now()
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        if not cls.objects.filter(free, pk=1).update(lease_until=now + LEASE):
            return None
        return cls.objects.get(pk=1)

    @alters_data
    def release(self, *, trouble: str = "") -> None:
        """Let the next worker read, and remember how it went."""
        self.lease_until, self.trouble = None, trouble
        if not trouble:
            self.read_at = timezone.now()
        self.save(update_fields=["lease_until", "trouble", "read_at"])

    @classmethod
    def may_be_sender(cls) -> bool:
        """Whether its address is worth trying as envelope sender."""
        lately = timezone.now() - REFUSED_FOR
        return not cls.objects.filter(sender_refused_at__gt=lately).exists()

    @property
    def is_refused(self) -> bool:
        """Whether the mail server did not take BOUNCE_ADDRESS the last time."""
        return bool(settings.BOUNCE_ADDRESS) and self.sender_refused_at is not None

    @classmethod
    @alters_data
    def note_sender(cls, *, is_taken: bool) -> None:
        """Remember whether the mail server takes its address as envelope sender."""
        if is_taken:
            cls.objects.exclude(sender_refused_at=None).update(sender_refused_at=None)
        else:
            cls.load()
            cls.objects.update(sender_refused_at=timezone.now())

    @alters_data
    def begin(self, uid_validity: int) -> None:
        """Begin anew in a mailbox whose numbers are not those of the last time."""
        if uid_validity != self.uid_validity:
            self.uid_validity, self.last_uid = uid_validity, 0
            self.save(update_fields=["uid_validity", "last_uid"])

    @alters_data
    def remember(self, uid: int, *, is_foreign: bool = False) -> None:
        """Remember that all mails up to this number were looked at."""
        self.last_uid = uid
        if is_foreign:
            self.left_alone += 1
        self.save(update_fields=["last_uid", "left_alone"])

    @alters_data
    def note_reading(self) -> None:
        """Remember that the mailbox could be read now."""
        self.read_at = timezone.now()
        self.save(update_fields=["read_at"])
