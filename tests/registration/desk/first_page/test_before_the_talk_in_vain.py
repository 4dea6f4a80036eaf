"""A full talk with a seat whose confirmation came back: said at once, until it is put right."""

import pytest
from django.urls import reverse

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.first_page.page import find, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "smtp_server")]

WORDS = "ist vielleicht umsonst vergeben"


def came_back(talk):
    """Sign somebody up whose confirmation comes back; return the registration."""
    row = make_registration(talk)
    deliver_due()
    assert OutgoingMail.objects.get(registrations=row).mark_bounced("5.1.1")
    return row


def test_seat_in_a_full_talk_whose_confirmation_came_back_is_said_at_once(admin_client):
    talk = make_talk(capacity=1)
    row = came_back(talk)
    make_registration(talk, email="zweite@stadt.example")

    line = find(admin_client, WORDS)
    assert (line.text, line.deadline, line.is_urgent) == (
        f"{TITLE} Ein Platz im vollen Talk ist vielleicht umsonst vergeben: "
        "Die Bestätigung kam zurück. 1 Person wartet.",
        "In 21 Tagen ist der Talk.",
        True,
    )
    page = admin_client.get(line.url)
    assert list(page.context["cl"].result_list) == [row]
    assert "Kam zurück: Das Postfach gibt es nicht (5.1.1)" in page.content.decode()
    person = reverse("admin:registration_registration_person", args=[row.pk])
    shown = admin_client.get(person).content.decode()
    assert "Kam zurück: Das Postfach gibt es nicht (5.1.1), am " in shown

    assert row.correct_address("kim@stadt-neu.example")
    assert not [line for line in lines(admin_client) if WORDS in line.text]


def test_seat_is_nobodys_trouble_while_others_are_free(admin_client):
    came_back(make_talk(capacity=2))

    assert not [line for line in lines(admin_client) if WORDS in line.text]
