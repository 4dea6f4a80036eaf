"""The worker reminds speakers in time, once, and only of what is missing."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Material, Talk
from registration.mail.deliver import deliver_due
from registration.mail.speaker_reminders import days_due, plan_due
from registration.models import OutgoingMail, SpeakerLink
from tests.conftest import BERLIN
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STARTS_AT = datetime(2026, 4, 15, 10, tzinfo=BERLIN)


@pytest.fixture
def link(smtp_server):
    """Return the link of a speaker who was mailed it long before the talk."""
    found = make_speaker_link(make_talk(starts_at=STARTS_AT))
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", found, "1")
    deliver_due()
    return SpeakerLink.objects.with_talks().get(pk=found.pk)


def at(clock, days: int, hour: int = 9) -> int:
    """Plan so many days before the talk, at that hour of the clock in Berlin."""
    day = STARTS_AT.date() - timedelta(days=days)
    clock.move_to(datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN))
    return plan_due()


def test_reminders_go_out_21_7_and_2_days_before(link, clock):
    days = [days for days in range(40, -2, -1) if at(clock, days) and deliver_due()]

    assert days == [21, 7, 2]


@pytest.mark.parametrize(
    ("days", "hour", "number"),
    [(22, 16, 0), (21, 8, 0), (21, 9, 1), (21, 16, 1), (21, 17, 0), (20, 9, 1), (17, 9, 0)],
)
def test_only_in_office_hours_of_those_days(link, clock, days, hour, number):
    assert at(clock, days, hour) == number


@pytest.mark.parametrize(
    ("days", "due"),
    [(22, None), (21, 21), (18, 21), (17, None), (8, None), (7, 7), (4, 7), (3, None)]
    + [(2, 2), (1, 2), (0, None), (-1, None)],
)
def test_which_is_due(days, due):
    """At most one, also after a pause; days of the calendar, whatever the hour."""
    day = STARTS_AT - days * DAY
    for hour in (0, 23):
        assert days_due(STARTS_AT, day.replace(hour=hour)) == due


def test_each_once_and_again_for_a_new_date(link, clock):
    assert [at(clock, 21), at(clock, 21, 12), at(clock, 20)] == [1, 0, 0]
    deliver_due()
    assert at(clock, 18) == 0

    talk = Talk.objects.get()
    talk.starts_at, talk.ends_at = STARTS_AT + 7 * DAY, STARTS_AT + 7 * DAY + HOUR
    talk.save()
    assert at(clock, 14) == 1


def test_only_the_latest_after_a_long_pause(link, clock):
    assert at(clock, 6) == 1
    assert OutgoingMail.objects.latest("pk").dedupe_key.endswith("-7")


def complete(link):
    talk = link.talk
    talk.image, talk.image_credit = "bilder/a.jpg", "© Stadt"
    talk.save()
    Material.objects.create(talk=talk, title="Folien", url="https://stadt.example/folien")


@pytest.mark.parametrize(
    "end",
    [
        complete,
        lambda link: link.switch_reminders(off=True),
        lambda link: link.withdraw(),
        lambda link: Talk.objects.update(status=Talk.Status.CANCELLED),
        lambda link: Talk.objects.update(status=Talk.Status.POSTPONED),
        lambda link: SpeakerLink.objects.make(link.speaker, "neu@stadt.example"),
    ],
    ids=["complete", "off", "withdrawn", "cancelled", "postponed", "another address"],
)
def test_who_is_not_reminded(link, clock, end):
    end(link)

    assert at(clock, 21) == 0


def test_a_draft_is_prepared_like_all_others(link, clock):
    Talk.objects.update(status=Talk.Status.DRAFT)

    assert at(clock, 21) == 1


def test_who_got_the_link_just_now_is_left_alone_for_three_days(clock, smtp_server):
    clock.move_to(STARTS_AT - 21 * DAY - HOUR)
    link = make_speaker_link(make_talk(starts_at=STARTS_AT))
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    assert plan_due() == 0
    deliver_due()

    assert [at(clock, days) for days in (21, 20, 19)] == [0, 0, 0]
    assert at(clock, 18, 10) == 1


def test_one_question_finds_out_that_nobody_is_due(link, clock, django_assert_num_queries):
    clock.move_to(STARTS_AT - 30 * DAY)

    with django_assert_num_queries(1):
        plan_due()
    assert timezone.localtime().hour == 10
