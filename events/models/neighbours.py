"""Where a reader of one talk goes next."""

from django.apps import apps
from django.db.models import Q, Subquery

RELATED = 3


def place(talk):
    """Return what talks are ordered by."""
    return talk.starts_at, talk.pk


class NeighboursQuerySet:
    """Part of the talks' QuerySet."""

    def links(self):
        """Fetch what a link to a talk says of it, in one query."""
        fields = ("title", "slug", "starts_at", "municipality__name", "municipality__land")
        return self.select_related("municipality").only(*fields)

    def beside(self, talk):
        """Return the talk before `talk` and the one after it, or None; one query."""
        at = {"starts_at": talk.starts_at}
        earlier = self.filter(starts_at__lte=talk.starts_at).exclude(pk__gte=talk.pk, **at)
        later = self.filter(starts_at__gte=talk.starts_at).exclude(pk__lte=talk.pk, **at)
        before = Subquery(earlier.order_by("-starts_at", "-pk").values("pk")[:1])
        after = Subquery(later.order_by("starts_at", "pk").values("pk")[:1])
        found = self.filter(Q(pk=before) | Q(pk=after))
        by_side = {place(other) > place(talk): other for other in found}
        return by_side.get(False), by_side.get(True)

    def related_to(self, talk):
        """Keep the newest talks that share a theme or the town with `talk`."""
        shared = apps.get_model("events", "TalkTopic").objects.filter(topic__in=talk.topics.all())
        same = Q(pk__in=shared.values("talk"))
        if talk.municipality_id:
            same |= Q(municipality=talk.municipality_id)
        return self.filter(same).exclude(pk=talk.pk).order_by("-starts_at", "-pk")[:RELATED]
