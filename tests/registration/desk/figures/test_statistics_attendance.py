"""What is known of who came stands in figures by its kind, and no kind is counted as another."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from events.models import Talk
from registration.desk.figures.statistics import AttendanceFigures, figures_of
from registration.models import Registration
from tests.makers import make_talk
from tests.registration.desk.figures.sheets import read_xlsx
from tests.registration.desk.figures.test_statistics import figures, make_past, make_people
from tests.registration.desk.figures.test_statistics_pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

JOINED = {"joined_at": datetime(2025, 3, 5, 9, 5, tzinfo=UTC)}
OLD = {"counted_before": True, **JOINED}


@pytest.fixture
def known():
    """Give a talk of an hour whose people are known in every way there is."""
    talk = make_past((2025, 3, 5), title="Bekannt")
    make_people(talk, 3, minutes_present=30, **JOINED)
    make_people(talk, 1, minutes_present=30, marked_present=True)
    make_people(talk, 2, minutes_present=29)
    make_people(talk, 1, minutes_present=29, marked_present=True, **OLD)
    make_people(talk, 1, marked_present=True)
    make_people(talk, 1, minutes_present=5, **OLD)
    make_people(talk, 2, **OLD)
    make_people(talk, 4, **JOINED)
    make_people(talk, 5)
    # Who has no seat any more is in no number.
    make_people(talk, 1, state="cancelled", minutes_present=60, marked_present=True, **JOINED)
    Talk.objects.store_presence(talk, guests=2)
    return talk


def test_each_person_counts_once_with_the_best_that_is_known(known):
    assert figures_of(known).attendance == AttendanceFigures(
        stayed=4,
        marked=2,
        is_known=True,
        confirmed=20,
        attended_of_them=6,
        counted_before=2,
        joined=7,
        guests=2,
    )
    shown = figures_of(known).attendance
    assert (shown.attended, shown.rate_text, shown.parts_text) == (
        6,
        "30\u00a0%",
        "4 nach Bericht, 2 vermerkt",
    )


def test_erasing_changes_no_number(known):
    before = figures_of(known)

    for row in Registration.objects.all():
        row.anonymise()

    assert figures_of(known) == before


@pytest.mark.parametrize(
    ("rows", "attended", "rate", "old", "joined"),
    [
        (JOINED, None, "nicht erfasst", 0, 3),
        (OLD, None, "nicht erfasst", 3, 0),
        ({"minutes_present": 29}, None, "nicht erfasst", 0, 0),
        # Of the fourth it is not known.
        ({"marked_present": True}, 3, "nicht erfasst", 0, 0),
    ],
)
def test_way_in_and_old_count_are_no_attendance(rows, attended, rate, old, joined):
    talk = make_past((2025, 3, 5))
    make_people(talk, 3, **rows)
    make_people(talk, 1)

    shown = figures_of(talk).attendance

    assert (shown.attended, shown.rate_text) == (attended, rate)
    assert (shown.counted_before, shown.joined) == (old, joined)


def test_report_in_which_nobody_stayed_counts_as_none_and_not_as_unknown():
    talk = make_past((2025, 3, 5))
    make_people(talk, 2, minutes_present=1)
    Talk.objects.store_presence(talk, guests=0)

    (year,) = figures()

    assert (year.attendance.attended, year.attendance.rate_text) == (0, "0\u00a0%")


def test_rate_of_a_year_is_that_of_the_talks_whose_report_was_read(known):
    make_people(make_past((2025, 4, 2), title="Nur Zugang"), 30, **JOINED)
    make_people(make_past((2025, 5, 7), title="Früher"), 30, **OLD)
    make_people(make_past((2025, 6, 4), title="Nur vermerkt"), 3, marked_present=True)

    (year,) = figures()

    assert (year.attendance, year.known_talks) == (
        AttendanceFigures(
            stayed=4,
            marked=5,
            is_known=True,
            confirmed=20,
            attended_of_them=6,
            counted_before=32,
            joined=37,
            guests=2,
        ),
        2,
    )
    assert year.attendance.rate_text == "30\u00a0%"


@pytest.mark.parametrize(("percent", "attended"), [(50, 6), (48, 8), (100, 3)])
def test_threshold_is_a_setting_that_the_page_says_in_words(
    admin_client, known, settings, percent, attended
):
    settings.PRESENCE_PERCENT = percent

    assert figures_of(known).attendance.attended == attended
    text = text_of(admin_client.get(reverse("admin:statistics")).content.decode())
    assert f"mindestens {percent} % der Zeit im Talk war" in text


def test_page_and_file_tell_the_kinds_apart(admin_client, known):
    html = admin_client.get(reverse("admin:statistics")).content.decode()

    text = text_of(html.partition('<h2 id="year-2025">')[2].partition("</section>")[0])
    assert "Dabei 6 Anteil dabei 30 % Dabei (alte Zählung) 2 Zugang benutzt 7 Gäste 2" in text
    assert (
        "Bekannt 5. März 2025 21 unbegrenzt 20 0 6 (30 %) 4 nach Bericht, 2 vermerkt 2 7 2" in text
    )
    sheet = read_xlsx(admin_client.get(reverse("admin:statistics_xlsx")).getvalue())["Talks"]
    assert dict(zip(sheet[0][4:], sheet[1][4:], strict=True)) == {
        "Anmeldungen": 21,
        "Angemeldet": 20,
        "Dabei": 6,
        "davon nach Bericht": 4,
        "davon vermerkt": 2,
        "Anteil dabei": 0.3,
        "Dabei (alte Zählung)": 2,
        "Zugang benutzt": 7,
        "Gäste": 2,
    }


def test_page_of_a_talk_says_what_is_known_of_who_came(admin_client, known):
    html = admin_client.get(reverse("admin:sign_ups", args=[known.pk])).content.decode()

    assert text_of(html.partition('<p class="attendance">')[2].partition("</p>")[0]) == (
        "6 von 20 dabei (4 nach Bericht, 2 vermerkt) · Dabei (alte Zählung): 2 "
        "· Zugang benutzt: 7 · Gäste: 2"
    )


def test_old_count_has_no_column_where_nothing_was_counted_so(admin_client):
    make_people(make_past((2025, 3, 5)), 3, minutes_present=60)

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    assert re.findall(r"<(?:th|dt)[^>]*>Dabei \(alte", html) == []


def test_talk_ahead_shows_nobody_as_come(admin_client):
    make_people(make_talk(starts_in=timedelta(minutes=10)), 3, **JOINED)

    text = text_of(admin_client.get(reverse("admin:statistics")).content.decode())

    assert "Zugang benutzt" not in text.partition("Was gezählt ist")[0]
