"""What the tables hold: all rows, how people stand in a talk, and the outbox."""

from django.apps import apps

from registration.models import OutgoingMail
from tests.makers import make_registration, make_talk


def all_rows(*but) -> dict:
    """Return all rows of all tables, but those of the models named."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in models
        if model not in but
    }


def states(talk) -> list[tuple]:
    return list(talk.registrations.order_by("pk").values_list("email", "state"))


def mails() -> list[tuple]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "recipient", "state"))


def mails_to(*names) -> list[OutgoingMail]:
    """Sign up people of these names; return the mails that wait for them."""
    talk = make_talk()
    for name in names:
        make_registration(talk, email=f"{name}@stadt.example")
    return list(OutgoingMail.objects.order_by("pk"))


def state_of(mail) -> tuple:
    mail.refresh_from_db()
    return mail.state, mail.attempts, mail.recipient, mail.last_error
