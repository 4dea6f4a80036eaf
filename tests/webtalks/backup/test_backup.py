"""Backups: complete or not there, of one moment, and cheap to repeat."""

import functools
import hashlib
import json
import os
import resource
import signal
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.full_site import Site
from tests.server import thanks
from webtalks.backup import backup

UPLOAD = """
from events.models import Material
from tests.events.upload_files import PDF, upload
from tests.makers import make_talk
talk = make_talk()
for name in ("Eins", "Zwei"):
    Material.objects.create(talk=talk, title=name, file=upload(PDF, f"{name}.pdf"))
"""

REPORT = """
from tests.makers import make_report_line, make_talk
make_report_line(make_talk(), "Zqxname im Bericht")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory, own_database):
    site = Site(tmp_path_factory.mktemp("site"), own_database())
    site.set_up()
    site.shell(UPLOAD)
    return site


@pytest.fixture(autouse=True)
def _no_backups(request):
    yield
    if "site" in request.fixturenames:
        directory = request.getfixturevalue("site").backups
        for folder in backup.complete_backups(directory) if directory.exists() else ():
            backup.shutil.rmtree(folder)


def modes(folder) -> set[str]:
    paths = [folder, *folder.rglob("*")]
    return {stat.filemode(path.stat().st_mode) for path in paths}


def links(folder) -> list[int]:
    """Return how many names each uploaded file of the backup has."""
    files = sorted(path for path in (folder / "media").rglob("*") if path.is_file())
    return [path.stat().st_nlink for path in files]


def test_backup_is_private_described_and_shares_what_has_not_changed(site):
    first = site.back_up()

    assert modes(first) == {"drwx------", "-rw-------"}
    manifest = json.loads((first / "manifest.json").read_text())
    files = {str(path.relative_to(first)) for path in first.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == files - {"manifest.json"}
    assert {f"media/{name}" for name in site.media()} < files
    assert manifest["counts"]["events_talk"] == 1
    assert manifest["migrations"][-1].partition(".")[0] in ("registration", "sessions", "otp_totp")
    assert abs(datetime.fromisoformat(manifest["made_at"]) - datetime.now(UTC)) < timedelta(
        minutes=5
    )
    assert os.environ["SECRET_KEY"] not in json.dumps(manifest)
    secret = os.environ["CERTIFICATE_KEY"].partition(":")[2]
    assert manifest["certificate_key"] == hashlib.sha256(secret.encode()).hexdigest()[:8]
    assert secret not in json.dumps(manifest)

    second = site.back_up()
    assert (links(first), links(second)) == ([2, 2], [2, 2])

    damaged = next(path for path in (second / "media").rglob("*") if path.is_file())
    damaged.write_bytes(b"?" * damaged.stat().st_size)
    os.utime(damaged, ns=(0, manifest["files"][str(damaged.relative_to(second))]["mtime_ns"]))
    said = site.manage("backup", "--keep", "1").splitlines()
    (third,) = backup.complete_backups(site.backups)

    assert said == [f"Gesichert: {third}", f"Gelöscht: {first}", f"Gelöscht: {second}"]
    assert links(third) == [1, 1]
    assert sorted(path.read_bytes() for path in (third / "media").rglob("*.pdf")) == sorted(
        site.media().values()
    )


def test_report_that_nobody_has_confirmed_is_in_no_backup(site):
    site.shell(REPORT)

    folder = site.back_up()

    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["counts"]["registration_reportline"] == 0
    assert b"Zqxname" not in (folder / manifest["dump"]).read_bytes()
    site.manage("restore", str(folder), "--yes")
    assert (
        site.shell("from registration.models import *; print(ReportLine.objects.count())") == "0"
    )


def test_killed_backup_looks_like_none_and_the_next_clears_it_away(site):
    big = site.data / "media" / "big"
    big.write_bytes(bytes(100_000_000))  # takes a while
    running = site.start("backup")
    while not (unfinished := list(site.backups.glob(".unfertig-*/media/big"))):
        assert running.poll() is None
        time.sleep(0.005)
    running.send_signal(signal.SIGSTOP)
    second = site.refuse("backup")
    running.kill()
    running.communicate()

    assert (running.returncode, len(unfinished)) == (-signal.SIGKILL, 1)
    assert second == "Keine Sicherung: Hier läuft schon eine Sicherung."
    assert backup.complete_backups(site.backups) == []
    assert "keine vollständige Sicherung" in site.refuse("restore", "--yes")
    big.unlink()
    complete = site.back_up()
    assert sorted(path.name for path in site.backups.iterdir()) == [
        ".erasures.lock",
        ".lock",
        complete.name,
        "erasures.jsonl",
    ]


def back_up_within(site, size: int) -> str:
    """Return what a backup says that may write no file larger than `size` bytes."""
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
    backup = site.start("backup", stderr=subprocess.PIPE, preexec_fn=limit)
    said = backup.communicate(timeout=60)[1].strip()
    assert backup.returncode == 1
    return said


def test_full_disk_is_said_and_leaves_nothing(site):
    refused = "CommandError: Keine Sicherung: "
    big = site.data / "media" / "big"
    big.write_bytes(bytes(3_000_000))
    said = back_up_within(site, 2_000_000)
    big.unlink()

    assert said.startswith(f"{refused}Der Platz reicht nicht (")
    said = back_up_within(site, 40_000)
    assert said.startswith((f"{refused}SQLite kann", f"{refused}pg_dump ist ge"))
    assert list(site.backups.glob(".unfertig-*")) == []
    assert backup.complete_backups(site.backups) == []


SIGNED_UP = """
from registration.models import OutgoingMail, Registration
mailless = Registration.objects.filter(mails=None).count()
print(Registration.objects.count(), mailless, OutgoingMail.objects.held().count())
"""


def test_backup_among_sign_ups_is_of_one_moment(site):
    with site:
        _, _, page = site.request("GET", "/anmeldung/")
        slug = page.partition('name="talks" value="')[2].partition('"')[0]

        numbers = count()

        def sign_up_until_it_ends(backup):
            answers = set()
            while backup.poll() is None:
                form = site.open_form("/anmeldung/")
                person = {"name": "Kim Beispiel", "email": f"p{next(numbers)}@stadt.example"}
                answers.add(site.post("/anmeldung/", form, talks=slug, **person))
            return answers

        backup = site.start("backup", stderr=subprocess.PIPE)
        with ThreadPoolExecutor(3) as pool:
            answers = set().union(*pool.map(sign_up_until_it_ends, [backup] * 3))
        assert answers == {(302, thanks(slug))}
        assert (backup.returncode, backup.communicate()[1]) == (0, "")
    site.manage("restore", "--yes")

    found, mailless, held = map(int, site.shell(SIGNED_UP).split())
    assert 0 < found < next(numbers)
    assert (mailless, held) == (0, found)
    assert site.manage("check_invariants") == "Alles stimmt."


def test_directory_and_number_are_asked_for(site):
    directory = site.environment.pop("BACKUP_DIR")

    assert site.refuse("backup") == ("Bitte nennen Sie einen Ordner, oder setzen Sie BACKUP_DIR.")
    assert site.refuse("backup", directory, "--keep=0") == "--keep braucht eine Zahl ab 1."
    site.environment["BACKUP_DIR"] = directory
