"""Invented talks and registrations in any number, to measure how the site grows.

The rows are made by the database itself (`INSERT … SELECT`): a million takes seconds.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.models import Municipality, Speaker, Talk, TalkTopic, Topic
from registration.models import Registration

# The same at every size, so that pages of the same length are compared.
COMING = 6
TOPICS = ("Daseinsvorsorge", "Innenstadt", "Klima", "Leerstand")
LAENDER = ("Brandenburg", "Hessen", "Sachsen", "Thüringen")
WAITING_EVERY, CANCELLED_EVERY = 10, 20

# What the two databases call the same thing. SQLite keeps a UUID as 32 hexadecimal digits.
NUMBERS = {
    "postgresql": "SELECT number FROM generate_series(1, %s) AS number",
    "sqlite": "WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM "
    "numbers WHERE number < %s) SELECT number FROM numbers",
}
RANDOM_UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
RANDOM_KEY = {
    "postgresql": "replace(gen_random_uuid()::text, '-', '')",
    "sqlite": "lower(hex(randomblob(16)))",
}
SECONDS_AGO = {
    "postgresql": "now() - number * interval '1 second'",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || number || ' seconds')",
}


class NotEmpty(Exception):
    """There are registrations already: invented people do not belong among real ones."""


@transaction.atomic
def fill(talks: int, registrations: int):
    """Store so many talks, the first COMING of them ahead, and spread people over all of them.

    Raises NotEmpty where anybody is registered.
    """
    if Registration.objects.exists():
        raise NotEmpty
    made = make_talks(talks)
    insert_registrations([talk.pk for talk in made], registrations)
    Talk.objects.update(
        seats_taken=number_of(Registration.State.CONFIRMED),
        waiting_count=number_of(Registration.State.WAITING),
    )


def number_of(state) -> Coalesce:
    rows = Registration.objects.filter(talk=OuterRef("pk"), state=state).order_by()
    return Coalesce(Subquery(rows.values("talk").annotate(n=Count("pk")).values("n")), 0)


def make_talks(number: int) -> list[Talk]:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    towns = Municipality.objects.bulk_create(
        Municipality(
            name=f"Musterstadt {place}", land=LAENDER[place % 4], population=4_000 * place
        )
        for place in range(1, 13)
    )
    topics = [Topic.objects.get_or_create(name=name)[0] for name in TOPICS]
    talks = Talk.objects.bulk_create(
        (
            talk(place, noon + timedelta(days=7 * (COMING - place) - 1), towns)
            for place in range(number)
        ),
        batch_size=1000,
    )
    Speaker.objects.bulk_create(
        (
            Speaker(talk=talk, name=f"Muster Person {talk.pk}", role="Bürgermeisterin")
            for talk in talks
        ),
        batch_size=1000,
    )
    TalkTopic.objects.bulk_create(
        (TalkTopic(talk=talk, topic=topics[talk.pk % 4]) for talk in talks), batch_size=1000
    )
    return talks


def talk(place: int, starts_at, towns) -> Talk:
    return Talk(
        title=f"Wie eine kleine Stadt Nummer {place} ihre Mitte neu belebt",
        slug=f"muster-talk-{place}",
        status=Talk.Status.PUBLISHED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        announcement="Ein Absatz über das Vorhaben, wie ihn ein Talk hat.\n\nUnd noch einer. " * 5,
        municipality=towns[place % len(towns)],
    )


def insert_registrations(talk_pks: list[int], number: int):
    """Spread people over the talks in turn; some have left, some waited in vain.

    Nobody waits for a talk ahead, because all of these have seats.
    """
    vendor = connection.vendor
    first, count = talk_pks[0], len(talk_pks)
    values = {
        "uuid": RANDOM_UUID[vendor],
        "key": RANDOM_KEY[vendor],
        "talk_id": f"{first} + number %% {count}",
        "name": "'Muster Person ' || number",
        "email": "'p' || number || '@muster.example'",
        "email_key": "'p' || number || '@muster.example'",
        "organisation": "'Stadt Musterstadt ' || number %% 12",
        "reminders_off": "FALSE",
        "state": f"CASE WHEN number / {count} %% {CANCELLED_EVERY} = 1 THEN 'cancelled' "
        f"WHEN number / {count} %% {WAITING_EVERY} = 2 AND number %% {count} >= {COMING} "
        f"THEN 'waiting' ELSE 'confirmed' END",
        "state_changed_at": SECONDS_AGO[vendor],
        "created_at": SECONDS_AGO[vendor],
    }
    table = connection.ops.quote_name(Registration._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, values))
    expressions = ", ".join(values.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) "  # noqa: S608 - no input in it
            f"SELECT {expressions} FROM ({NUMBERS[vendor]}) AS numbered",
            [number],
        )
