"""Rules about many registrations; the same rule about one row is a property of the model."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from events.method_marks import alters_data
from events.models import Municipality, Talk
from events.models.talk_queries import TalkQuerySet
from registration import certificate_keys
from registration.models import links
from registration.models.addresses import email_key
from registration.models.after_the_talk.report_line import ReportLine
from registration.models.mails.outgoing_mail import OutgoingMail

if TYPE_CHECKING:
    from registration.models.registration import Registration

# Who was told this of the talk knows when and whether it takes place.
AS_TOLD = {
    "told_starts_at": F("talk__starts_at"),
    "told_ends_at": F("talk__ends_at"),
    "told_status": F("talk__status"),
}

# Nothing better is known of them than what was noted before minutes were.
COUNTED_BEFORE = Q(counted_before=True, minutes_present=None, marked_present=False)
# What was noted before may be an organiser's mark just as well.
USED_WAY_IN = Q(joined_at__isnull=False, counted_before=False)


class RegistrationQuerySet(models.QuerySet["Registration", "Registration"]):
    """Which registrations; what is said of one row stands as a property on `Registration`."""

    def live(self) -> Self:
        """Keep what is neither cancelled nor anonymous; unique for a person in a talk."""
        return self.filter(state__in=self.model.LIVE)

    def booked(self) -> Self:
        """Keep who has a seat or a place in the queue."""
        return self.filter(state__in=self.model.BOOKED)

    def pending(self) -> Self:
        return self.filter(state=self.model.State.PENDING)

    def confirmed(self) -> Self:
        return self.filter(state=self.model.State.CONFIRMED)

    def waiting(self) -> Self:
        """Keep the queue, its head first."""
        return self.filter(state=self.model.State.WAITING).order_by("created_at", "pk")

    def with_queue_position(self) -> Self:
        """Note of who waits the place in the queue, 1 for its head; the words: `queue_text`."""
        queue = self.model.objects.waiting().named().filter(talk=models.OuterRef("talk"))
        moment = models.OuterRef("created_at")
        up_to_here = Q(created_at__lt=moment) | Q(created_at=moment, pk__lte=models.OuterRef("pk"))
        counted = queue.filter(up_to_here).order_by().values("talk").annotate(Count("pk"))
        is_waiting = models.When(
            state=self.model.State.WAITING, then=models.Subquery(counted.values("pk__count"))
        )
        return self.annotate(queue_position=models.Case(is_waiting))

    def note_queue_positions(self, rows: Iterable["Registration"]) -> None:
        """Note the same of `rows` that were fetched already, in one query; none if nobody waits.

        In a list of many it costs less than asking for every row that is sorted.
        """
        waiting = [row for row in rows if row.is_waiting]
        if not waiting:
            return
        found = self.model.objects.filter(pk__in=[row.pk for row in waiting])
        places = {each.pk: each.queue_position for each in found.with_queue_position().only("pk")}
        for row in waiting:
            row.queue_position = places.get(row.pk)

    def in_talk(self, talk: Talk | int) -> Self:
        return self.filter(talk=talk)

    def of(self, key: str | None) -> Self:
        """Keep registrations of one person, known by the canonical address; None is nobody."""
        return self.filter(email_key=key) if key else self.none()

    def names_like(self, text: str) -> models.QuerySet[Any, Any]:
        """Return (canonical address, name, number of rows) of whose name has `text` in it."""
        found = self.named().filter(name__icontains=text).order_by("name", "email_key")
        return found.values_list("email_key", "name").annotate(number=models.Count("pk"))

    def named(self) -> Self:
        """Keep what still names a person."""
        return self.filter(anonymised_at=None)

    def ahead(self) -> Self:
        """Keep what is about talks that are not over."""
        return self.filter(talk__ends_at__gt=timezone.now())

    def of_token(self, token: str, purpose: str = links.PURPOSE_MINE) -> Self:
        """Keep what the holder of a link may see: all rows of the person; none if it is dead."""
        holder = self.model.objects.holding(token, purpose)
        return self.filter(email_key__in=holder.values("email_key")).order_by(
            "talk__starts_at", "created_at"
        )

    def holding(self, token: str, purpose: str) -> Self:
        """Keep the one row whose key the link carries."""
        return self.filter(key=links.key_of(token, purpose)).exclude(key=None)

    def current(self, registration: "Registration") -> "Registration":
        """Return the person's live row in the same talk, which somebody who came back has."""
        if registration.is_live:
            return registration
        rows = self.in_talk(registration.talk_id).of(registration.email_key).live()
        return rows.select_related("talk__municipality").first() or registration

    def with_talks(self) -> Self:
        """Fetch what a list of registrations shows of their talks."""
        return self.select_related("talk__municipality").prefetch_related("talk__materials")

    def to_remind(self, settled_before: datetime) -> Self:
        """Keep who has had the seat since then and wants reminders."""
        settled = self.confirmed().named().filter(state_changed_at__lte=settled_before)
        return settled.filter(reminders_off=False).order_by("created_at", "pk")

    def expired(self) -> Self:
        """Keep those who did not confirm in time; for one row: `is_expired`."""
        limit = timezone.now() - timedelta(hours=settings.PENDING_HOURS)
        has_begun = Q(talk__starts_at__lte=timezone.now()) & ~moved_lately()
        return self.pending().named().filter(Q(created_at__lte=limit) | has_begun)

    def to_anonymise(
        self,
        *,
        ended_before: datetime,
        untold_before: datetime,
        postponed_before: datetime,
        cancelled_before: datetime,
    ) -> Self:
        """Keep registrations that still name a person although the talk is over for them.

        Over is what ended before then, and was to end before then as far as the person knows. A
        talk that was over and gets a new date keeps the people who do not hear of it only until
        `untold_before`. A talk that waits for its new date keeps its people longer, and so does
        one that got its status late: they have to hear of it, and it may be a slip. Who has
        cancelled goes sooner.
        """
        is_open = Q(talk__status=Talk.Status.POSTPONED)
        is_news = Q(talk__status_changed_at__gte=ended_before)
        over = over_for_the_person(ended_before) & ~is_open & ~is_news
        over |= over_for_the_person(postponed_before)
        was_over = Q(talk__dates_changed_at__gte=F("told_ends_at"))
        awaits_a_date = Q(told_status=Talk.Status.POSTPONED)
        over |= was_over & Q(told_ends_at__lt=untold_before) & ~(is_open | is_news | awaits_a_date)
        left = Q(state=self.model.State.CANCELLED, state_changed_at__lt=cancelled_before)
        return self.named().filter(over | left)

    def untold(self) -> Self:
        """Keep who believes something else of their talk than is true, and will hear nothing.

        Who gets a mail that states it anyway will be right once it has gone out. A talk that is
        over, and was to be over as far as the person knows, needs no word any more.
        """
        now = timezone.now()
        still_counts = Q(talk__ends_at__gt=now) | Q(told_ends_at__gt=now)
        # It did not take place after all, or the person still waits for its date.
        still_counts |= Q(told_status__isnull=False) & ~Q(told_status=F("talk__status"))
        on_their_way = OutgoingMail.objects.queued().filter(kind__in=OutgoingMail.STATES_THE_TALK)
        return (
            self.booked()
            .named()
            .filter(still_counts, talk__in=Talk.objects.ever_news().order_by().values("pk"))
            .exclude(told_title=F("talk__title"), **AS_TOLD)
            .exclude(pk__in=on_their_way.values("registrations"))
        )

    def with_another_date(self) -> Self:
        """Leave out of the untold whom only the title is new to."""
        return self.exclude(**AS_TOLD)

    def untold_by_talk(self) -> dict[int, int]:
        """Return how many do not know what has become of their talk, by its key."""
        return dict(self.untold_counts())

    def untold_counts(self) -> models.QuerySet[Any, Any]:
        """Return (talk, how many do not know what has become of it)."""
        return self.untold().number_by_talk()

    def number_by_talk(self) -> models.QuerySet[Any, Any]:
        """Return (talk, how many they are)."""
        return self.order_by().values_list("talk").annotate(number=Count("pk"))

    def seats_by_talk(self, talks: TalkQuerySet) -> models.QuerySet[Any, Any]:
        """Return (talk, how many had a seat and are known by name), for those of `talks`."""
        # Talk by talk, lest a database reads all registrations for the few of these talks.
        had_seat = self.confirmed().named().filter(talk=models.OuterRef("pk")).order_by()
        counted = models.Subquery(had_seat.values(number=models.Func("pk", function="COUNT")))
        return talks.order_by().annotate(number=counted).values_list("pk", "number")

    def attended(self) -> Self:
        """Keep of whom it is known that they were there; for one row: `Registration.attended`."""
        return self.filter(Q(marked_present=True) | stayed_long_enough())

    def counted_before(self) -> Self:
        """Keep of whom only the old way of counting says that they were there."""
        return self.filter(COUNTED_BEFORE)

    def used_way_in(self) -> Self:
        """Keep who has used the way in; for one row: `way_in_used_at`."""
        return self.filter(USED_WAY_IN)

    def with_presence(self, known: str) -> Self:
        """Keep of whom just this is known, one of `Presence`; for one row: `known_presence`."""
        kinds = self.model.Presence
        if known == kinds.ATTENDED:
            return self.attended()
        others = self.filter(marked_present=False).exclude(stayed_long_enough())
        if known == kinds.SHORT:
            return others.filter(minutes_present__isnull=False)
        unread = others.filter(minutes_present=None)
        if known == kinds.COUNTED_BEFORE:
            return unread.counted_before()
        not_counted = unread.filter(counted_before=False)
        if known == kinds.JOINED:
            return not_counted.exclude(joined_at=None)
        return not_counted.filter(joined_at=None)

    def wanting_recap(self) -> Self:
        """Keep who was told of the mail with the material, has a seat, and did not decline it."""
        return self.confirmed().named().filter(recap_promised=True, recap_off=False)

    def to_get_recap(self, talk: Talk) -> Self:
        """Keep who gets the mail with the material of `talk`; for one row: `gets_recap`.

        Where there is nothing to read or to watch, it would bring a certificate or nothing.
        """
        rows = self.in_talk(talk).wanting_recap()
        return rows if talk.has_documents else rows.with_certificate()

    def with_certificate(self) -> Self:
        """Keep who may have a certificate, once the talk is over; for one row: the property."""
        if certificate_keys.current() is None:
            return self.none()
        seated = self.confirmed().named().filter(talk__lte=certificate_keys.HIGHEST_TALK)
        return seated.attended().exclude(talk__presence_read_at__lt=F("talk__starts_at"))

    def present_by_talk(self, talks: TalkQuerySet) -> models.QuerySet[Any, Any]:
        """Return (talk, of how many of them it is known that they were there)."""
        return self.attended().seats_by_talk(talks)

    def counted_by_talk(self, talks: TalkQuerySet) -> models.QuerySet[Any, Any]:
        """Return (talk, of how many of them only the old way of counting says so)."""
        return self.counted_before().seats_by_talk(talks)

    def joined_by_talk(self, talks: TalkQuerySet) -> models.QuerySet[Any, Any]:
        """Return (talk, how many of them have used the way in)."""
        return self.used_way_in().seats_by_talk(talks)

    @alters_data
    def remember_told(self, rows: Iterable["Registration"]) -> None:
        """Note what a mail that has gone out said of the talks of these `rows`."""
        for row in rows:
            self.model.objects.filter(pk=row.pk, key=row.key).update(
                told_starts_at=row.talk.starts_at,
                told_ends_at=row.talk.ends_at,
                told_status=row.talk.status,
                told_title=row.talk.title,
            )

    @alters_data
    def doubt_told(self, rows: Iterable["Registration"]) -> None:
        """Know no longer what these people believe: a mail without a calendar entry said other.

        A reminder of a wrong date, say: they count as untold until a mail puts it right.
        """
        for row in rows:
            self.model.objects.filter(pk=row.pk, key=row.key).update(
                **dict.fromkeys(self.model.TOLD)
            )

    @alters_data
    def dismiss_title(self) -> int:
        """Tell nobody that only the title is new; return how many now count as told."""
        rows = self.untold().filter(**AS_TOLD).values("pk")
        title = Talk.objects.filter(pk=models.OuterRef("talk")).values("title")
        return self.model.objects.filter(pk__in=rows).update(told_title=models.Subquery(title))

    def with_mails(self) -> Self:
        """Fetch what a list shows of each person's mails, in one query."""
        mails = OutgoingMail.objects.only("kind", "state", "last_error", "bounced_at")
        return self.prefetch_related(models.Prefetch("mails", mails))

    def undeliverable(self) -> Self:
        """Keep whose address was refused the last time; for one row: `is_undeliverable`."""
        failed = OutgoingMail.objects.failed()
        told = OutgoingMail.objects.filter(registrations=models.OuterRef("pk")).not_overtaken()
        told = told.exclude(kind=OutgoingMail.Kind.CHANGE_ADDRESS)
        refused = self.filter(pk__in=failed.values("registrations"))
        return refused.alias(
            last_state=models.Subquery(told.order_by("-pk").values("state")[:1])
        ).filter(last_state=OutgoingMail.State.FAILED)

    def perhaps_in_vain(self) -> Self:
        """Keep who has a seat in a full talk ahead, and whose mail that says so came back."""
        bounced = OutgoingMail.objects.failed().bounced()
        stating = bounced.filter(kind__in=OutgoingMail.STATES_THE_TALK)
        full = (
            Talk.objects.published()
            .taking_place()
            .filter(starts_at__gt=timezone.now(), seats_taken__gte=F("capacity"))
        )
        rows = self.confirmed().named().filter(pk__in=stating.values("registrations"))
        return rows.filter(talk__in=full.order_by().values("pk")).undeliverable()

    def attendable(self) -> Self:
        """Keep who has a seat in a talk whose way in has opened: they may have been there."""
        opened = timezone.now() + timedelta(minutes=settings.JOIN_OPENS_MINUTES)
        return self.confirmed().filter(talk__starts_at__lte=opened)

    @alters_data
    def mark_present(self) -> list["Registration"]:
        """Note for an organiser that these people were there; return whom it was new of."""
        rows = list(self.attendable().filter(marked_present=False))
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(marked_present=True)
        return rows  # type: ignore[return-value]  # of this model

    @alters_data
    def take_back_marks(self) -> list["Registration"]:
        """Take back what an organiser noted; return whom it was noted of."""
        rows = list(self.filter(marked_present=True))
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(marked_present=False)
        return rows  # type: ignore[return-value]  # of this model

    @alters_data
    @transaction.atomic
    def note_minutes(
        self, talk: Talk, minutes: Mapping[int, int], *, guests: int, drop_others: bool = False
    ) -> tuple[list["Registration"], int]:
        """Take a report over: so many minutes for each key, so many guests; its lines go.

        With `drop_others` nobody keeps minutes that another report has told. Returns whose minutes
        are new, and how many of `minutes` were passed over: erased meanwhile, or without a seat.
        """
        (talk,) = Talk.objects.lock([talk.pk])
        rows = list(self.model.objects.in_talk(talk).confirmed().named().order_by("pk"))
        changed = []
        for row in rows:
            known = minutes.get(row.pk, None if drop_others else row.minutes_present)
            if known != row.minutes_present:
                row.minutes_present = known
                changed.append(row)
        self.model.objects.bulk_update(changed, ["minutes_present"], batch_size=500)
        Talk.objects.store_presence(talk, guests)
        ReportLine.objects.filter(talk=talk).delete()
        return changed, len(minutes.keys() - {row.pk for row in rows})

    @alters_data
    def fix_organizer(self, organizer: str) -> int:
        """Note whose invitations those with a seat have, where none is noted; return how many.

        Whoever is the organizer has got none, so there is nothing to keep to.
        """
        new = self.confirmed().filter(organizer="").exclude(email_key=email_key(organizer))
        return new.update(organizer=organizer)

    def for_export(self, fields: Iterable[str]) -> Self:
        """Keep what names a person, talk after talk in the order of the sign-ups; read `fields`.

        Anonymous rows are left out: without a name they say nothing of a person, and with their
        town perhaps too much.
        """
        rows = self.named().select_related("talk", "municipality").only(*fields)
        return rows.order_by("talk__starts_at", "talk", "created_at", "pk")

    def lacking_town(self) -> Self:
        """Keep people whose town is not known, and of whom nobody has said that there is none."""
        return self.live().named().filter(municipality=None, town_settled=False)

    def with_organisation(self) -> Self:
        return self.exclude(organisation=None).exclude(organisation="")

    def organisations(self) -> models.QuerySet[Any, Any]:
        """Return (organisation, number of rows), the most frequent first."""
        rows = self.with_organisation().order_by().values_list("organisation")
        return rows.annotate(number=Count("pk")).order_by("-number", "organisation")

    @alters_data
    @transaction.atomic
    def settle_towns(self, towns: Mapping[str, Municipality | None]) -> list["Registration"]:
        """Give the people of each organisation its town, or note that it has none.

        Concerns only whose town is lacking: what a colleague has entered meanwhile stays. Returns
        the rows that it concerned.
        """
        lacking = self.lacking_town().filter(organisation__in=towns)
        rows = list(lacking.select_for_update(of=("self",)).order_by("pk"))
        if rows:
            known = [
                When(organisation=organisation, then=town.pk)
                for organisation, town in towns.items()
                if town
            ]
            town = Case(*known, output_field=models.BigIntegerField()) if known else None
            lacking.update(municipality=town, town_settled=True)
        return rows  # type: ignore[return-value]  # of this model

    def in_talks(self, talks: TalkQuerySet) -> Self:
        return self.filter(talk__in=talks.order_by().values("pk"))

    def ever_booked(self) -> Self:
        """Keep who had a seat or a place in the queue, also if they have left it."""
        return self.exclude(state=self.model.State.PENDING)

    def counts_by_talk(self) -> models.QuerySet[Any, Any]:
        """Return (talk, sign-ups, people with a seat, people waiting), and who of the seated came.

        That is: how many stayed long enough by a report, were marked by an organiser beside those,
        count the old way alone, and have used the way in.
        """
        confirmed = Q(state=self.model.State.CONFIRMED)
        stayed = stayed_long_enough()
        return (
            self.ever_booked()
            .order_by()
            .values_list("talk")
            .annotate(
                signed_up=Count("pk"),
                confirmed=Count("pk", filter=confirmed),
                waiting=Count("pk", filter=Q(state=self.model.State.WAITING)),
                stayed=Count("pk", filter=confirmed & stayed),
                marked=Count("pk", filter=confirmed & Q(marked_present=True) & ~stayed),
                counted=Count("pk", filter=confirmed & COUNTED_BEFORE),
                joined=Count("pk", filter=confirmed & USED_WAY_IN),
            )
        )

    def counts_by_talk_and_town(self) -> models.QuerySet[Any, Any]:
        """Return (talk, town, people with a seat), by their keys; None is a town not known."""
        by_town = self.confirmed().order_by().values_list("talk", "municipality")
        return by_town.annotate(people=Count("pk"))

    def sign_ups_by_day(self) -> models.QuerySet[Any, Any]:
        """Return (day, number of sign-ups)."""
        days = self.ever_booked().order_by().values_list(TruncDate("created_at"))
        return days.annotate(number=Count("pk"))

    def cancellations_by_day(self) -> models.QuerySet[Any, Any]:
        """Return (day, number of those who left)."""
        left = self.filter(state=self.model.State.CANCELLED)
        return left.order_by().values_list(TruncDate("state_changed_at")).annotate(Count("pk"))


