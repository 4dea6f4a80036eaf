"""The samples and commands that docs/betrieb.md prints work on a machine of its own."""

import os
import re
import shlex
import shutil

import pytest

from tests.forked import run
from tests.full_site import Site
from tests.server import ROOT
from tests.webtalks.test_settings import PRODUCTION

TEXT = (ROOT / "docs" / "betrieb.md").read_text()
KEY = PRODUCTION["SECRET_KEY"]
HOME = "/var/lib/webtalks"


def section(heading: str) -> str:
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def sample_environment(heading: str) -> dict:
    """Return the variables that the section prints, for a machine whose home is `HOME`."""
    (block,) = re.findall(r"^```sh\n(SECRET_KEY=.*?)^```$", section(heading), re.M | re.DOTALL)
    return dict(word.split("=", 1) for word in shlex.split(block, comments=True))


class Machine(Site):
    """A machine with nothing but the variables that the handbook prints."""

    def __init__(self, directory, database_url, heading):
        directory.mkdir()
        super().__init__(directory, database_url)
        self.home = directory
        self.environment = {"PATH": os.environ["PATH"], "DATABASE_URL": self.url}
        for name, value in sample_environment(heading).items():
            self.environment[name] = KEY if name.endswith("_KEY") else self.at_home(value)
        self.data = directory / "data"
        self.static = {"STATIC_ROOT": str(directory / "static"), "PORT": str(self.port)}

    def at_home(self, text: str) -> str:
        return text.replace(HOME, str(self.home))

    def type(self, command: str) -> str:
        """Run a command as it is printed; nothing may stand on stderr, which cron would mail."""
        arguments = shlex.split(self.at_home(command))
        done = run(arguments, self.environment | self.static, keep=True)
        assert (command, done.returncode, done.stderr) == (command, 0, "")
        return done.stdout.strip()


@pytest.fixture
def machine(tmp_path, own_database):
    machine = Machine(tmp_path / "first", own_database(), "Installieren")
    machine.data.mkdir()  # as `manage.py start` does
    machine.type("manage.py migrate --verbosity=0")
    return machine


def test_backup_by_cron_says_nothing_where_all_is_well(machine):
    (command,) = re.findall(r"python (manage\.py backup .*?) >/dev/null$", TEXT, re.MULTILINE)

    assert machine.type(command).startswith("Gesichert: ")


def test_drill_as_it_is_printed(machine, tmp_path, own_database):
    machine.type("manage.py backup")
    drill = Machine(tmp_path / "second", own_database(), "Wiederherstellen")
    shutil.copytree(machine.home / "backups", drill.home / "backups")
    steps = re.findall(r"^\d\. .*?(?=^\d\. |^\n)", section("Wiederherstellen"), re.M | re.DOTALL)
    commands = [command for step in steps for command in re.findall(r"`(manage\.py .*?)`", step)]

    before, restore, check = commands
    assert before.startswith(
        "manage.py backup "
    )  # of a site that may still be there; here is none
    assert "Zurückgespielt." in drill.type(restore)
    assert drill.type(check) == "Alles stimmt."
    drill.type("manage.py collectstatic --noinput --verbosity=0")
    drill.environment |= drill.static
    host = drill.environment["SITE_URL"].removeprefix("https://")
    with drill:
        assert drill.request("GET", "/readyz", headers={"Host": host})[0] == 200
