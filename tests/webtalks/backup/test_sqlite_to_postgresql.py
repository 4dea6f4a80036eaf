"""From SQLite to PostgreSQL, into a server of the test's own where none is there."""

import contextlib
import os
import re
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import postgres
from tests.full_site import Site
from tests.server import thanks

ODD = """
from django.utils import timezone
from registration.models import Message, Registration
row = Registration.objects.get(name="Kim Beispiel")
row.question = "Tab\\tund \\\\\\\\N, Zeile\\nzwei, NULL, „Größe“ 🎈🏳️‍🌈 ẞ ﷽"
row.organisation = ""
row.save()
"""
# A talk of which a paper may tell for years.
GONE = """
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
now = timezone.now()
talk = Talk.objects.create(title="Weg", starts_at=now, ends_at=now + timedelta(hours=1))
print(talk.pk)
talk.delete()
"""
# What somebody has just read from a video system, and nobody has confirmed.
REPORT = """
from events.models import Talk
from tests.makers import make_report_line
make_report_line(Talk.objects.first())
"""
EVERYTHING = """
import json
from django.apps import apps
for model in apps.get_models(include_auto_created=True):
    for row in model._base_manager.order_by("pk").values():
        print(model._meta.label, json.dumps(row, sort_keys=True, default=str, ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def empty_url():
    with contextlib.ExitStack() as stack:
        server = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.server())
        name = f"moved_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()


def test_site_moves_with_everything_and_goes_on(tmp_path, empty_url):
    site = Site(tmp_path)
    site.fill()
    site.shell(ODD)
    number = int(site.shell(GONE))
    before = site.shell(EVERYTHING)
    site.shell(REPORT)  # stays behind

    said = site.manage("move_to_postgresql", empty_url)

    rows = dict(re.findall(r"^ *(\d+)  [0-9a-f]{12}  (\w+)$", said, re.M)[::-1])
    assert "registration_registration" in rows.values()
    assert sum(map(int, re.findall(r"^ *(\d+)  ", said, re.M))) == len(before.splitlines())
    assert str(tmp_path / "site" / "db.sqlite3") in said
    assert site.refuse("move_to_postgresql", empty_url).startswith(
        "Nichts kopiert: Das Ziel ist nicht leer; darin liegen "
    )

    site.environment["DATABASE_URL"] = empty_url
    assert site.shell(EVERYTHING) == before
    assert "🎈🏳️‍🌈 ẞ ﷽" in before
    assert site.refuse("move_to_postgresql", empty_url) == (
        "Nichts kopiert: Diese Website benutzt schon PostgreSQL (DATABASE_URL)."
    )
    with site:
        form = site.open_form("/anmeldung/")
        person = {"name": "Nach Her", "email": "nach@stadt.example"}
        status, place = site.post("/anmeldung/", form, talks="spaet", **person)
        assert (status, place) == (302, thanks("spaet"))
        form = site.open_form("/admin/login/")
        account = {"username": "chef", "password": "ein langes Passwort"}
        assert site.post("/admin/login/?next=/admin/", form, **account) == (302, "/admin/")
    assert site.manage("check_invariants") == "Alles stimmt."
    assert int(site.shell(GONE)) > number


def test_what_cannot_move_is_said_and_copies_nothing(tmp_path, empty_url):
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    site = Site(tmp_path)
    site.manage("migrate", "registration", "0009", "--verbosity=0")
    assert "Es stehen Migrationen aus" in site.refuse("move_to_postgresql", empty_url)

    site.manage("migrate", "--verbosity=0")
    # SQLite takes a text that is too long for its column.
    site.shell("from events.models import Topic\nTopic.objects.create(name='x' * 300)")

    assert site.refuse("move_to_postgresql", empty_url).startswith(
        "Nichts kopiert: events_topic: PostgreSQL nimmt eine Zeile nicht an: value too long"
    )
    with psycopg.connect(empty_url) as connection:
        tables = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'")
        assert tables.rowcount == 0
    for url in ("sqlite:///x", "nicht://zu/lesen", "postgres://"):
        assert site.refuse("move_to_postgresql", url) in (
            "Nichts kopiert: Das Ziel muss PostgreSQL sein: postgres://name@rechner/datenbank",
            "Die Adresse der Datenbank ist nicht zu lesen.",
            "Die Adresse nennt keine Datenbank.",
        )
