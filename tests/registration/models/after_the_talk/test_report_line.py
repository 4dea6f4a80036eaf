"""Lines of a report between reading and confirming: less than an hour, and of nobody erased."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from registration.models import Registration, ReportLine
from registration.models.after_the_talk.report_line import delete_old_lines, name_words
from tests.makers import make_registration, make_report_line, make_talk
from webtalks.management.commands.worker import DUTIES, Command

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Kim Beispiel", ("kim", "beispiel")),
        ("Beispiel, Dr.Kim", ("kim", "beispiel")),
        ("Prof. Dr.-Ing. h. c. Änne Süß-Müller", ("aenne", "suess", "mueller")),
        ("Kim Beispiel, M. A.", ("kim", "beispiel")),
        ("Kim A. Beispiel", ("kim", "a", "beispiel")),
        ("José Núñez", ("jose", "nunez")),
        ("李 小龙", ("李", "小龙")),
        ("Dr.", ()),
        ("…", ()),
    ],
)
def test_words_of_a_name(name, words):
    assert name_words(name) == words


def test_lines_live_less_than_an_hour(clock):
    talk = make_talk()
    line = make_report_line(talk)
    interval = DUTIES[delete_old_lines]
    clock.shift(timedelta(minutes=54))
    assert (list(ReportLine.objects.current(talk)), delete_old_lines()) == ([line], 0)

    clock.shift(timedelta(minutes=1))

    assert not ReportLine.objects.current(talk)
    assert line.goes_at - line.read_at + interval <= timedelta(hours=1)
    Command().run_once()
    assert not ReportLine.objects.exists()


def test_new_reading_takes_the_place_of_the_one_before():
    talk, other = make_talk(), make_talk(town="Vrees")
    make_report_line(talk)
    kept = make_report_line(other)
    reader = User.objects.create_user("orga")

    ReportLine.objects.all().replace(talk, [ReportLine(name="Jo", kind="person")], reader)

    (line,) = ReportLine.objects.current(talk)
    assert (line.name, line.read_by, list(ReportLine.objects.current(other))) == (
        "Jo",
        reader,
        [kept],
    )


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ({"name": "Ganz anders", "email": "KIM@stadt.example"}, True),
        ({"name": "Beispiel, Dr. Kim | Stadt Größenau"}, True),
        ({"name": "KIM"}, True),
        ({"name": "Kim Anders"}, False),
        ({"name": "Änne Groß"}, False),
        ({"name": "4930*****12"}, False),
        ({"name": ""}, False),
    ],
)
def test_who_is_erased_leaves_no_line(line, goes):
    talk = make_talk()
    row = make_registration(talk)
    make_report_line(talk, **line)
    other = make_report_line(make_talk(town="Vrees"), "Kim Beispiel")

    row.anonymise()

    left = ReportLine.objects.filter(talk=talk).exists()
    assert (left, list(ReportLine.objects.exclude(talk=talk))) == (not goes, [other])


def test_line_that_was_given_to_who_is_erased_goes():
    row = make_registration()
    make_report_line(row.talk, "4930*****12", registration=row)

    row.anonymise()

    assert not ReportLine.objects.exists()


def test_minutes_are_noted_of_who_has_a_seat(clock):
    talk = make_talk()
    rows = [make_registration(talk, name=f"P{n}", email=f"p{n}@stadt.example") for n in range(4)]
    rows[1].cancel()
    rows[2].anonymise()
    Registration.objects.filter(pk=rows[3].pk).update(minutes_present=9)
    make_report_line(talk)

    changed, skipped = Registration.objects.all().note_minutes(
        talk, {row.pk: 40 for row in rows[:3]}, guests=2
    )

    assert ([row.pk for row in changed], skipped) == ([rows[0].pk], 2)
    minutes = Registration.objects.order_by("pk").values_list("minutes_present", flat=True)
    assert list(minutes) == [40, None, None, 9]
    talk.refresh_from_db()
    assert (talk.guests, talk.presence_read_at is not None) == (2, True)
    assert not ReportLine.objects.exists()
    Registration.objects.all().note_minutes(talk, {}, guests=0, drop_others=True)
    assert not Registration.objects.exclude(minutes_present=None).exists()
