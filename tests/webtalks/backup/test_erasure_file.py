"""The erasure log beside the backups: only the right one lets a backup be put back."""

import json
import shutil
import stat
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from registration.models import Erasure
from registration.models.erasure import Logged, Origin
from tests.full_site import Site
from webtalks.backup import erasure_file
from webtalks.backup.disk import BackupError
from webtalks.backup.erasure_file import ErasureLog

SIGN_UP = """
from tests.makers import make_registration
make_registration(name="Ada Beispiel", email="ada@stadt.example")
"""
ERASE = """
from registration.models import Registration
Registration.objects.erase_person("ada@stadt.example")
"""
SUPERUSER = """
from django.contrib.auth.models import User
User.objects.create_superuser("neu", password="ein langes Passwort")
"""
WORK = "from webtalks.backup import erasure_file\nerasure_file.update()"
NAME = erasure_file.NAME


# On another machine


@pytest.fixture(scope="module")
def former(tmp_path_factory, own_database):
    """Return a site with a backup that still has Ada, who was erased after it.

    `early` is a copy of the log from before the backup, `folder` the backup.
    """
    site = Site(tmp_path_factory.mktemp("former"), own_database())
    site.set_up()
    site.shell(SIGN_UP)
    site.shell(WORK)
    site.early = site.data / "early.jsonl"
    shutil.copy(site.backups / NAME, site.early)
    site.folder = site.back_up()
    site.shell(ERASE)
    site.shell(WORK)
    return site


@pytest.fixture
def machine(tmp_path, former, own_database):
    """Return an empty site on another machine that has got the dated folder alone."""
    site = Site(tmp_path, own_database())
    site.set_up()
    site.copy = shutil.copytree(former.folder, site.backups / former.folder.name)
    return site


def assert_refused(machine, problem):
    said = machine.refuse("restore", str(machine.copy), "--yes")
    assert said == (
        f"Nichts zurückgespielt: {problem}: Wer seit der Sicherung gelöscht wurde, käme zurück. "
        f"Kopieren Sie das neueste {NAME} aus dem Ordner, in dem sie entstand, neben die "
        "Sicherung, oder nehmen Sie das mit --without-erasures in Kauf."
    )
    assert "Ada" not in machine.text()


def restore(machine, *arguments) -> str:
    return machine.manage("restore", str(machine.copy), "--yes", *arguments)


def test_missing_log_is_refused_whatever_is_in_the_database(machine):
    missing = f"Neben der Sicherung fehlt das Löschprotokoll ({NAME})"

    assert_refused(machine, missing)
    machine.shell(SUPERUSER)
    assert_refused(machine, missing)

    assert "gelöschte Personen: 0" in restore(machine, "--without-erasures")
    assert "Ada" in machine.text()


def test_log_that_the_new_machine_has_begun_is_no_proof_and_the_copied_one_is(machine, former):
    machine.shell(WORK)
    foreign = f"Das Löschprotokoll ({NAME}) gehört nicht zu dieser Sicherung"

    assert_refused(machine, foreign)
    machine.shell(SUPERUSER)
    assert_refused(machine, foreign)
    (machine.backups / NAME).write_text("")
    assert_refused(machine, foreign)

    shutil.copy(former.backups / NAME, machine.backups)
    assert "gelöschte Personen: 1" in restore(machine)
    assert "Ada" not in machine.text()
    machine.back_up()
    assert "gelöschte Personen: 1" in restore(machine)


def test_copy_of_the_log_from_before_the_backup_is_refused(machine, former):
    shutil.copy(former.early, machine.backups / NAME)

    assert_refused(machine, f"Das Löschprotokoll ({NAME}) ist älter als die Sicherung")


def test_worker_and_backup_leave_the_log_of_another_site_as_it_is(machine, former):
    shutil.copy(former.backups / NAME, machine.backups)
    before = (machine.backups / NAME).read_text()

    machine.shell(WORK)
    said = machine.refuse("backup")

    assert said.startswith(
        f"Keine Sicherung: In {machine.backups} liegt das Löschprotokoll einer anderen Website."
    )
    assert (machine.backups / NAME).read_text() == before
    assert "gelöschte Personen: 1" in restore(machine)


def test_log_of_a_restored_site_knows_nothing_of_what_the_first_one_erased_later(machine, former):
    """The drill of last year, and a backup of this year that was copied without its log."""
    shutil.copy(former.backups / NAME, machine.backups)
    restore(machine)

    machine.copy = shutil.copytree(former.back_up(), machine.backups / "2099-01-01T000000Z")
    machine.shell(WORK)
    assert_refused(machine, f"Das Löschprotokoll ({NAME}) ist älter als die Sicherung")


