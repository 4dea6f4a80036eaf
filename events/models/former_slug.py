"""Addresses that a talk had before: they are printed, mailed and in calendars, so they lead on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from events.slugs import MAX_LENGTH
from events.text.fields import SlugField

if TYPE_CHECKING:
    from events.models.talk import Talk


class FormerSlug(models.Model):
    """A slug that was public once; no other talk ever gets it, even if its talk is deleted."""

    slug = SlugField("Frühere Adresse", max_length=MAX_LENGTH, unique=True)
    talk = models.ForeignKey(
        "events.Talk",
        models.SET_NULL,
        verbose_name="Talk",
        related_name="former_slugs",
        null=True,
    )

    class Meta:
        verbose_name = "Frühere Adresse"
        verbose_name_plural = "Frühere Adressen"

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def note(cls, slug: str, talk: "Talk | None") -> None:
        """Remember that this slug led to the talk; None: the talk is being deleted."""
        cls.objects.update_or_create(slug=slug, defaults={"talk": talk})

    @classmethod
    def is_taken(cls, slug: str, talk: "Talk") -> bool:
        """Whether the slug led to another talk once."""
        return cls.objects.filter(~Q(talk=talk.pk) | Q(talk=None), slug=slug).exists()

    @classmethod
    def present(cls, slugs: Iterable[str]) -> dict[str, str]:
        """Return the present slug of the public talk that each of `slugs` led to once."""
        found = cls.objects.filter(slug__in=slugs).select_related("talk")
        return {row.slug: row.talk.slug for row in found if row.talk and row.talk.is_published}
