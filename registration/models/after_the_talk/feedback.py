"""Feedback: what people say of a talk, without anything that tells who, or when, it was.

A row has no key to a registration and no time, its primary key is random, and nobody sees it
before four others have answered too. These five are then written anew, in random order: so not
even the order in which the database keeps its rows tells who was first.
"""

import random
from collections.abc import Iterable, Sequence
from typing import Any, Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Count, Q

from events.method_marks import alters_data, for_managers_too
from events.models import Talk
from events.models.talk_queries import TalkQuerySet
from events.text.fields import LinesField

# So many answers are shown at once, and no fewer.
BATCH = 5
MAX_TEXT = 1000
# What people are asked, by column.
QUESTIONS = {
    "worth": "Hat sich die Stunde für Ihre Arbeit gelohnt?",
    "use": "Werden Sie etwas davon in Ihrer Kommune nutzen?",
    "takes_along": "Was nehmen Sie mit, oder was haben Sie vermisst?",
    "could_follow": "Konnten Sie dem Talk gut folgen?",
    "follow_text": "Woran lag es, oder was hat geholfen?",
}


class FeedbackQuerySet(models.QuerySet["Feedback", "Feedback"]):
    """Which answers, and the verbs that take and show them."""

    def shown(self) -> Self:
        """Keep what organisers may see."""
        return self.filter(is_shown=True)

    def shown_by_talk(self, talks: TalkQuerySet) -> models.QuerySet[Any, Any]:
        """Return (talk, how many organisers may see), for those of `talks` with any."""
        shown = self.shown().filter(talk__in=talks.order_by().values("pk"))
        return shown.order_by().values_list("talk").annotate(number=Count("pk"))

    def waiting(self) -> Self:
        """Keep what waits until there are five: at most four of a talk."""
        return self.filter(is_shown=False)

    def satisfaction(self, talks: "TalkQuerySet | Iterable[Talk]") -> dict[str, int]:
        """Return how many gave these talks which step of Worth, the best first; one query."""
        shown = self.shown().filter(talk__in=talks).order_by()
        numbers = dict(shown.values_list("worth").annotate(number=Count("pk")))
        return {step: numbers.get(step, 0) for step in Feedback.Worth.values}

    @alters_data
    @for_managers_too
    @transaction.atomic
    def give(self, talk: Talk, **answers: Any) -> bool:
        """Store one answer; False if the talk takes none now.

        The talk is locked, so that of many at once each fifth finds the four before it.
        """
        locked = Talk.objects.lock([talk.pk])
        if not locked or not locked[0].takes_feedback:
            return False
        Feedback.objects.create(talk=locked[0], **answers)
        waiting = list(Feedback.objects.waiting().filter(talk=talk))
        if len(waiting) >= BATCH:
            self._show(waiting)
        return True

    def _show(self, rows: Sequence["Feedback"]) -> None:
        """Write these rows anew as shown ones, in random order and under other keys."""
        Feedback.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for row in rows:
            row.pk, row.is_shown = uuid4(), True
        Feedback.objects.bulk_create(random.SystemRandom().sample(rows, len(rows)))

    @alters_data
    @for_managers_too
    def close(self) -> int:
        """Delete what still waits after its talk's page has closed; return how many.

        They are four at most: a fifth would have shown them.
        """
        return self.waiting().filter(talk__in=Talk.objects.feedback_over()).delete()[0]


class Feedback(models.Model):
    """What one person said of a talk."""

    class Worth(models.TextChoices):
        FULLY = "fully", "Ja, sehr"
        RATHER = "rather", "Eher ja"
        HARDLY = "hardly", "Eher nein"
        NOT = "not", "Nein"

    class Use(models.TextChoices):
        SOON = "soon", "Ja, bald"
        MAYBE = "maybe", "Vielleicht"
        NO = "no", "Nein"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    talk = models.ForeignKey(
        Talk, models.CASCADE, verbose_name="Talk", related_name="feedback", db_index=False
    )
    worth = models.CharField(QUESTIONS["worth"], max_length=6, choices=Worth)
    use = models.CharField(QUESTIONS["use"], max_length=5, choices=Use)
    takes_along = LinesField(QUESTIONS["takes_along"], max_length=MAX_TEXT, blank=True)
    could_follow = models.BooleanField(QUESTIONS["could_follow"])
    follow_text = LinesField(QUESTIONS["follow_text"], max_length=MAX_TEXT, blank=True)
    is_shown = models.BooleanField("Für die Veranstalter zu sehen", default=False)

    objects = models.Manager.from_queryset(FeedbackQuerySet)()

    class Meta:
        verbose_name = "Rückmeldung"
        verbose_name_plural = "Rückmeldungen"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(worth__in=["fully", "rather", "hardly", "not"]), name="feedback_worth"
            ),
            models.CheckConstraint(
                condition=Q(use__in=["soon", "maybe", "no"]), name="feedback_use"
            ),
        ]
        indexes = [models.Index(fields=["talk", "is_shown"], name="feedback_of_talk")]

    def __str__(self) -> str:
        return f"{self.get_worth_display()}, {self.get_use_display()}"

    @alters_data
    def remove_text(self, column: str) -> None:
        """Empty one of the two texts, because it names somebody; harmless when called twice."""
        setattr(self, column, "")
        self.save(update_fields=[column])
