"""Losing everything, and what comes back."""

import json
import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from email import message_from_bytes
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from tests.full_site import Site
from webtalks.backup import restore
from webtalks.backup.disk import BackupError
from webtalks.management.commands.restore import NEXT_STEPS

AFTER_THE_BACKUP = """
from events.models.revision import Revision
from webtalks.backup import erasure_file
from registration.mail.deliver import deliver_due
from registration.models import Registration
from registration.mail.reminders import plan_due
from tests.makers import make_registration
Registration.objects.erase_person("ada@stadt.example")
bo = Registration.objects.get(name="Bo Beispiel")
bo.hand_over(name="Nora Neu", email="nora@stadt.example", organisation="")
make_registration(bo.talk, name="Cleo Kommt", email="cleo@stadt.example")
reminders = plan_due()
deliver_due()
erasure_file.update()
print(reminders, Revision.current())
"""
STATES = """
from events.models.revision import Revision
print(Revision.current())
from registration.models import Registration
for row in Registration.objects.order_by("pk"):
    print(row.name, row.state)
"""


@pytest.fixture
def site(tmp_path, database_url, smtp_server):
    return Site(tmp_path, database_url, smtp_server)


def recipients(smtp_server) -> list[str]:
    return sorted(address for mail in smtp_server.messages for address in mail.rcpt_tos)


@contextmanager
def running_worker(site):
    """Have a worker that has looked at everything that is due."""
    worker = site.start("worker")
    seen = "from registration.models import Heartbeat\nprint(Heartbeat.last_seen_at())"
    while site.shell(seen) == "None":
        assert worker.poll() is None
    time.sleep(1)  # a heartbeat comes before the mails
    yield
    worker.terminate()
    worker.communicate(timeout=30)
    assert worker.returncode == 0


def test_drill(site, smtp_server):
    assert site.fill() == "1 10"
    before = site.media()
    sent_before = recipients(smtp_server)
    folder = site.back_up()

    reminders, former_revision = map(int, site.shell(AFTER_THE_BACKUP).split())
    assert reminders == 1
    sent = recipients(smtp_server)
    waited = [m for m in smtp_server.messages[len(sent_before) :] if "lea@" in m.rcpt_tos[0]]
    assert len(waited) == 1
    smtp_server.messages.clear()
    site.destroy()

    said = site.manage("restore", "--yes").splitlines()

    # Ada was erased, Bo has given the seat away; Lea's confirmation, Mo's reminder and the word
    # to Wanda, who has Ada's seat, have gone out already.
    assert said[:2] == [
        f"Sicherung: {folder}",
        "Zurückgespielt. Noch einmal gelöschte Personen: 2.",
    ]
    assert re.fullmatch(r"Das Löschprotokoll .* reicht bis \d\d\.\d\d\.\d{4} \d\d:\d\d\.", said[2])
    assert said[3].startswith("Zurückgehaltene Mails: 3.")
    assert said[4:] == NEXT_STEPS.splitlines()
    text = site.text()
    assert [name for name in ("Ada", "ada@", "Bo B", "bo@", "Nora", "Cleo") if name in text] == []
    assert "Kim Beispiel" in text
    revision, *states = site.shell(STATES).splitlines()
    assert int(revision) > former_revision + 1_000_000
    assert states == [
        "None cancelled",
        "None cancelled",
        "Kim Beispiel confirmed",
        "Wanda Wartet confirmed",
        "Mo Morgen confirmed",
        "Pia Prüft pending",
        "Lea Langsam confirmed",
    ]
    assert site.media() == before
    assert len(before) > 3
    assert site.manage("check_invariants") == "Alles stimmt."

    with running_worker(site):
        pass
    assert (recipients(smtp_server), len(sent)) == ([], len(sent_before) + 7)

    with site:
        status, _, body = site.request("GET", "/readyz")
        assert (status, json.loads(body)["migrations"]) == (200, "ok")
        _, _, page = site.request("GET", "/")
        assert "Gleich" in page
        form = site.open_form("/admin/login/")
        account = {"username": "chef", "password": "ein langes Passwort"}
        assert site.post("/admin/login/?next=/admin/", form, **account) == (302, "/admin/")
        assert (
            site.post(
                "/anmeldung/",
                site.open_form("/anmeldung/"),
                talks="spaet",
                name="Nach Her",
                email="nach@stadt.example",
            )[0]
            == 302
        )

    listed = site.manage("release_mails").splitlines()
    assert [line.split()[2:] for line in listed[:-1]] == [
        ["signed_up", "lea@stadt.example"],
        ["promoted", "wanda@stadt.example"],
        ["reminder_hour", "mo@stadt.example"],
    ]
    assert site.manage("release_mails", "--kind", "signed_up") == "Freigegeben: 1."
    assert site.shell(
        "from registration.mail.deliver import deliver_due\nprint(len(deliver_due()))"
    )
    assert recipients(smtp_server) == ["lea@stadt.example", "nach@stadt.example"]
    assert {message_id(mail) for mail in smtp_server.messages} >= {message_id(waited[0])}

    erase_and_restore_again(site, folder)


