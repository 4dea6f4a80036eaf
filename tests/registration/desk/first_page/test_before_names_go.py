"""The last week in which names can be worked with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Material
from registration.models import Registration
from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.first_page.test_start_page import sections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
HEADING = "Bevor die Namen gehen"


def desk(client, user) -> dict[str, str]:
    client.force_login(user)  # the clock has ended every session
    return sections(client)


@pytest.fixture
def talk():
    talk = make_talk(starts_in=2 * DAY)
    make_registration(talk)
    return talk


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (22, None),
        (23, "In 7 Tagen"),
        (29, "Morgen"),
        (30, "Heute"),
        (31, None),
    ],
)
def test_first_page_warns_for_a_week(client, admin_user, clock, talk, days, words):
    clock.move_to(talk.ends_at + days * DAY)
    if days == 30:
        clock.shift(-60)

    whole = words and (
        f"{TITLE} 7. November 2025 {words} werden die Namen gelöscht. "
        "Es fehlt: wer dabei war, Material. Zu den Anmeldungen"
    )
    assert desk(client, admin_user).get(HEADING) == whole


def test_only_what_is_missing_is_named(client, admin_user, clock, talk):
    clock.move_to(talk.ends_at + 25 * DAY)
    Registration.objects.update(joined_at=timezone.now())
    assert "Es fehlt: Material." in desk(client, admin_user)[HEADING]

    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")
    assert HEADING not in desk(client, admin_user)


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"status": "postponed"}])
def test_talk_that_did_not_take_place_lacks_nothing(client, admin_user, clock, talk, fields):
    for name, value in fields.items():
        setattr(talk, name, value)
    talk.save()
    clock.move_to(talk.ends_at + 25 * DAY)

    assert HEADING not in desk(client, admin_user)


def test_talk_without_people_lacks_nothing(client, admin_user, clock, talk):
    Registration.objects.get().cancel()
    clock.move_to(talk.ends_at + 25 * DAY)

    assert HEADING not in desk(client, admin_user)
