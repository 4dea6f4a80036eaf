"""How people stand in a talk, and mails in the outbox."""

from registration.models import OutgoingMail
from tests.makers import make_registration, make_talk

KIM = {"name": "Kim Beispiel", "email": "kim@stadt.example"}


def states(talk):
    return list(talk.registrations.order_by("pk").values_list("email", "state"))


def mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "recipient", "state"))


def queue(*names):
    talk = make_talk()
    for name in names:
        make_registration(talk, email=f"{name}@stadt.example")
    return list(OutgoingMail.objects.order_by("pk"))


def state_of(mail):
    mail.refresh_from_db()
    return mail.state, mail.attempts, mail.recipient, mail.last_error
