"""Where a reader of one talk goes next."""

from django.apps import apps
from django.db.models import Q

RELATED = 3


class NeighboursQuerySet:
    """Part of the talks' QuerySet."""

    def links(self):
        """Fetch what a link to a talk says of it, in one query."""
        fields = ("title", "slug", "starts_at", "municipality__name", "municipality__land")
        return self.select_related("municipality").only(*fields)

    def before(self, talk):
        """Return the talk that began before `talk`, or None."""
        earlier = Q(starts_at__lt=talk.starts_at) | Q(starts_at=talk.starts_at, pk__lt=talk.pk)
        return self.filter(earlier).order_by("-starts_at", "-pk").first()

    def after(self, talk):
        """Return the talk that begins after `talk`, or None."""
        later = Q(starts_at__gt=talk.starts_at) | Q(starts_at=talk.starts_at, pk__gt=talk.pk)
        return self.filter(later).order_by("starts_at", "pk").first()

    def related_to(self, talk):
        """Keep the newest talks that share a theme or the town with `talk`."""
        shared = apps.get_model("events", "TalkTopic").objects.filter(topic__in=talk.topics.all())
        same = Q(pk__in=shared.values("talk"))
        if talk.municipality_id:
            same |= Q(municipality=talk.municipality_id)
        return self.filter(same).exclude(pk=talk.pk).order_by("-starts_at", "-pk")[:RELATED]
