"""A site of the version before is brought up to date: nobody loses a seat, a link or a mail.

What it held is said in `fill.py`; `make.py` writes it anew.
"""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from django.db import connection

from registration.roles import ROLES, codenames
from tests.full_site import Site
from tests.mailbox import Mailbox
from tests.server import own_database

ARCHIVES = Path(__file__).parent / "before"
PEOPLE = """
from registration.models import Registration
for row in Registration.objects.order_by("talk__starts_at", "pk"):
    print(row.talk.title, row.name, row.state, sep=" | ")
"""
PRESENCE = """
from registration.models import Registration
for row in Registration.objects.filter(talk__title="Was war").order_by("pk"):
    print(row.presence or "nichts", row.attended, row.way_in_used_at, sep=" | ")
"""
OTHER_ROWS = """
from events.models import Municipality, Talk
from registration.models import Erasure, Interest, Message
print(*Municipality.objects.order_by("pk"), sep=", ")
print(*Talk.objects.get(title="Gefragt").topics.order_by("pk"), sep=", ")
print(*Interest.objects.order_by("pk"), sep=", ")
print(*Message.objects.values_list("subject", "text"))
print(*Erasure.objects.order_by("pk").values_list("kind", "reason"))
"""
RIGHTS = """
import json
from django.contrib.auth.models import Group
print(json.dumps({
    group.name: sorted(group.permissions.values_list("codename", flat=True))
    for group in Group.objects.all()
}))
"""
OPEN = """
import json
from django.test import Client
browser = Client(headers={{"host": "localhost"}})
if {username!r}:
    account = {{"username": {username!r}, "password": "ein langes Passwort"}}
    assert browser.post("/admin/login/", account).status_code == 302
answers = [browser.get(path) for path in {paths!r}]
print(json.dumps([[answer.status_code, answer.content.decode()] for answer in answers]))
"""
DELIVER = """
from registration.mail.deliver import deliver_due
deliver_due()
"""
RESTORE = """
from django.core.management import call_command
call_command("restore")
"""


class FormerSite(Site):
    """The site of the version before, with today's code, minutes after its last backup."""

    def __init__(self, directory: Path):
        with tarfile.open(ARCHIVES / f"{connection.vendor}.tar.xz") as archive:
            archive.extractall(directory, filter="data")
        super().__init__(directory, own_database())
        self.facts = json.loads((directory / "facts.json").read_text())
        self.environment["SECRET_KEY"] = self.facts["secret_key"]

    def load(self):
        """Be as that version left the database."""
        (folder,) = self.backups.glob("*/")
        if self.url:
            dump = folder / "database.dump"
            subprocess.run(["pg_restore", "--no-owner", f"--dbname={self.url}", dump], check=True)
        else:
            shutil.copyfile(folder / "database.sqlite3", self.data / "db.sqlite3")

    def then(self, code) -> str:
        """Run the code in a process of the site, five minutes after the backup was made."""
        clock = (
            "import datetime, time_machine\n"
            f"moment = datetime.datetime.fromisoformat({self.facts['made_at']!r})\n"
            "time_machine.travel(moment + datetime.timedelta(minutes=5)).start()\n"
        )
        return self.shell(clock + code)

    def open(self, *paths, username="") -> list:
        """Return status and page of each address, as this organiser sees them, or a visitor."""
        return json.loads(self.then(OPEN.format(username=username, paths=paths)))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = FormerSite(tmp_path_factory.mktemp("before"))
    site.load()
    site.manage("migrate", "--verbosity=0")
    return site


def test_migrations_are_complete(site):
    assert site.manage("makemigrations", "--check") == "No changes detected"
    assert site.manage("migrate", "--plan").endswith("No planned migration operations.")


def test_everybody_stands_where_they_stood(site):
    assert site.shell(PEOPLE).splitlines() == [
        "Was war | None | confirmed",
        "Was war | None | confirmed",
        'Größe & "Glück" 🎈 | Kim Beispiel | confirmed',
        'Größe & "Glück" 🎈 | Lea Beispiel | confirmed',
        'Größe & "Glück" 🎈 | None | cancelled',
        'Größe & "Glück" 🎈 | Wanda Beispiel | confirmed',
        'Größe & "Glück" 🎈 | Willi Beispiel | waiting',
        'Größe & "Glück" 🎈 | Mo Beispiel | cancelled',
        "Zwei Mails warten | Bo Beispiel | confirmed",
        "Zwei Mails warten | Lea Beispiel | confirmed",
        "Gefragt | Pia Beispiel | pending",
    ]
    assert site.manage("check_invariants") == "Alles stimmt."


