"""A site with something of everything, in a process and a database of its own."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg

from tests.forked import run
from tests.server import ROOT, Server

# Run inside the site's own process.
FILL = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from events.models import Material, PracticeProfile, Series, Topic
from registration.models import Consent, Interest, Message, OutgoingMail, ProposedChange
from registration.models import Registration
from registration.mail.deliver import deliver_due
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import give_feedback, make_offer, make_registration, make_speaker_link
from tests.makers import make_talk

User.objects.create_superuser("chef", password="ein langes Passwort")
Series.load().save()
talk = make_talk(title="Größe & \\"Glück\\" 🎈", capacity=3, image=upload(jpeg()),
                 image_alt="Rot und blau", image_credit="Foto: Stadt")
talk.topics.add(Topic.objects.create(name="Wärme & Licht"))
Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "Folien.pdf"))
for name in ("ada", "bo", "kim"):
    make_registration(talk, name=f"{name.title()} Beispiel", email=f"{name}@stadt.example",
                      organisation="Stadt Größenau", question="Wie? 🤔")
make_registration(talk, name="Wanda Wartet", email="wanda@stadt.example")
Registration.objects.get(name="Kim Beispiel").join()
# Its reminder is due at any hour of the day; one of the day before is not after midnight.
soon = make_talk(title="Gleich", starts_in=timedelta(minutes=55))
early = make_registration(soon, name="Mo Morgen", email="mo@stadt.example")
Registration.objects.update(created_at=timezone.now() - timedelta(days=3),
                            state_changed_at=timezone.now() - timedelta(days=3))
make_registration(make_talk(title="Gefragt", double_opt_in=True), name="Pia Prüft",
                  email="pia@stadt.example")
Interest.objects.ask("inge@stadt.example", list(Topic.objects.all()))
make_offer(email="otto@stadt.example", name="Otto Bietet")
link = make_speaker_link(talk, email="sina@stadt.example")
ProposedChange.objects.propose(link, "subtitle", "Wie & warum 🎈")
ProposedChange.objects.propose(link, "slides", file=upload(PDF, "Neu.pdf"))
Consent.objects.give(link, "slides")
PracticeProfile.objects.create(talk=talk, costs="Größe: 0 €")
give_feedback(make_talk(title="Vorbei", starts_in=-timedelta(hours=1)), 6, takes_along="Ä 🎈")
message = Message.objects.create(talk=talk, subject="Hinweis", text="Bis dann, {name}!")
message.release()
deliver_due()
# What waits while the backup is made.
make_registration(make_talk(title="Spät"), name="Lea Langsam", email="lea@stadt.example")
print(OutgoingMail.objects.queued().count(), OutgoingMail.objects.exclude(sent_at=None).count())
"""


class Site(Server):
    """A site whose backups lie beside it, and whose mails go to a real server."""

    def __init__(self, directory: Path, database_url="", mail_server=None):
        super().__init__(directory / "site", database_url)
        (directory / "site").mkdir()
        self.data = directory / "site"
        self.backups = directory / "backups"
        self.url = database_url
        self.environment |= {"BACKUP_DIR": str(self.backups), "WEB_CONCURRENCY": "1"}
        if mail_server:
            self.environment["SMTP_URL"] = f"smtp://127.0.0.1:{mail_server.port}"

    def fill(self) -> str:
        self.set_up()
        return self.shell(FILL)

    def back_up(self, *arguments) -> Path:
        return Path(self.manage("backup", *arguments).splitlines()[0].removeprefix("Gesichert: "))

    def refuse(self, *arguments) -> str:
        """Return what a command says that must fail."""
        done = run(["manage.py", *arguments], self.environment, keep=True)
        error = done.stderr.strip()
        assert (done.returncode, error[:14]) == (1, "CommandError: "), error
        return error.removeprefix("CommandError: ")

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def destroy(self):
        """Lose everything: what remains of the database cannot be read."""
        for path in sorted((self.data / "media").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
        else:
            (self.data / "db.sqlite3").write_bytes(os.urandom(5000))

    def media(self) -> dict[str, bytes]:
        media = self.data / "media"
        files = (path for path in media.rglob("*") if path.is_file())
        return {str(path.relative_to(media)): path.read_bytes() for path in files}

    def text(self) -> str:
        """Return everything in the database as text."""
        if self.url:
            return subprocess.check_output(
                ["pg_dump", "--inserts", f"--dbname={self.url}"], text=True
            )
        import sqlite3

        with closing(sqlite3.connect(self.data / "db.sqlite3")) as database:
            return "\n".join(database.iterdump())