def test_log_that_is_cut_off_is_refused(machine, former):
    lines = (former.backups / NAME).read_text().splitlines(keepends=True)
    (machine.backups / NAME).write_text("".join(lines[:-1]))

    assert machine.refuse("restore", "--yes") == (
        f"Nichts zurückgespielt: {machine.backups / NAME} ist beschädigt: 0 Einträge statt 1."
    )


# The file


def entry(days: int) -> Logged:
    return Logged(uuid4(), "registration", timezone.now() - timedelta(days=days))


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_file_is_added_to_and_loses_what_is_older_than_any_backup(tmp_path, settings):
    settings.ERASURE_LOG_DAYS = 100
    old, middle, new, newest = (entry(days) for days in (101, 50, 1, 0))
    ages = {"a": 101, "b": 50, "c": 1}
    moments = {origin: timezone.now() - timedelta(days=days) for origin, days in ages.items()}
    erasure_file.add(tmp_path, ErasureLog([middle, old], moments))

    assert erasure_file.add(tmp_path, ErasureLog([newest, new, middle], {"b": new.erased_at})) == 3

    expected = {"b": new.erased_at, "c": moments["c"]}
    assert erasure_file.read(tmp_path) == ErasureLog([middle, new, newest], expected)
    assert stat.filemode((tmp_path / NAME).stat().st_mode) == "-rw-------"
    first = json.loads((tmp_path / NAME).read_text().splitlines()[0])
    assert first == {
        "complete_until": {origin: moment.isoformat() for origin, moment in expected.items()},
        "entries": 3,
    }
    # An older moment takes nothing back.
    erasure_file.add(tmp_path, ErasureLog([], {"b": moments["b"]}))
    assert erasure_file.read(tmp_path).complete_until == expected


def test_file_without_a_first_line_of_ours_can_be_read_and_proves_nothing(tmp_path):
    known = entry(1)
    (tmp_path / NAME).write_text(erasure_file.erasure.line(known) + "\n")

    assert erasure_file.read(tmp_path) == ErasureLog([known], {})
    assert erasure_file.read(tmp_path / "nowhere") is None


def test_damaged_file_is_not_added_to(tmp_path):
    for text in ('{"uuid": "', '{"complete_until": 7, "entries": 0}', '{"complete_until": {}}'):
        (tmp_path / NAME).write_text(text)
        with pytest.raises(BackupError, match="Zeile 1 ist kein Eintrag"):
            erasure_file.add(tmp_path, ErasureLog([entry(1)], {}))
        assert (tmp_path / NAME).read_text() == text


# The worker


@pytest.fixture
def directory(tmp_path, settings, monkeypatch):
    """Return where the worker writes, which has not written anything yet."""
    monkeypatch.setattr(erasure_file, "_written", None)
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


@pytest.mark.django_db
def test_worker_writes_new_erasures_where_backups_lie(directory, settings, clock):
    settings.BACKUP_DIR = None
    erasure_file.update()
    settings.BACKUP_DIR = directory
    first = Erasure.objects.create(uuid=uuid4(), kind="registration")
    erasure_file.update()
    origin = Origin.all_known()[-1]
    logged = (first.uuid, "registration", first.erased_at, "")
    assert erasure_file.read(directory) == ErasureLog([logged], {origin: timezone.now()})

    # Committed later, with a smaller key.
    earlier = Erasure.objects.create(pk=first.pk - 1, uuid=uuid4(), kind="interest")
    erasure_file.update()
    assert {row.uuid for row in erasure_file.read(directory).entries} == {first.uuid, earlier.uuid}

    (directory / NAME).unlink()
    clock.shift(timedelta(minutes=59))
    erasure_file.update()  # nothing new
    assert erasure_file.read(directory) is None
    clock.shift(timedelta(minutes=1))
    erasure_file.update()
    assert erasure_file.read(directory).complete_until == {origin: timezone.now()}


@pytest.mark.django_db
def test_worker_says_each_time_that_it_cannot_write(directory, caplog):
    directory.mkdir()
    erasure_file.add(directory, ErasureLog([], {str(uuid4()): timezone.now()}))

    erasure_file.update()
    erasure_file.update()
    (directory / NAME).unlink()
    (directory / NAME).mkdir()
    erasure_file.update()

    foreign = (
        f"The erasure log is not written: In {directory} liegt das Löschprotokoll einer anderen "
        "Website. Spielen Sie deren Sicherung zurück, oder nehmen Sie für diese Website einen "
        "anderen Ordner."
    )
    broken = f"The erasure log is not written: [Errno 21] Is a directory: '{directory / NAME}'"
    assert caplog.messages == [foreign, foreign, broken]


@pytest.mark.django_db
def test_origin_is_begun_once():
    first = Origin.all_known()

    assert (len(first), Origin.all_known()) == (1, first)
    later = Origin.objects.create()
    assert Origin.all_known() == [*first, str(later)]
