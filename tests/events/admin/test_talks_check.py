"""The technical check in a talk's form: who enters it, who sees it, and who never does."""

from datetime import datetime

import pytest
from django.urls import reverse

from events.models import Talk
from tests.admin_form import send, url
from tests.conftest import BERLIN
from tests.makers import make_talk
from tests.registration.test_roles import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ROOM = "https://konferenz.example/probe?a=1&b=2"


def test_it_is_entered_with_date_time_and_link(admin_client):
    talk = make_talk()
    sent = {"check_at_0": "20.11.2025", "check_at_1": "10:00", "check_url": f" {ROOM} "}

    assert send(admin_client, url(talk), sent).status_code == 302

    talk = Talk.objects.get()
    assert (talk.check_at, talk.check_url) == (datetime(2025, 11, 20, 10, tzinfo=BERLIN), ROOM)
    assert (talk.check_sequence, talk.calendar_sequence) == (1, 0)


def test_one_that_is_over_stays_as_it_was(admin_client):
    talk = make_talk(check_at=datetime(2025, 11, 4, 10, tzinfo=BERLIN))

    assert send(admin_client, url(talk), {"subtitle": "Neu"}).status_code == 302
    assert Talk.objects.get().check_at == talk.check_at


@pytest.mark.parametrize(
    ("role", "sees_it"), [("Redaktion", True), ("Teilnehmende", False), ("Lesend", False)]
)
def test_link_to_its_room_is_for_who_enters_it(client, role, sees_it):
    talk = make_talk(check_url=ROOM)
    log_in(client, role)

    html = client.get(url(talk)).content.decode()
    history = client.get(reverse("admin:events_talk_history", args=[talk.pk])).content.decode()

    assert ("konferenz.example" in html, "konferenz.example" in history) == (sees_it, False)


@pytest.mark.parametrize("lookup", ["check_url", "check_url__startswith"])
def test_link_to_its_room_cannot_be_guessed_letter_by_letter(client, lookup):
    make_talk(check_url=ROOM)
    log_in(client, "Lesend")

    page = reverse("admin:events_talk_changelist")
    assert client.get(page, {lookup: "https"}).status_code == 400


def test_public_sees_nothing_of_it(client):
    check_at = datetime(2025, 11, 20, 10, tzinfo=BERLIN)
    talk = make_talk(check_at=check_at, check_url=ROOM)
    pages = ["/", "/archiv/", talk.get_absolute_url(), "/kalender.ics", "/feed.xml"]
    pages.append(f"{talk.get_absolute_url()}termin.ics")

    for page in pages:
        text = client.get(page).content.decode()
        seen = [words for words in ("konferenz.example", "Technik-Check") if words in text]
        assert (page, seen) == (page, [])
