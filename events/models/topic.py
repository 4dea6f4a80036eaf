"""Topics, and which talks they belong to."""

from typing import TYPE_CHECKING, Any

from django.db import models

from events.models.revision import RevisionedManager, RevisionedModel
from events.slugs import MAX_LENGTH, free_slug
from events.text.fields import LineField, SlugField, tidy

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import ManyRelatedManager

    from events.models.talk import Talk


class Topic(RevisionedModel):
    """What several talks are about."""

    name = LineField("Name", max_length=60, unique=True)
    slug = SlugField("Adresse", max_length=MAX_LENGTH, unique=True, editable=False)

    objects = RevisionedManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    if TYPE_CHECKING:
        talks: ManyRelatedManager[Talk, "TalkTopic"]

    SEARCHED = frozenset({"name"})
    TO_TALK = "talks"

    class Meta:
        verbose_name = "Thema"
        verbose_name_plural = "Themen"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        tidy(self)
        self.slug = self.slug or free_slug(self.name, Topic.objects.exclude(pk=self.pk))
        super().save(**kwargs)


class TalkTopic(RevisionedModel):
    """That a talk has a topic; a model of its own so that a change raises the revision."""

    talk = models.ForeignKey("events.Talk", models.CASCADE)
    topic = models.ForeignKey(Topic, models.CASCADE)

    SEARCHED = frozenset({"talk", "talk_id", "topic", "topic_id"})

    objects = RevisionedManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Thema eines Talks"
        verbose_name_plural = "Themen der Talks"
        constraints = [models.UniqueConstraint(fields=["talk", "topic"], name="talk_topic_once")]

    def __str__(self) -> str:
        return f"{self.talk}: {self.topic}"
