"""The table of all talks to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.first_page.page import as_role
from tests.registration.desk.first_page.test_start_page import sections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADING = "Kommende Talks"
HEAD = "Termin Talk Stand Angemeldet"
DAY = timedelta(days=1)


def rows(client) -> str:
    return sections(client)[HEADING].removeprefix(f"{HEAD} ")


def test_row_says_when_what_who_and_what_is_missing(admin_client):
    talk = make_talk(capacity=3, starts_in=12 * DAY)
    for name in "abcd":
        make_registration(talk, email=f"{name}@stadt.example")

    assert rows(admin_client) == (
        f"Mo., 17. Nov. 2025, 9–10 Uhr {TITLE} Fehlt: Zugangslink, Thema, Bild, Zugänglichkeit "
        "Veröffentlicht 3 von 3 angemeldet 1 wartet"
    )
    html = admin_client.get("/admin/").content.decode()
    assert f'<a href="/admin/registration/registration/?talk__id__exact={talk.pk}">3 von 3' in html


def test_all_talks_to_come_are_listed_the_next_one_first(admin_client):
    make_talk(title="Später", starts_in=40 * DAY)
    make_talk(title="Entwurf", starts_in=5 * DAY, status="draft")
    make_talk(title="Fällt aus", starts_in=4 * DAY, status="cancelled")
    make_talk(title="Ohne Termin", starts_in=-9 * DAY, status="postponed")
    make_talk(title="Lange vorbei", starts_in=-40 * DAY)

    found = rows(admin_client)
    titles = ["Fällt aus", "Entwurf", "Später", "Ohne Termin"]
    assert sorted(titles, key=found.index) == titles
    assert "Lange vorbei" not in found
    assert "offen Ohne Termin Verschoben, neuer Termin offen" in found


def test_talk_that_is_not_public_yet_says_from_when(admin_client):
    make_talk(publish_at=timezone.now() + 2 * DAY)

    assert "Veröffentlicht ab 7. November 2025, 9:00 Uhr" in rows(admin_client)


def test_what_may_be_meant_so_stands_there_too(admin_client):
    monday = timezone.now() + 12 * DAY
    make_talk(title="A", starts_at=monday)
    make_talk(title="B", starts_at=monday + DAY)
    make_talk(title="C", starts_at=monday + 2 * DAY)
    make_talk(title="D", starts_at=monday + 7 * DAY)

    assert rows(admin_client).count("Zwei Talks in einer Woche") == 3


def test_empty_site_says_so_and_offers_a_new_talk(client, admin_user):
    client.force_login(admin_user)
    assert sections(client)[HEADING] == "Es steht kein Talk bevor."
    assert 'href="/admin/events/talk/add/">Neuer Talk' in client.get("/admin/").content.decode()
    as_role(client, "Lesend")

    assert "Neuer Talk" not in client.get("/admin/").content.decode()
