"""`manage.py release_mails`: lets held mails go out; without a choice it only lists them."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.models import OutgoingMail


class Command(BaseCommand):
    help = "Zeigt die zurückgehaltenen Mails und gibt sie frei."

    def add_arguments(self, parser):
        kinds = OutgoingMail.Kind.values
        parser.add_argument("--all", action="store_true", help="Gibt alle frei.")
        parser.add_argument("--kind", choices=kinds, help="Gibt nur diese Art frei.")

    def handle(self, *args, kind, **options):
        mails = OutgoingMail.objects.held()
        if kind:
            mails = mails.filter(kind=kind)
        if kind or options["all"]:
            self.stdout.write(f"Freigegeben: {mails.release()}.")
        else:
            self.list(mails)

    def list(self, mails):
        for mail in mails.order_by("created_at", "pk"):
            written = timezone.localtime(mail.created_at)
            self.stdout.write(f"{written:%d.%m.%Y %H:%M}  {mail.kind:<16}  {mail.recipient}")
        self.stdout.write(f"Zurückgehalten: {mails.count()}. Freigeben mit --all oder --kind.")
