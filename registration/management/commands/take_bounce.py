"""`manage.py take_bounce`: takes one mail that came back, from the pipe of a mail server."""

import os
import sys
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from registration.mail.bounces.report import LOOKED_AT
from registration.mail.bounces.take import take

CHUNK = 65536


class Command(BaseCommand):
    help = (
        "Nimmt eine Mail an das Postfach für Rückläufer von der Standardeingabe entgegen. Ist sie "
        "ein Bericht über eine unserer Mails, steht diese danach als unzustellbar in der "
        "Verwaltung. Alles andere ändert nichts. Antwortet mit 75, wenn die Datenbank gerade "
        "nicht erreichbar ist: Dann soll der Mailserver es später noch einmal versuchen."
    )
    # They ask the database, and would end with another code while it is away.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Say nothing: what a pipe writes, a mail server would send back to somebody."""
        raw = read(sys.stdin.buffer)
        try:
            take(raw)
        except DatabaseError:
            self.stderr.write("Die Datenbank ist nicht erreichbar. Bitte später noch einmal.")
            sys.exit(os.EX_TEMPFAIL)


def read(pipe: BinaryIO) -> bytes:
    """Return the beginning of the mail; the rest is read too, lest the mail server gets EPIPE."""
    beginning = pipe.read(LOOKED_AT)
    while pipe.read(CHUNK):
        pass
    return beginning
