"""The drill of docs/betrieb.md: the last backup, on another machine, in containers."""

import re
import secrets
import shutil

import pytest

from tests.deployment.conftest import SLUG
from tests.deployment.engine import wait_for
from tests.deployment.machine import BETRIEB, Machine, printed
from tests.deployment.test_faults import emails, ready
from tests.server import free_port, thanks

KEPT, ERASED, LATER = "bleibt@stadt.example", "geloescht@stadt.example", "spaeter@stadt.example"
ERASE = f"""
from registration.models import Registration
for registration in Registration.objects.filter(email="{ERASED}"):
    registration.anonymise()
"""
# Two machines of the tests are one: what both would have of the same name.
ANOTHER = {
    "COMPOSE_PROJECT_NAME": "uebung",
    "NETWORK": "172.30.90",
    "NETWORK6": "fd4b:7765:6274:90",
}


@pytest.fixture
def copied(machine, sign_up, tmp_path):
    """Make a backup as cron does, then erase somebody; return a copy of the whole directory."""
    for email in (KEPT, ERASED):
        mailbox = sign_up(email)
        wait_for(lambda mailbox=mailbox: mailbox.messages, 60)
    cron = printed(BETRIEB, "docker compose --progress quiet run")
    assert machine.type(cron) == ""
    machine.shell(ERASE)
    sign_up(LATER)
    log = machine.directory / "backups" / "erasures.jsonl"
    size = log.stat().st_size
    wait_for(lambda: log.stat().st_size > size, 90)
    shutil.copytree(machine.directory / "backups", tmp_path / "copied", symlinks=True)
    return tmp_path / "copied"


@pytest.fixture
def another(engine, copied, tmp_path):
    """Prepare another machine as the drill says: the copy and .env; nothing has started."""
    ports = {"HTTP_PORT": str(free_port()), "HTTPS_PORT": str(free_port())}
    (block,) = re.findall(r"^```sh\n(SECRET_KEY=[^`]*?uebung[^`]*?)^```$", BETRIEB, re.MULTILINE)
    directory = tmp_path / "machine"
    directory.mkdir()
    machine = Machine(engine, directory, POSTGRES_PASSWORD='p&ä "$w', **ports, **ANOTHER)
    machine.host = "uebung.example.org"
    four = block.replace("…", secrets.token_urlsafe(50)).splitlines(keepends=True)[:4]
    (directory / ".env").write_text("".join(four))
    machine.configure()
    shutil.move(copied, directory / "backups")
    machine.type("chown -R 10001:10001 backups")
    yield machine
    machine.remove()


STOP = printed(BETRIEB, "docker compose stop proxy web-1 web-2 worker")
DATABASE = printed(BETRIEB, "docker compose up --detach db")
START = "docker compose up --detach"


def test_backup_comes_back_on_another_machine(another):
    another.type(f"{STOP}; {DATABASE} --wait")
    said = another.manage("restore /backups")
    assert "Noch einmal gelöschte Personen: 1." in said
    assert another.manage("check_invariants") == "Alles stimmt.\n"
    another.type(START)
    wait_for(lambda: ready(another), 90, every=2)
    another.wait_until_healthy()

    assert KEPT in emails(another)
    assert ERASED not in emails(another)
    assert LATER not in emails(another)
    another.manage("release_mails --all")
    check_mail_to_files(another)
    check_going_back(another)


def check_mail_to_files(another):
    visitor = another.visitor()
    form = visitor.open_form("/anmeldung/")
    person = {"talks": SLUG, "name": "Kim Beispiel", "email": LATER}
    assert visitor.post("/anmeldung/", form, **person) == (302, thanks(SLUG))
    files = f"docker compose exec -T worker grep -l {LATER} -r /data/mail"
    wait_for(lambda: ".eml" in another.type(f"{files} || true"), 60)


def check_going_back(another):
    """Restore once more, over a database in which something stands."""
    another.type(f"{STOP}; {DATABASE} --wait")
    another.manage("backup /backups/danach")
    another.manage("restore /backups --yes")
    assert another.manage("check_invariants") == "Alles stimmt.\n"
    another.type(START)
    wait_for(lambda: ready(another), 90, every=2)
    assert LATER not in emails(another)
