"""The questions asked about many talks: each rule once, under a name."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractYear, Greatest
from django.utils import timezone

from events.method_marks import alters_data, for_querysets_only
from events.models import search
from events.models.material import Material
from events.models.municipality import TOWN_SIZES
from events.models.practice_profile import PracticeProfile
from events.models.revision import Revision, RevisionedQuerySet
from events.models.speaker import Speaker
from events.models.topic import TalkTopic
from events.previews import uid_of

if TYPE_CHECKING:
    from events.models.bookability import RegistrationState
    from events.models.talk import Talk

# Until then a freed seat goes to the first in the queue; later nobody could still make time.
QUEUE_ENDS_BEFORE = timedelta(hours=2)
RELATED = 3
# A year as an address names it: the series is of this century.
YEAR = "20[0-9][0-9]"


def has_practice() -> Exists:
    """Ask of a talk whether it has a practice profile in which something stands."""
    return Exists(PracticeProfile.objects.filled().filter(talk=OuterRef("pk")))


class TalkQuerySet(RevisionedQuerySet["Talk"]):
    """Which talks; what is said of one talk stands as a property on `Talk`."""

    def published(self) -> Self:
        """Keep talks the public may see, cancelled and postponed ones included."""
        return self.exclude(status=self.model.Status.DRAFT).filter(
            Q(publish_at=None) | Q(publish_at__lte=timezone.now())
        )

    def upcoming(self) -> Self:
        """Keep talks that have not ended, the next one first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def awaited(self) -> Self:
        """Keep what the start page announces: upcoming talks, and those without their new date."""
        # Two lists in place of an OR, for which SQLite would sort through all talks.
        talks = self.model.objects.order_by().values("pk")
        postponed = talks.filter(status=self.model.Status.POSTPONED)
        awaited = talks.filter(ends_at__gt=timezone.now()).union(postponed, all=True)
        return self.filter(pk__in=awaited).order_by("starts_at", "pk")

    def without_way_in(self) -> Self:
        """Keep public talks ahead into which nobody could get; for one talk: `lacks_way_in`."""
        return self.published().taking_place().upcoming().filter(meeting_url="")

    def to_follow_up(self) -> Self:
        """Keep what took place and still has its names; for one talk: `is_to_follow_up`."""
        kept_since = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
        return self.published().taking_place().past().filter(ends_at__gt=kept_since)

    def on_the_desk(self, further: Iterable[int] = ()) -> Self:
        """Keep what the organisers' first page lists: ahead, just over, and `further` talks."""
        ahead = self.model.objects.awaited().order_by().values("pk")
        over = self.model.objects.to_follow_up().order_by().values("pk")
        listed = Q(pk__in=ahead) | Q(pk__in=over) | Q(pk__in=list(further))
        return self.filter(listed).order_by("starts_at", "pk")

    def with_marks(self) -> Self:
        """Note which talks have a speaker, a topic, material; no query more."""
        talk = OuterRef("pk")
        return self.annotate(
            speaker_is_there=Exists(Speaker.objects.filter(talk=talk)),
            topic_is_there=Exists(TalkTopic.objects.filter(talk=talk)),
            material_is_there=Exists(Material.objects.filter(talk=talk)),
        )

    def with_practice_mark(self) -> Self:
        """Note which talks have a practice profile; no query more, and none of its texts."""
        return self.annotate(practice_is_there=has_practice())

    def with_practice(self) -> Self:
        """Keep talks with a practice profile; for one talk: `has_practice`."""
        return self.filter(has_practice())

    def past(self) -> Self:
        """Keep talks that have ended, the newest first.

        That they have begun too is said for the index, which is in their order.
        """
        now = timezone.now()
        return self.filter(ends_at__lte=now, starts_at__lte=now).order_by("-starts_at", "-pk")

    def feedback_over(self) -> Self:
        """Keep talks of which nobody may say any more how they were."""
        return self.filter(ends_at__lte=timezone.now() - timedelta(days=settings.FEEDBACK_DAYS))

    def taking_place(self) -> Self:
        """Keep talks that are neither cancelled nor waiting for a new date."""
        return self.filter(status=self.model.Status.PUBLISHED)

    def moved_lately(self) -> Self:
        """Keep talks whose date was changed lately; for one talk: `was_moved_lately`."""
        since = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
        return self.filter(dates_changed_at__gte=since)

    def ever_news(self) -> Self:
        """Leave out what is over and never was another: everybody knows all of it."""
        was_changed = Q(dates_changed_at__isnull=False) | Q(status_changed_at__isnull=False)
        return self.filter(Q(ends_at__gt=timezone.now()) | was_changed)

    def with_parts(self) -> Self:
        """Fetch what a list shows of each talk, in two queries."""
        return self.with_towns().prefetch_related("speakers")

    def with_towns(self) -> Self:
        return self.select_related("municipality").defer("search_text")

    def with_all_parts(self) -> Self:
        """Fetch what the talk's own page shows, in four queries."""
        parts = self.with_parts().select_related("profile")
        return parts.prefetch_related("topics", "materials")

    def previewed_by(self, token: str) -> Self:
        """Keep the talk that the preview link `token` shows; none if the link is dead."""
        uid = uid_of(token)
        return self.filter(uid=uid) if uid else self.none()

    def lock(self, pks: Collection[int] | models.QuerySet[Any, Any]) -> list["Talk"]:
        """Return the talks `pks` in primary-key order, locked until the transaction ends."""
        rows = self.filter(pk__in=pks).select_for_update(of=("self",), no_key=True)
        # Django compares each column with what it sorts by: a fifth of a form's CPU, for one row.
        is_one = not isinstance(pks, models.QuerySet) and len(set(pks)) == 1
        return list(rows.order_by() if is_one else rows.order_by("pk"))

    @alters_data
    def store_counts(self, talk: "Talk", before: "RegistrationState | None" = None) -> None:
        """Write what registration's verbs have counted in the locked `talk`.

        No page changes by a number alone: the revision rises only if the talk's label is not that
        of `before` any more.
        """
        models.QuerySet.update(
            self.filter(pk=talk.pk),
            seats_taken=talk.seats_taken,
            waiting_count=talk.waiting_count,
            calendar_sequence=talk.calendar_sequence,
        )
        talk.trust_counters()
        if before is not None and talk.registration_state != before:
            Revision.bump()

    def to_announce(self) -> Self:
        """Keep talks that the interest list is still to be told of; for one: `is_to_announce`."""
        return (
            self.published().taking_place().filter(announced_at=None, starts_at__gt=timezone.now())
        )

    def announced_now(self) -> Self:
        """Keep talks that the interest list is told of now; for one: `is_announced_now`."""
        seen_before = timezone.now() - timedelta(minutes=settings.ANNOUNCE_AFTER_MINUTES)
        seen_at = Greatest(
            Coalesce("publish_at", "created_at"), Coalesce("status_changed_at", "created_at")
        )
        due = self.to_announce().filter(announcement_held=False)
        return due.alias(seen_at=seen_at).filter(seen_at__lte=seen_before)

    @alters_data
    def hold_announcement(self, talk: "Talk") -> None:
        """Keep the interest list's news of the talk back until an organiser sends them."""
        talk.announcement_held = True
        models.QuerySet.update(self.filter(pk=talk.pk), announcement_held=True)
        talk.trust_counters()

    @alters_data
    def store_announced(self, talk: "Talk") -> None:
        """Note that the interest list knows of the talk; no page shows it."""
        talk.announced_at = timezone.now()
        models.QuerySet.update(self.filter(pk=talk.pk), announced_at=talk.announced_at)
        talk.trust_counters()

    @alters_data
    def store_presence(self, talk: "Talk", guests: int) -> None:
        """Note that a report was taken over, and how many came without registering."""
        talk.presence_read_at, talk.guests = timezone.now(), guests
        models.QuerySet.update(
            self.filter(pk=talk.pk), presence_read_at=talk.presence_read_at, guests=guests
        )
        talk.trust_counters()

    @alters_data
    def store_recap_released(self, talk: "Talk") -> None:
        """Note that the mail with the material was released; no page shows it."""
        talk.recap_released_at = timezone.now()
        models.QuerySet.update(self.filter(pk=talk.pk), recap_released_at=talk.recap_released_at)
        talk.trust_counters()

    def bookable(self) -> Self:
        """Keep published talks whose form is open now; for one talk: `is_bookable`."""
        now = timezone.now()
        queue_runs = Q(starts_at__gt=now + QUEUE_ENDS_BEFORE)
        return (
            self.published()
            .taking_place()
            .filter(Q(registration_opens_at=None) | Q(registration_opens_at__lte=now))
            .filter(Q(registration_closes_at=None) | Q(registration_closes_at__gt=now))
            .filter(starts_at__gt=now)
            .filter(
                Q(capacity=None)
                | Q(waiting_list=True) & queue_runs
                | Q(capacity__gt=F("seats_taken") + F("waiting_count"))
                | ~queue_runs & Q(capacity__gt=F("seats_taken"))
            )
            .order_by("starts_at", "pk")
        )

    def next_change(self) -> datetime | None:
        """Return the next moment at which a page changes by itself."""
        now = timezone.now()
        ahead = self.exclude(status=self.model.Status.DRAFT).filter(
            Q(ends_at__gt=now) | Q(publish_at__gt=now)
        )
        fields = (
            "publish_at",
            "registration_opens_at",
            "registration_closes_at",
            "starts_at",
            "ends_at",
        )
        moments: dict[str, Any] = {
            f"next_{name}": Min(name, filter=Q(**{f"{name}__gt": now})) for name in fields
        }
        for before in (QUEUE_ENDS_BEFORE, timedelta(minutes=settings.JOIN_OPENS_MINUTES)):
            start = Min("starts_at", filter=Q(starts_at__gt=now + before))
            moments[f"before_start_{before.total_seconds():.0f}"] = start - before
        found = ahead.aggregate(**moments)
        return min(filter(None, found.values()), default=None)

    def queue_ended(self) -> Self:
        """Keep talks ahead whose queue has ended and in which somebody still waits."""
        now = timezone.now()
        return (
            self.taking_place()
            .filter(starts_at__gt=now, starts_at__lte=now + QUEUE_ENDS_BEFORE)
            .filter(waiting_count__gt=0)
        )

    def links(self) -> Self:
        """Fetch what a link to a talk says of it, in one query."""
        fields = ("title", "slug", "starts_at", "municipality__name", "municipality__land")
        return self.select_related("municipality").only(*fields)

    def beside(self, talk: "Talk") -> tuple["Talk | None", "Talk | None"]:
        """Return the talk before `talk` and the one after it, or None; one query."""
        start = talk.starts_at
        earlier = self.filter(starts_at__lte=start).exclude(starts_at=start, pk__gte=talk.pk)
        later = self.filter(starts_at__gte=start).exclude(starts_at=start, pk__lte=talk.pk)
        before = Subquery(earlier.order_by("-starts_at", "-pk").values("pk")[:1])
        after = Subquery(later.order_by("starts_at", "pk").values("pk")[:1])
        found = list(self.filter(Q(pk=before) | Q(pk=after)).order_by("starts_at", "pk"))
        place = (start, talk.pk)
        return (
            next((other for other in found if (other.starts_at, other.pk) < place), None),
            next((other for other in found if (other.starts_at, other.pk) > place), None),
        )

    def related_to(self, talk: "Talk") -> Self:
        """Keep talks that share a topic or the town with `talk`.

        Those with a practice profile come first, each time the newest before the older ones.
        """
        through: Any = self.model.topics.through
        shared = through.objects.filter(topic__in=talk.topics.all())
        same = Q(pk__in=shared.values("talk"))
        if talk.municipality_id:
            same |= Q(municipality=talk.municipality_id)
        related = self.filter(same).exclude(pk=talk.pk).with_practice_mark()
        return related.order_by("-practice_is_there", "-starts_at", "-pk")[:RELATED]

    def archived(self) -> Self:
        """Keep the past of „Alle Talks“: published talks that took place, the newest first."""
        return self.published().taking_place().past()

    def listed(self) -> Self:
        """Keep what „Alle Talks“ lists: what is awaited, and what took place."""
        return self.published().exclude(
            status=self.model.Status.CANCELLED, ends_at__lte=timezone.now()
        )

    def matching(self, query: str) -> Self:
        """Keep talks that have a word beginning with each word of `query`.

        A query of signs alone (`%`) finds nothing, an empty one asks for nothing.
        """
        if not query:
            return self
        asked = search.asked_words(query)
        return self.filter(search_text__beginnings=asked) if asked else self.none()

    def on_topic(self, slug: str) -> Self:
        return self.filter(topics__slug=slug)

    def in_year(self, year: int) -> Self:
        return self.filter(starts_at__year=year)

    def in_town_of_size(self, size: str) -> Self:
        _, at_least, below = TOWN_SIZES[size]
        return self.filter(
            municipality__population__gte=at_least, municipality__population__lt=below
        )

    def newest(self) -> Self:
        return self.order_by("-starts_at", "-pk")

    def headlines(self) -> Self:
        """Fetch no more than a list of titles and dates needs."""
        return self.only("title", "slug", "status", "starts_at", "ends_at")

    def chosen_by(self, parameters: Mapping[str, str]) -> Self:
        """Narrow by the topic and the year in an address; unknown ones find nothing."""
        found = self.on_topic(topic) if (topic := parameters.get("thema")) else self
        if not (year := parameters.get("jahr")):
            return found
        return found.in_year(int(year)) if re.fullmatch(YEAR, year) else found.none()

    def older_than(self, starts_at: datetime, pk: int) -> Self:
        """Keep what follows the talk `pk` in the archive's order; the index finds the place."""
        return self.filter(starts_at__lte=starts_at).exclude(starts_at=starts_at, pk__gte=pk)

    def choices_by_town_and_year(self) -> Iterable[tuple[str | None, str | None, int, int, int]]:
        """Return how many talks there are per Land, size of town and year.

        Each row is (…, …, …, number, how many of them have a practice profile).
        """
        size = Case(
            *(
                When(
                    municipality__population__gte=at_least,
                    municipality__population__lt=below,
                    then=Value(name),
                )
                for name, (_, at_least, below) in TOWN_SIZES.items()
            )
        )
        rows = self.order_by().values_list("municipality__land", size, ExtractYear("starts_at"))
        profiles = Count("pk", filter=has_practice())
        return rows.annotate(number=Count("pk"), profiles=profiles)

    def choices_by_topic(self) -> Iterable[tuple[str, str, int]]:
        """Return how many talks each topic has: (name, slug, number)."""
        by_topic = self.order_by("topics__name").filter(topics__isnull=False)
        return by_topic.values_list("topics__name", "topics__slug").annotate(number=Count("pk"))

    @alters_data
    @transaction.atomic
    def update(self, **kwargs: Any) -> int:
        """Write columns of many talks; one by one where such a change entails more."""
        if self.model.ENTAILS_MORE.isdisjoint(kwargs):
            return super().update(**kwargs)
        talks = self.model.objects.lock(self.values("pk"))
        for talk in talks:
            for name, value in kwargs.items():
                setattr(talk, name, value)
            talk.save(update_fields=kwargs)
        return len(talks)

    @alters_data
    @transaction.atomic
    def bulk_update(
        self, objs: Iterable["Talk"], fields: Iterable[str], *args: Any, **kwargs: Any
    ) -> int:
        talks, names = list(objs), list(fields)
        if self.model.ENTAILS_MORE.isdisjoint(names):
            return super().bulk_update(talks, names, *args, **kwargs)
        for talk in talks:
            talk.save(update_fields=names)
        return len(talks)

    @for_querysets_only
    @alters_data
    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete one by one, so that pictures and slides go too."""
        deleted: Counter[str] = Counter()
        for talk in self:
            deleted.update(talk.delete()[1])
        return deleted.total(), dict(deleted)


TalkManager = models.Manager.from_queryset(TalkQuerySet)