def test_who_was_counted_stays_so_under_its_own_name(site):
    """Robin has used the way in, or an organiser has said so: no certificate follows from it."""
    assert site.shell(PRESENCE).splitlines() == [
        "nichts | False | None",
        "dabei (alte Zählung) | False | None",
    ]


def test_other_rows_are_as_they_were(site):
    assert site.shell(OTHER_ROWS).splitlines() == [
        # "Hesen" was no Land: the migration has emptied it.
        "Gudensberg (Hessen), Homberg (Efze)",
        "Wärme & Licht, Mobilität",
        "inge.beispiel@stadt.example (Aktiv), ida.beispiel@stadt.example (Wartet auf Bestätigung)",
        "('Hinweis', 'Bis dann, {name}!')",
        "('registration', 'retention') ('registration', 'retention') ('registration', 'person')",
    ]


def test_links_in_mails_that_went_out_open_their_pages(site):
    links = site.facts["links"]
    wanted = {
        "anmeldung/bestaetigen": "Anmeldung bestätigen",
        "meine-anmeldung": "Kim Beispiel",
        "teilnehmen": "Größe &amp; &quot;Glück&quot; 🎈",
        "terminhinweise": "Wärme &amp; Licht",
        "terminhinweise/bestaetigen": "Neue Termine per E-Mail bestätigen",
    }
    assert links.keys() == wanted.keys()

    opened = site.open(*links.values())

    pages = dict(zip(links, opened, strict=True))
    assert {kind: (pages[kind][0], wanted[kind] in pages[kind][1]) for kind in wanted} == (
        dict.fromkeys(wanted, (200, True))
    )


def test_groups_have_their_rights(site):
    assert json.loads(site.shell(RIGHTS)) == {role: sorted(codenames(role)) for role in ROLES}


def test_organiser_logs_in_and_sees_what_the_group_may(site):
    participants, messages, towns = site.open(
        "/admin/registration/registration/",
        "/admin/registration/message/",
        "/admin/events/municipality/add/",
        username="teil",
    )

    assert (participants[0], "Wanda Beispiel" in participants[1]) == (200, True)
    assert (messages[0], "Hinweis" in messages[1]) == (200, True)
    assert towns[0] == 403


def test_mail_that_waited_goes_out_and_a_held_one_once_it_is_released(site, smtp_server):
    site.environment["SMTP_URL"] = f"smtp://127.0.0.1:{smtp_server.port}"
    lea = Mailbox(smtp_server, "lea.beispiel@stadt.example")
    bo = Mailbox(smtp_server, "bo.beispiel@stadt.example")

    site.then(DELIVER)

    assert (lea.subjects, bo.subjects) == (["Angemeldet"], [])
    (message,) = lea.messages
    assert "Guten Tag Lea Beispiel," in message.get_body(("plain",)).get_content()
    assert len(lea.calendar) == 1
    assert site.open(lea.link("/meine-anmeldung/").partition(str(site.port))[2])[0][0] == 200

    site.manage("release_mails", "--kind", "signed_up")
    site.then(DELIVER)

    assert bo.subjects == ["Angemeldet"]


def test_backup_of_the_version_before_is_put_back(tmp_path):
    site = FormerSite(tmp_path)

    said = site.then(RESTORE)

    # Bo was erased after the backup: the log beside it says so.
    assert "Zurückgespielt. Noch einmal gelöschte Personen: 1." in said
    assert "SECRET_KEY" not in said
    assert "Bo Beispiel" not in site.text()
    assert "Kim Beispiel" in site.text()
    assert site.manage("migrate", "--plan").endswith("No planned migration operations.")
    assert site.manage("check_invariants") == "Alles stimmt."
    assert site.open(site.facts["links"]["meine-anmeldung"])[0][0] == 200
