"""Searching 10,000 talks on PostgreSQL takes at most three times what an archive page takes."""

import statistics
import time
from urllib.parse import quote

from tests.server import Server

FILL = """
from datetime import datetime, timedelta, UTC
from events.models import Municipality, Speaker, Talk, TalkTopic, Topic
WORDS = (
    "Markt Rathaus Bürgerrat Klima Wärme Leerstand Begegnung Wohnen Größe Schule Verkehr Radweg "
    "Innenstadt Energie Bibliothek Feuerwehr Jugend Alter Pflege Vereine Brunnen Wald Fluss Bahn"
).split()
LAENDER = ["Hessen", "Bayern", "Sachsen", "Brandenburg", "Thüringen"]
def some(number, count):
    return " ".join(WORDS[(number * 7 + step * step) % len(WORDS)] for step in range(count))
towns = Municipality.objects.bulk_create(
    Municipality(name=f"Ort {n}", land=LAENDER[n % 5], population=n * 90) for n in range(300)
)
topics = [Topic.objects.create(name=word) for word in WORDS[:8]]
start = datetime(1990, 1, 1, 9, tzinfo=UTC)
talks = Talk.objects.bulk_create([
    Talk(
        title=f"{some(n, 4)} {n}", slug=f"talk-{n}", announcement=some(n + 1, 60),
        recap=some(n + 2, 120), status="published", municipality=towns[n % 300],
        starts_at=start + timedelta(days=n), ends_at=start + timedelta(days=n, hours=1),
    )
    for n in range(10_000)
])
Speaker.objects.bulk_create([Speaker(talk=t, name=f"Person {t.pk}", role="Amt") for t in talks])
TalkTopic.objects.bulk_create([TalkTopic(talk=t, topic=topics[t.pk % 8]) for t in talks])
from django.db import connection
connection.cursor().execute("ANALYZE")
"""
ROUNDS = 40
LIMIT = 3


def seconds(site, path):
    begin = time.perf_counter()
    status, _, _ = site.request("GET", path)
    assert status == 200, path
    return time.perf_counter() - begin


def test_search_keeps_up_with_the_plain_archive(tmp_path, own_cluster, checked):
    # Each plain page is another one: none of them is kept yet.
    paths = {
        "plain": "/archiv/?vor=2010-01-01T09:00:00_{turn}",
        "one word, many hits": "/archiv/?q=markt",
        "beginning": "/archiv/?q=b%C3%BC",
        "two words": f"/archiv/?q={quote('Größe Brunnen')}",
        "one hit": "/archiv/?q=9876",
        "no hit": "/archiv/?q=nirgends",
        "word and filters": "/archiv/?q=klima&land=hessen&thema=markt",
        "deep page": "/archiv/?vor=1991-01-01T09:00:00_{turn}",
    }
    site = checked(Server(tmp_path, own_cluster.url))
    site.manage("migrate", "--verbosity=0")
    site.shell(FILL)
    with site:
        for path in paths.values():  # both processes have counted
            [seconds(site, path.format(turn=turn)) for turn in range(6)]
        times = {name: [] for name in paths}
        for turn in range(10, 10 + ROUNDS):
            for name, path in paths.items():
                times[name].append(seconds(site, path.format(turn=turn)))

    medians = {name: statistics.median(measured) for name, measured in times.items()}
    ratios = {name: round(median / medians["plain"], 2) for name, median in medians.items()}
    print("Archive of 10,000 talks, ratio to the plain page:", ratios)
    assert {name: ratio for name, ratio in ratios.items() if ratio > LIMIT} == {}
