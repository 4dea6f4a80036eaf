"""Parts of the registrations' QuerySet that the export and the statistics ask for."""

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear, TruncDate


class ExportedQuerySet:
    """Part of the registrations' QuerySet: what an export takes."""

    def for_export(self):
        """Keep what names a person, talk after talk in the order of the sign-ups.

        Anonymous rows are left out: without a name they say nothing of a person, and with their
        town perhaps too much.
        """
        rows = self.named().select_related("talk", "municipality")
        return rows.order_by("talk__starts_at", "talk", "created_at", "pk")


class CountedQuerySet:
    """Part of the registrations' QuerySet: counts, each in one query."""

    def in_talks(self, talks):
        return self.filter(talk__in=talks.order_by().values("pk"))

    def ever_booked(self):
        """Keep who had a seat or a place in the queue, also if they have left it."""
        return self.exclude(state=self.model.State.PENDING)

    def counts_by_talk(self):
        """Return (talk, sign-ups, seats, seats whose people came)."""
        confirmed = Q(state=self.model.State.CONFIRMED)
        came = confirmed & Q(joined_at__isnull=False)
        return (
            self.ever_booked()
            .order_by()
            .values_list("talk")
            .annotate(
                signed_up=Count("pk"),
                confirmed=Count("pk", filter=confirmed),
                joined=Count("pk", filter=came),
            )
        )

    def counts_by_year_and_town(self):
        """Return (year, name, Land, inhabitants, seats) for each town that is known."""
        town = [f"municipality__{field}" for field in ("name", "land", "population")]
        known = self.confirmed().exclude(municipality=None)
        # By the row, not by its name: three towns are called Herzberg.
        by_town = known.order_by().values("municipality", year=ExtractYear("talk__starts_at"))
        return by_town.annotate(people=Count("pk")).values_list("year", *town, "people")

    def sign_ups_by_day(self):
        """Return (day, number of sign-ups)."""
        days = self.ever_booked().order_by().values_list(TruncDate("created_at"))
        return days.annotate(number=Count("pk"))

    def cancellations_by_day(self):
        """Return (day, number of those who left)."""
        left = self.filter(state=self.model.State.CANCELLED)
        return left.order_by().values_list(TruncDate("state_changed_at")).annotate(Count("pk"))
