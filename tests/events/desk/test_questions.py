"""What the talk's form asks back: it is shown again, with the reason and a box to tick."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from events.models import Material, Speaker, Talk
from tests.admin_form import errors_of, fill_in, send, url
from tests.html_form import form_data
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The clock stands at 5 November 2025, 9:00.
SLIP = {"starts_at_0": "26.11.2024"}
BOX = '<input type="checkbox" name="means_past" '
LABEL = "Ja, der Talk soll in der Vergangenheit liegen"
REASON = (
    "Der Beginn am 26.\u00a0November 2024, 9:00\u00a0Uhr, liegt in der Vergangenheit. "
    "2\u00a0Personen sind angemeldet. Ist das so gemeint?"
)


@pytest.fixture
def talk():
    """Return a talk on 26 November with one seat taken and one person waiting."""
    found = make_talk(capacity=1)
    for name in ("kim", "lea"):
        make_registration(found, email=f"{name}@stadt.example")
    return Talk.objects.get()


def typed(response) -> dict:
    return form_data(response.content.decode(), "talk_form")


def stored() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Talk, Speaker, Material)]


def test_form_asks_nothing_until_there_is_a_reason(admin_client, talk):
    assert BOX not in admin_client.get(url(talk)).content.decode()
    assert "means_past" not in admin_client.get(url(Talk, "add")).content.decode()


@pytest.mark.parametrize(
    "button",
    ["_publish", *(pytest.param(b, marks=pytest.mark.slow) for b in ("_save", "_continue"))],
)
def test_first_showing_saves_nothing_and_keeps_what_was_typed(admin_client, talk, button):
    Talk.objects.update(status="draft")
    before = stored()
    changes = SLIP | {
        "title": "Neu & anders",
        "status": "published",
        "speakers-0-name": "Jörg Öz",
        "materials-TOTAL_FORMS": "1",
        "materials-0-title": "Seite",
        "materials-0-url": "https://vhw.de/",
        "materials-0-audience": "public",
        "materials-0-position": "0",
        button: "1",
    }

    response = send(admin_client, url(talk), changes)

    assert errors_of(response) == {"means_past": [REASON]}
    assert (stored(), LogEntry.objects.count()) == (before, 0)
    shown = typed(response)
    assert "means_past" not in shown
    assert {name: shown[name] for name in ("title", "starts_at_0", "materials-0-url")} == {
        "title": ["Neu & anders"],
        "starts_at_0": ["26.11.2024"],
        "materials-0-url": ["https://vhw.de/"],
    }
    assert shown["speakers-0-name"] == ["Jörg Öz"]

    assert (
        admin_client.post(url(talk), shown | {"means_past": "on", button: "1"}).status_code == 302
    )
    saved = Talk.objects.get()
    assert (saved.title, saved.status, saved.short_date_text) == (
        "Neu & anders",
        "published",
        "26.\u00a0November 2024",
    )
    assert Speaker.objects.get().name == "Jörg Öz"
    assert Material.objects.get().url == "https://vhw.de/"


def test_box_stands_below_the_date_with_its_label(admin_client, talk):
    html = send(admin_client, url(talk), SLIP).content.decode()

    below = (
        html.partition("Termin</h2>")[2].partition("Worum es")[0].partition('name="ends_at"')[2]
    )
    assert (BOX in below, LABEL in below) == (True, True)
    assert html.count(BOX) == 1


def test_tick_stays_when_something_else_is_wrong(admin_client, talk):
    response = send(admin_client, url(talk), SLIP | {"title": "", "means_past": "on"})

    assert errors_of(response) == {"title": ["Dieses Feld ist zwingend erforderlich."]}
    assert typed(response)["means_past"] == ["on"]


def test_history_names_what_was_changed_and_no_tick(admin_client, talk):
    send(admin_client, url(talk), SLIP | {"means_past": "on"})

    text = LogEntry.objects.get().get_change_message()
    assert re.sub(r" \(.*?\)", "", text) == "Geändert: Beginn und Ende."


def test_end_alone_asks_too(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=2))
    make_registration(talk)
    clock.move_to(talk.starts_at + timedelta(minutes=50))

    response = send(admin_client, url(talk), {"ends_at": "45"})

    assert errors_of(response) == {
        "means_past": [
            "Das Ende am 5.\u00a0November 2025, 11:45\u00a0Uhr, liegt in der Vergangenheit. "
            "1\u00a0Person ist angemeldet. Ist das so gemeint?"
        ]
    }


def test_talk_without_people_is_moved_without_a_question(admin_client):
    talk = make_talk()
    make_registration(talk).cancel()

    assert send(admin_client, url(talk), SLIP).status_code == 302


def test_talk_that_is_over_is_corrected_without_a_question(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=2))
    make_registration(talk)
    clock.move_to(talk.ends_at + timedelta(hours=1))

    assert send(admin_client, url(talk), {"title": "Neu"}).status_code == 302
    assert send(admin_client, url(talk), SLIP).status_code == 302


def test_later_date_asks_nothing(admin_client, talk):
    later = {"starts_at_0": "26.11.2026"}

    assert send(admin_client, url(talk), later).status_code == 302


def test_somebody_else_s_change_comes_before_any_question(admin_client, talk, clock):
    data = fill_in(admin_client, url(talk), SLIP)
    clock.shift(timedelta(minutes=5))
    send(admin_client, url(talk), {"title": "Neu"})

    html = admin_client.post(url(talk), data).content.decode()

    assert ("Jemand anderes hat" in html, BOX in html) == (True, False)
    assert Talk.objects.get().starts_at > timezone.now()
    assert Talk.objects.get().title != TITLE


def test_past_date_of_a_talk_that_waits_for_one_is_asked_about(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=2))
    make_registration(talk)
    Talk.objects.update(status="postponed")
    clock.move_to(talk.ends_at + timedelta(hours=1))

    assert send(admin_client, url(talk), {"ends_at": "75"}).status_code == 302
    assert list(errors_of(send(admin_client, url(talk), SLIP))) == ["means_past"]
    assert Talk.objects.get().status == "postponed"
    assert send(admin_client, url(talk), SLIP | {"means_past": "on"}).status_code == 302
    assert Talk.objects.get().status == "published"
