"""What is still to do for a talk."""

from datetime import date, datetime, timedelta

import pytest

from events.desk.todo import Sort, tasks_of
from events.models import Series, Talk, Topic
from tests.conftest import BERLIN, NOW
from tests.events.upload_files import jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TODAY = date(2025, 11, 5)
COMPLETE = {"meeting_url": "https://video.example/"}


def found_in(talk, *others, series=None):
    """Return what is to do, without what only makes a talk better."""
    tasks = tasks_of(talk, TODAY, series or Series(), others)
    return [task for task in tasks if task.sort is not Sort.EXTRA]


def texts(talk, *others) -> list[str]:
    return [task.text.replace("\u00a0", " ") for task in found_in(talk, *others)]


def test_complete_talk_lacks_nothing():
    talk = make_talk(
        **COMPLETE, image=upload(jpeg()), image_credit="© Kim", image_alt="Das Rathaus"
    )
    talk.topics.add(Topic.objects.create(name="Energie"))
    facts = {"has_captions": False, "has_sign_language": True, "has_telephone": False}

    assert tasks_of(talk, TODAY, Series(**facts), [talk]) == []


def test_what_makes_a_talk_better_is_named_too():
    talk = make_talk(**COMPLETE)

    extras = [task for task in tasks_of(talk, TODAY, Series()) if task.sort is Sort.EXTRA]
    assert [(task.text, task.field) for task in extras] == [
        ("Thema fehlt", "chosen_topics"),
        ("Bild fehlt", "image"),
        ("Angaben zur Zugänglichkeit fehlen", "has_captions"),
    ]


def test_cancelled_talk_lacks_nothing():
    assert tasks_of(make_talk(status="cancelled", announcement=""), TODAY, Series()) == []


def test_talk_with_marks_is_not_looked_up_again(django_assert_num_queries):
    make_talk(**COMPLETE)
    talk = Talk.objects.with_towns().with_marks().get()

    with django_assert_num_queries(0):
        tasks_of(talk, TODAY, Series())


@pytest.mark.parametrize(
    ("fields", "task"),
    [
        ({"town": None}, ("Ort fehlt", "municipality")),
        ({"speaker": ""}, ("Referentin oder Referent fehlt", "speakers-0-name")),
        ({"announcement": ""}, ("Ankündigung fehlt", "announcement")),
        (
            {"status": "postponed"},
            ("Der neue Termin steht noch nicht fest", "starts_at_0"),
        ),
    ],
)
def test_missing_fact_is_named_with_its_field(fields, task):
    talk = make_talk(**COMPLETE | fields)

    assert [(found.text, found.field) for found in found_in(talk)] == [task]


def test_promised_telephone_needs_a_number():
    series, talk = Series(has_telephone=True), make_talk(**COMPLETE, starts_in=timedelta(3))
    (task,) = found_in(talk, series=series)
    assert (task.text.partition(",")[0], task.field) == ("Nummer zur Einwahl fehlt", "dial_in")

    talk.has_telephone = False
    assert found_in(talk, series=series) == []
    talk.has_telephone, talk.dial_in = None, "030 123456"
    assert found_in(talk, series=series) == []


def test_picture_needs_credit_and_alternative_text():
    talk = make_talk(**COMPLETE, image=upload(jpeg()), image_credit="© Kim")
    assert texts(talk) == ["Alternativtext fehlt"]

    talk.image_credit = ""
    assert texts(talk) == ["Alternativtext fehlt", "Bildnachweis fehlt"]


@pytest.mark.parametrize(
    ("fields", "days", "said"),
    [
        ({}, 99, ["Zugangslink fehlt, in 99 Tagen ist es so weit"]),
        ({}, 1, ["Zugangslink fehlt, morgen ist es so weit"]),
        ({}, 0, ["Zugangslink fehlt, heute ist es so weit"]),
        ({"publish_at": NOW + timedelta(days=1)}, 15, []),
        (
            {"publish_at": NOW + timedelta(days=1)},
            14,
            ["Zugangslink fehlt, in 14 Tagen ist es so weit"],
        ),
    ],
)
def test_access_link_is_asked_for_from_publication_on(fields, days, said):
    # Late in the evening: days are counted by the calendar, not in hours.
    starts_at = NOW.replace(hour=22) + timedelta(days=days)

    assert texts(make_talk(starts_at=starts_at, **fields)) == said


def test_draft_with_a_moment_of_publication_is_named_at_once():
    talk = make_talk(
        **COMPLETE,
        status="draft",
        starts_in=timedelta(days=90),
        publish_at=NOW + timedelta(days=30),
    )

    assert texts(talk) == [
        "Noch ein Entwurf: erscheint nicht von selbst am 5. Dezember 2025, 9:00 Uhr"
    ]


@pytest.mark.parametrize(
    ("days", "said"), [(29, []), (28, ["Noch ein Entwurf, in 28 Tagen ist es so weit"])]
)
def test_draft_is_to_be_published_four_weeks_before(days, said):
    talk = make_talk(**COMPLETE, status="draft", starts_in=timedelta(days=days))

    assert texts(talk) == said


@pytest.mark.parametrize(
    ("day", "land", "said"),
    [
        ((2026, 5, 14), "Hessen", ["Feiertag: Christi Himmelfahrt"]),
        ((2026, 6, 4), "Hessen", ["Feiertag in Hessen: Fronleichnam"]),
        ((2026, 6, 4), "Sachsen", []),
        ((2026, 5, 13), "Hessen", []),
    ],
)
def test_holiday_is_named_where_it_is_one(day, land, said):
    talk = make_talk(**COMPLETE, starts_at=datetime(*day, 10, tzinfo=BERLIN))
    talk.municipality.land = land

    assert texts(talk) == said


def test_two_talks_in_one_week_are_named_on_both():
    monday = make_talk(**COMPLETE, title="A", starts_at=datetime(2026, 1, 12, 10, tzinfo=BERLIN))
    sunday = make_talk(**COMPLETE, title="B", starts_at=datetime(2026, 1, 18, 23, tzinfo=BERLIN))
    later = make_talk(**COMPLETE, title="C", starts_at=datetime(2026, 1, 19, 0, tzinfo=BERLIN))
    year_before = make_talk(
        **COMPLETE, title="D", starts_at=datetime(2025, 1, 15, 10, tzinfo=BERLIN)
    )
    talks = [monday, sunday, later, year_before]

    assert [texts(talk, *talks) for talk in talks] == [
        ["Zwei Talks in derselben Woche: „B“ am 18. Januar 2026"],
        ["Zwei Talks in derselben Woche: „A“ am 12. Januar 2026"],
        [],
        [],
    ]


def test_week_at_the_turn_of_the_year_is_one():
    first = make_talk(**COMPLETE, title="A", starts_at=datetime(2025, 12, 30, 10, tzinfo=BERLIN))
    second = make_talk(**COMPLETE, title="B", starts_at=datetime(2026, 1, 2, 10, tzinfo=BERLIN))

    assert texts(first, second) == ["Zwei Talks in derselben Woche: „B“ am 2. Januar 2026"]


def test_talk_without_its_new_date_is_in_no_week():
    talk = make_talk(**COMPLETE)
    make_talk(**COMPLETE, title="B", status="postponed")

    assert texts(talk, *type(talk).objects.all()) == []