def erase_and_restore_again(site, folder):
    """Erase somebody whom only the database's log names yet, and put the backup back."""
    known = (site.backups / "erasures.jsonl").read_text().splitlines()
    before = site.shell(
        "from registration.models import Registration\n"
        "from django.contrib.sessions.models import Session\n"
        "Registration.objects.erase_person('kim@stadt.example')\n"
        "print(Session.objects.count())"
    )

    assert "nicht leer" in site.refuse("restore")
    said = site.manage("restore", str(folder), "--yes")

    assert "Noch einmal gelöschte Personen: 3." in said
    assert "Kim" not in site.text()
    assert len((site.backups / "erasures.jsonl").read_text().splitlines()) == len(known) + 1
    count = "from django.contrib.sessions.models import Session\nprint(Session.objects.count())"
    assert (before, site.shell(count)) == ("1", "0")
    assert site.manage("check_invariants") == "Alles stimmt."


def message_id(envelope) -> str:
    return message_from_bytes(envelope.content)["Message-ID"]


@pytest.fixture(scope="module")
def small(tmp_path_factory, own_database):
    """Return a site that is quick to back up; each test leaves it in order."""
    site = Site(tmp_path_factory.mktemp("small"), own_database())
    site.set_up()
    site.shell("from tests.makers import make_talk\nmake_talk()")
    return site


def test_database_in_use_is_refused(small):
    small.back_up()
    with small:
        small.request("GET", "/")
        said = small.refuse("restore", "--yes")

    assert said.startswith("Nichts zurückgespielt: Die Datenbank wird benutzt;")
    with running_worker(small):
        assert "Die Datenbank wird benutzt" in small.refuse("restore", "--yes")


def change_manifest(folder, **values):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.fixture
def complete(small):
    return small.back_up()


def damage(path):
    content = path.read_bytes()
    path.write_bytes(content[:300] + bytes([content[300] ^ 1]) + content[301:])


REFUSED = {
    "one bit": (
        lambda folder, dump, manifest: damage(folder / dump),
        "Die Sicherung ist beschädigt: {dump} hat sich verändert.",
    ),
    "no dump": (
        lambda folder, dump, manifest: (folder / dump).unlink(),
        "Die Sicherung ist beschädigt: {dump} fehlt.",
    ),
    "newer": (
        lambda folder, dump, manifest: change_manifest(
            folder, migrations=[*manifest.migrations, "registration.0999_later"]
        ),
        "Die Sicherung ist von einer neueren Version der Website, es fehlt: "
        "registration.0999_later. Bitte erst die Website aktualisieren.",
    ),
    "other database": (
        lambda folder, dump, manifest: change_manifest(folder, database="oracle"),
        "Die Sicherung ist von oracle, diese Website benutzt {vendor}. "
        "docs/betrieb.md sagt, wie man umzieht.",
    ),
    "half a manifest": (
        lambda folder, dump, manifest: (folder / "manifest.json").write_text('{"format": 1'),
        "{folder} ist keine vollständige Sicherung: Expecting ',' delimiter: "
        "line 1 column 13 (char 12).",
    ),
    "later format": (
        lambda folder, dump, manifest: change_manifest(folder, format=2),
        "{folder} hat ein Format, das diese Version nicht kennt.",
    ),
}


