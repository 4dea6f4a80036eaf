"""The answer to "Can I sign up?": each state has a code, a label and what can be done."""

from datetime import timedelta

import pytest

from events.models import bookability
from tests.conftest import NOW
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "label", "action"),
    [
        ({}, "Anmeldung offen", "Kostenfrei anmelden"),
        ({"capacity": 1}, "Nur noch wenige Plätze", "Kostenfrei anmelden"),
        ({"capacity": 1, "seats_taken": 1}, "Ausgebucht – Warteliste", "Auf die Warteliste"),
        ({"capacity": 1, "seats_taken": 1, "waiting_list": False}, "Ausgebucht", ""),
        (
            {"registration_opens_at": NOW + DAY},
            "Anmeldung ab 6.\xa0November 2025, 9:00\xa0Uhr",
            "",
        ),
        ({"publish_at": NOW + DAY}, "Anmeldung noch nicht geöffnet", ""),
        ({"registration_closes_at": NOW}, "Anmeldung geschlossen", ""),
        ({"status": "cancelled"}, "Abgesagt", ""),
        ({"status": "postponed"}, "Verschoben", ""),
        ({"starts_in": -DAY}, "Vorbei", ""),
        ({"status": "draft"}, "Entwurf", ""),
    ],
)
def test_registration_state_in_words(fields, label, action):
    state = make_talk(**fields).registration_state

    assert (state.label, state.action) == (label, action)


def test_every_state_has_a_code_of_its_own():
    found = [
        value
        for value in vars(bookability).values()
        if isinstance(value, bookability.RegistrationState)
    ]

    assert len(found) == 10
    assert len({state.code for state in found}) == 10
    assert len({state.label for state in found}) == 10
