"""Rules about many registrations; the same rule about one row is a property of the model."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.models import Talk
from registration.desk.registration_queries import CountedQuerySet, ExportedQuerySet
from registration.models import links
from registration.models.participants import ParticipantsQuerySet


class RegistrationQuerySet(
    ParticipantsQuerySet, CountedQuerySet, ExportedQuerySet, models.QuerySet
):
    def live(self):
        """Keep what is neither cancelled nor anonymous; unique for a person in a talk."""
        return self.filter(state__in=self.model.LIVE)

    def booked(self):
        """Keep who has a seat or a place in the queue."""
        return self.filter(state__in=self.model.BOOKED)

    def pending(self):
        return self.filter(state=self.model.State.PENDING)

    def confirmed(self):
        return self.filter(state=self.model.State.CONFIRMED)

    def waiting(self):
        """Keep the queue, its head first."""
        return self.filter(state=self.model.State.WAITING).order_by("created_at", "pk")

    def with_question(self):
        return self.exclude(question=None).exclude(question="").order_by("created_at", "pk")

    def by_name(self):
        return self.order_by("name", "pk")

    def in_talk(self, talk):
        return self.filter(talk=talk)

    def of(self, key: str):
        """Keep registrations of one person, known by the canonical address."""
        return self.filter(email_key=key)

    def names_like(self, text: str):
        """Return (canonical address, name, number of rows) of whose name has `text` in it."""
        found = self.named().filter(name__icontains=text).order_by("name", "email_key")
        return found.values_list("email_key", "name").annotate(number=models.Count("pk"))

    def named(self):
        """Keep what still names a person."""
        return self.filter(anonymised_at=None)

    def ahead(self):
        """Keep what is about talks that are not over."""
        return self.filter(talk__ends_at__gt=timezone.now())

    def of_token(self, token: str, purpose: str = links.PURPOSE_MINE):
        """Keep what the holder of a link may see: all rows of the person; none if it is dead."""
        holder = self.model.objects.holding(token, purpose)
        return self.filter(email_key__in=holder.values("email_key")).order_by(
            "talk__starts_at", "created_at"
        )

    def holding(self, token: str, purpose: str):
        """Keep the one row whose key the link carries."""
        return self.filter(key=links.key_of(token, purpose)).exclude(key=None)

    def current(self, registration):
        """Return the person's live row in the same talk, which somebody who came back has."""
        if registration.is_live:
            return registration
        rows = self.in_talk(registration.talk_id).of(registration.email_key).live()
        return rows.select_related("talk__municipality").first() or registration

    def with_talks(self):
        """Fetch what a list of registrations shows of their talks."""
        return self.select_related("talk__municipality").prefetch_related("talk__materials")

    def to_remind(self, settled_before):
        """Keep who has had the seat since then and wants reminders."""
        settled = self.confirmed().named().filter(state_changed_at__lte=settled_before)
        return settled.filter(reminders_off=False).order_by("created_at", "pk")

    def expired(self):
        """Keep those who did not confirm in time; for one row: `is_expired`."""
        limit = timezone.now() - timedelta(hours=settings.PENDING_HOURS)
        has_begun = Q(talk__starts_at__lte=timezone.now()) & ~moved_lately()
        return self.pending().named().filter(Q(created_at__lte=limit) | has_begun)

    def to_anonymise(self, ended_before, postponed_before, cancelled_before):
        """Keep registrations that still name a person although their talk ended before then.

        A talk that waits for its new date keeps its people longer, and so does one that got its
        status late: they have to hear of it, and it may be a slip, as a new date may. Who has
        cancelled goes sooner.
        """
        is_open = Q(talk__status=Talk.Status.POSTPONED)
        is_news = Q(talk__status_changed_at__gte=ended_before)
        over = Q(talk__ends_at__lt=ended_before) & ~is_open & ~is_news
        over |= Q(talk__ends_at__lt=postponed_before)
        left = Q(state=self.model.State.CANCELLED, state_changed_at__lt=cancelled_before)
        return self.named().filter(over & ~moved_lately() | left)


def moved_lately() -> Q:
    """Ask of registrations or messages whether the date of their talk was changed lately."""
    return Q(talk__in=Talk.objects.moved_lately())