def test_what_does_not_fit_is_refused(complete, tmp_path):
    manifest = restore.check(complete)
    values = {"dump": manifest.dump, "vendor": connection.vendor}

    for name, (spoil, wanted) in REFUSED.items():
        folder = shutil.copytree(complete, tmp_path / name)
        spoil(folder, manifest.dump, manifest)
        with pytest.raises(BackupError) as refusal:
            restore.check(folder)
        assert (name, str(refusal.value)) == (name, wanted.format(folder=folder, **values))


def test_refused_restore_changes_nothing(small, complete, tmp_path):
    small.shell("from tests.makers import make_talk\nmake_talk(title='Danach')")
    alone = shutil.copytree(complete, tmp_path / "anderswo" / "Sicherung")

    change_manifest(complete, counts={"events_talk": 7})
    assert small.refuse("restore", "--yes") == (
        "Nichts zurückgespielt: Die Sicherung enthält nicht, was in ihrem Manifest steht."
    )
    assert "Danach" in small.text()
    small.destroy()
    change_manifest(complete, made_at="2020-01-01T00:00:00+00:00")
    assert "älter als das Löschprotokoll" in small.refuse("restore", "--yes")
    del small.environment["BACKUP_DIR"]
    assert "fehlt das Löschprotokoll" in small.refuse("restore", str(alone), "--yes")
    small.manage("restore", str(alone), "--yes", "--without-erasures")
    small.environment["BACKUP_DIR"] = str(small.backups)
    shutil.rmtree(complete)
    assert "Danach" not in small.text()


def test_older_backup_is_migrated_and_another_key_is_named(small):
    small.manage("migrate", "registration", "0009", "--verbosity=0")
    small.back_up()
    small.destroy()
    small.environment["SECRET_KEY"] = "another-key-" * 5
    certificate_key = os.environ["CERTIFICATE_KEY"]
    small.environment["CERTIFICATE_KEY"] = f"9:{certificate_key}x".replace("3:", "")

    # Its database had no origin yet by which the log could be recognised.
    assert "sagt noch nicht, welches Löschprotokoll" in small.refuse("restore", "--yes")
    said = small.manage("restore", "--yes", "--without-erasures")

    assert "SECRET_KEY ist ein anderer" in said
    assert "CERTIFICATE_KEY ist ein anderer" in said
    assert small.manage("migrate", "--plan").endswith("No planned migration operations.")
    small.environment["SECRET_KEY_FALLBACKS"] = os.environ["SECRET_KEY"]
    small.environment["CERTIFICATE_KEY_FORMER"] = certificate_key
    assert "_KEY" not in small.manage("restore", "--yes", "--without-erasures")


def is_being_replaced(site) -> bool:
    """Whether a restore is between its first change to the database and its last."""
    if not site.url:
        return (site.data / "db.sqlite3.restoring").exists()
    # Asked from another database: a connection to this one would make the restore give up.
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        locks = other.execute(
            "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE mode = 'AccessExclusiveLock' AND locktype = 'relation' AND datname = %s",
            [urlsplit(site.url).path.removeprefix("/")],
        )
        return locks.rowcount > 0


def test_killed_restore_leaves_the_former_database(small):
    small.back_up()
    small.shell("from tests.makers import make_talk\nmake_talk(title='Danach')")
    restore = small.start("restore", "--yes", stderr=subprocess.DEVNULL)
    while not is_being_replaced(small):
        assert restore.poll() is None
        time.sleep(0.001)
    restore.kill()

    assert "Zurückgespielt" not in restore.communicate()[0]
    assert restore.returncode == -9
    assert "Danach" in small.text()
    assert small.manage("check_invariants") == "Alles stimmt."
    small.manage("restore", "--yes")
    assert "Danach" not in small.text()
