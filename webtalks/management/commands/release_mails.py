"""`manage.py release_mails`: lets held mails go out; without a choice it only lists them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from registration.models import OutgoingMail
from registration.models.mails.outgoing_mail import OutgoingMailQuerySet


class Command(BaseCommand):
    help = "Zeigt die zurückgehaltenen Mails und gibt sie frei."

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = OutgoingMail.Kind.values
        parser.add_argument("--all", action="store_true", help="Gibt alle frei.")
        parser.add_argument("--kind", choices=kinds, help="Gibt nur diese Art frei.")

    def handle(self, *args: Any, kind: str | None, **options: Any) -> None:
        mails = OutgoingMail.objects.held()
        if kind:
            mails = mails.filter(kind=kind)
        if kind or options["all"]:
            self.stdout.write(f"Freigegeben: {mails.release()}.")
        else:
            self.show(mails)

    def show(self, mails: OutgoingMailQuerySet) -> None:
        for mail in mails.order_by("created_at", "pk"):
            written = timezone.localtime(mail.created_at)
            self.stdout.write(f"{written:%d.%m.%Y %H:%M}  {mail.kind:<16}  {mail.recipient}")
        self.stdout.write(f"Zurückgehalten: {mails.count()}. Freigeben mit --all oder --kind.")