class MinutesLater(models.Func):
    """By how many minutes one moment is later than another, as the database itself reckons.

    Django's own difference of moments calls Python for each row in SQLite.
    """

    output_field = models.IntegerField()
    template = "ROUND(EXTRACT(EPOCH FROM (%(expressions)s)) / 60)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Reckon in days, as SQLite does."""
        template = "ROUND((JULIANDAY(%(expressions)s)) * 1440)"
        joiner = ") - JULIANDAY("
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **context)


def stayed_long_enough() -> Q:
    """Ask whether the minutes of a report are enough; for one row: `has_stayed`."""
    minutes = MinutesLater("talk__ends_at", "talk__starts_at")
    enough = models.ExpressionWrapper(
        minutes * models.Value(settings.PRESENCE_PERCENT) / models.Value(100.0),
        output_field=models.FloatField(),
    )
    return Q(minutes_present__isnull=False, minutes_present__gte=enough)


def over_for_the_person(moment: datetime) -> Q:
    """Ask whether the talk ended before then, and was to end before then as far as people know.

    Where nobody knows what they were told, a change of the date keeps them for a while: it may be
    a slip.
    """
    knows = Q(told_ends_at__lt=moment) | Q(told_ends_at=None) & ~moved_lately()
    return Q(talk__ends_at__lt=moment) & knows


def moved_lately() -> Q:
    """Ask of registrations or messages whether the date of their talk was changed lately."""
    return Q(talk__in=Talk.objects.moved_lately())
