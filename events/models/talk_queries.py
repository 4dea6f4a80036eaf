"""The questions asked about many talks: each rule once, under a name."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.models.booking import BookableQuerySet
from events.models.neighbours import NeighboursQuerySet
from events.models.revision import RevisionedQuerySet
from events.pages.archive import ArchiveQuerySet
from events.previews import uid_of
from events.uploads import images


class TalkQuerySet(ArchiveQuerySet, NeighboursQuerySet, BookableQuerySet, RevisionedQuerySet):
    """Which talks; what is said of one talk stands as a property on `Talk`."""

    def published(self):
        """Keep talks the public may see, cancelled and postponed ones included."""
        return self.exclude(status=self.model.Status.DRAFT).filter(
            Q(publish_at=None) | Q(publish_at__lte=timezone.now())
        )

    def upcoming(self):
        """Keep talks that have not ended, the next one first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def awaited(self):
        """Keep what the start page announces: upcoming talks, and those without their new date."""
        # Two lists in place of an OR, for which SQLite would sort through all talks.
        talks = self.model.objects.order_by().values("pk")
        postponed = talks.filter(status=self.model.Status.POSTPONED)
        awaited = talks.filter(ends_at__gt=timezone.now()).union(postponed, all=True)
        return self.filter(pk__in=awaited).order_by("starts_at", "pk")

    def in_preparation(self):
        """Keep what organisers still work on: drafts and talks ahead that are not cancelled."""
        return self.awaited().exclude(status=self.model.Status.CANCELLED)

    def with_slugs(self, slugs):
        return self.filter(slug__in=slugs)

    def past(self):
        """Keep talks that have ended, the newest first.

        That they have begun too is said for the index, which is in their order.
        """
        now = timezone.now()
        return self.filter(ends_at__lte=now, starts_at__lte=now).order_by("-starts_at", "-pk")

    def taking_place(self):
        """Keep talks that are neither cancelled nor waiting for a new date."""
        return self.filter(status=self.model.Status.PUBLISHED)

    def moved_lately(self):
        """Keep talks whose date was changed lately; for one talk: `was_moved_lately`."""
        since = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
        return self.filter(dates_changed_at__gte=since)

    def with_parts(self):
        """Fetch what a list shows of each talk, in two queries."""
        return self.with_towns().prefetch_related("speakers")

    def with_towns(self):
        return self.select_related("municipality").defer("search_text")

    def with_all_parts(self):
        """Fetch what the talk's own page shows, in four queries."""
        return self.with_parts().prefetch_related("topics", "materials")

    def previewed_by(self, token: str):
        """Keep the talk that the preview link `token` shows; none if the link is dead."""
        uid = uid_of(token)
        return self.filter(uid=uid) if uid else self.none()

    def with_picture(self, folder: str):
        return self.filter(image__startswith=f"{images.FOLDER}/{folder}/")

    def without_alternative_text(self):
        return self.exclude(image="").filter(image_alt="")

    def lock(self, pks):
        """Return the talks `pks` in primary-key order, locked until the transaction ends."""
        return list(
            self.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True)
        )

    def store_counts(self, talk):
        """Write what registration's verbs have counted; no page changes by a number alone."""
        models.QuerySet.update(
            self.filter(pk=talk.pk),
            seats_taken=talk.seats_taken,
            waiting_count=talk.waiting_count,
            calendar_sequence=talk.calendar_sequence,
        )

    def to_announce(self):
        """Keep talks that the interest list is still to be told of; for one: `is_to_announce`."""
        return (
            self.published().taking_place().filter(announced_at=None, starts_at__gt=timezone.now())
        )

    def store_announced(self, talk):
        """Note that the interest list knows of the talk; no page shows it."""
        models.QuerySet.update(self.filter(pk=talk.pk), announced_at=timezone.now())

    store_counts.alters_data = True
    store_announced.alters_data = True
