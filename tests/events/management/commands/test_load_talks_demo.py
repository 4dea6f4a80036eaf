"""`manage.py load_talks --demo`: two talks moved ahead, two drawings; the site says so."""

import re
from datetime import datetime, timedelta

import pytest

from events.models import Talk
from tests.conftest import BERLIN
from tests.events.management.commands.test_load_talks import G1, HERZBERG, load
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def moments() -> dict[str, str]:
    return {
        talk.title: f"{talk.local_starts_at:%a %Y-%m-%d %H:%M} {talk.local_ends_at:%H:%M}"
        for talk in Talk.objects.order_by("-starts_at")[:2]
    }


@pytest.mark.parametrize(
    ("now", "g1", "herzberg"),
    [
        # Three weeks ahead summer time is over, seven weeks too.
        (
            datetime(2026, 10, 12, 9, tzinfo=BERLIN),
            "Wed 2026-11-04 10:00 11:00",
            "Tue 2026-12-01 10:00 11:00",
        ),
        # Three weeks ahead it is still winter time, seven weeks ahead it is summer time.
        (
            datetime(2026, 3, 2, 9, tzinfo=BERLIN),
            "Wed 2026-03-25 10:00 11:00",
            "Tue 2026-04-21 10:00 11:00",
        ),
        # A Sunday just begun, which in UTC is still the Saturday.
        (
            datetime(2026, 7, 5, 0, 30, tzinfo=BERLIN),
            "Wed 2026-07-29 10:00 11:00",
            "Tue 2026-08-25 10:00 11:00",
        ),
    ],
)
def test_demo_moves_the_two_newest_ahead(clock, now, g1, herzberg):
    clock.move_to(now)
    out = load("--demo")

    assert moments() == {G1: g1, HERZBERG: herzberg}
    talks = {talk.title: talk for talk in Talk.objects.upcoming()}
    assert out == [
        "6 Talks angelegt, 6 in der Datei.",
        f"Zum Ausprobieren verlegt: „{G1}“ vom 29.10.2025 auf {talks[G1].date_text}.",
        f"Zum Ausprobieren verlegt: „{HERZBERG}“ vom 25.11.2025 auf {talks[HERZBERG].date_text}.",
    ]
    assert [talk.title for talk in Talk.objects.bookable()] == [G1, HERZBERG]


@pytest.mark.parametrize(
    "weekday", [2, 6, *(pytest.param(day, marks=pytest.mark.slow) for day in (0, 1, 3, 4, 5))]
)
def test_demo_moves_to_three_and_seven_weeks_whatever_day_it_is(clock, weekday):
    now = datetime(2026, 6, 1, 12, tzinfo=BERLIN) + timedelta(days=weekday)
    clock.move_to(now)
    load("--demo")

    first, second = Talk.objects.upcoming()
    assert abs(first.starts_at - now - timedelta(weeks=3)) < timedelta(days=4)
    assert abs(second.starts_at - now - timedelta(weeks=7)) < timedelta(days=4)
    assert [talk.weekday_text for talk in (first, second)] == ["Mittwoch", "Dienstag"]


def test_demo_moves_nothing_while_a_talk_lies_ahead(clock):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    make_talk()

    assert load("--demo") == ["6 Talks angelegt, 6 in der Datei."]
    assert Talk.objects.upcoming().count() == 1


def test_demo_says_which_dates_are_made_up_until_they_change(client, clock):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    load("--demo")
    moved = Talk.objects.upcoming()
    note, line = "Zum Ausprobieren verlegt", "Probebetrieb: "
    path = moved[0].get_absolute_url()

    html = client.get("/").content.decode()
    assert (html.count(note), html.count(line)) == (2, 1)
    assert client.get(path).content.decode().count(note) == 1
    assert client.get("/archiv/").content.decode().count(note) == 2

    for talk in moved:
        talk.starts_at += timedelta(hours=1)
        talk.ends_at += timedelta(hours=1)
        talk.save()
    for page in ("/", "/archiv/", path):
        html = client.get(page).content.decode()
        assert (page, note in html, line in html) == (page, False, False)


def test_true_dates_are_never_called_made_up(client):
    load()

    html = client.get("/").content.decode()
    assert ("Zum Ausprobieren" in html, "Probebetrieb" in html) == (False, False)


def test_demo_shows_two_drawings_with_their_own_credit(client, clock):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    load("--demo")

    drawn = list(Talk.objects.exclude(image=""))
    assert [talk.municipality.name for talk in drawn] == ["Herzberg (Elster)", "Vrees"]
    for talk in drawn:
        html = client.get(talk.get_absolute_url()).content.decode()
        assert "<span>Illustration: Kleinstadt Web-Talks</span>" in html
        assert f"<span>{talk.image_caption}</span>" in html
        assert f'alt="{talk.image_alt}"' in html
        assert talk.image_caption
        assert talk.image_alt
        assert "Foto:" not in html
    # The card of the newest past talk shows its drawing, and its town.
    start = client.get("/").content.decode()
    card = re.search(r'<li class="card">.*?</li>', start, re.DOTALL)[0]
    assert "<picture>" in card
    assert '<span class="sign">Vrees <small>Niedersachsen</small></span>' in card


def test_demo_covers_no_picture_and_returns_none_that_was_removed(clock):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    load()
    vrees = Talk.objects.get(municipality__name="Vrees")
    vrees.image, vrees.image_credit = upload(jpeg()), CREDIT
    vrees.save()
    load("--demo")
    Talk.objects.filter(municipality__name__startswith="Herzberg").update(image="")

    load("--demo")

    assert list(Talk.objects.exclude(image="").values_list("title", "image_credit")) == [
        (vrees.title, CREDIT)
    ]


@pytest.mark.parametrize(
    "status",
    ["postponed", *(pytest.param(s, marks=pytest.mark.slow) for s in ("draft", "cancelled"))],
)
def test_demo_moves_when_what_lies_ahead_does_not_take_place(clock, status):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    make_talk(status=status)

    assert len(load("--demo")) == 3


def test_demo_leaves_own_talks_where_they_are(clock):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    own = make_talk(starts_in=timedelta(days=-1))
    before = own.starts_at
    load("--demo")

    own.refresh_from_db()
    assert own.starts_at == before
    assert [talk.title for talk in Talk.objects.upcoming()] == [G1, HERZBERG]


def test_without_demo_all_stay_in_the_past(clock):
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=BERLIN))
    load()

    assert (Talk.objects.upcoming().count(), Talk.objects.past().count()) == (0, 6)
