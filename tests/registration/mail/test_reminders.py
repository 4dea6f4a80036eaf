from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from registration.mail import reminders
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration, links
from tests.conftest import BERLIN
from tests.mailbox import Mailbox
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def row(smtp_server):
    """One person, registered long ago; the confirmation is out."""
    row = make_registration()
    deliver_due()
    smtp_server.messages.clear()
    return row


def planned():
    reminders.plan_due()
    mails = OutgoingMail.objects.filter(kind__startswith="reminder").order_by("pk")
    return list(mails.values_list("kind", "state"))


def test_each_reminder_is_planned_at_its_moment_and_once(clock, row):
    day = row.talk.starts_at - timedelta(days=1)
    clock.move_to(day - timedelta(seconds=1))
    assert planned() == []
    clock.move_to(day)
    assert planned() == [("reminder_day", "queued")]
    clock.shift(timedelta(hours=2))
    assert planned() == [("reminder_day", "queued")]
    hour = row.talk.starts_at - timedelta(hours=1)
    clock.move_to(hour - timedelta(seconds=1))
    assert len(planned()) == 1
    clock.move_to(hour)
    assert planned() == [("reminder_day", "queued"), ("reminder_hour", "queued")]


@pytest.mark.parametrize(
    ("starts_at", "moment"),
    [
        # The clocks go back in the night before, and forward.
        (datetime(2026, 10, 25, 10, tzinfo=BERLIN), datetime(2026, 10, 24, 10, tzinfo=BERLIN)),
        (datetime(2026, 3, 29, 10, tzinfo=BERLIN), datetime(2026, 3, 28, 10, tzinfo=BERLIN)),
    ],
)
def test_day_before_is_the_same_time_on_the_wall_across_summer_time(clock, starts_at, moment):
    make_registration(make_talk(starts_at=starts_at))
    clock.move_to(moment - timedelta(seconds=1))
    assert planned() == []
    clock.move_to(moment)
    assert planned() == [("reminder_day", "queued")]


def test_how_early_a_reminder_comes_is_one_number(clock, monkeypatch, smtp_server):
    day, hour = reminders.REMINDERS
    earlier = replace(day, before=timedelta(days=2))
    monkeypatch.setattr(reminders, "REMINDERS", (earlier, hour))
    talk = make_registration().talk

    clock.move_to(talk.starts_at - timedelta(days=2))

    assert planned() == [("reminder_day", "queued")]
    deliver_due()
    kim = Mailbox(smtp_server, "kim@stadt.example")
    assert kim.subjects == ["Angemeldet", "In 2 Tagen"]
    assert "Morgen" not in kim.messages[-1].get_body(("html",)).get_content()


@pytest.mark.parametrize(("switch", "kind"), [("day", "reminder_hour"), ("hour", "reminder_day")])
def test_each_can_be_switched_off_for_a_talk(clock, switch, kind):
    talk = make_talk(**{f"reminds_{switch}_before": False})
    make_registration(talk)
    for before in (timedelta(days=1), timedelta(hours=1)):
        clock.move_to(talk.starts_at - before)
        found = planned()

    assert found == [(kind, "queued")]


@pytest.mark.parametrize(("hours", "is_reminded"), [(5.9, False), (6.1, True)])
def test_who_came_just_now_needs_no_reminder(clock, hours, is_reminded):
    talk = make_talk(starts_in=timedelta(days=1, hours=hours))
    make_registration(talk)
    clock.move_to(talk.starts_at - timedelta(days=1))

    assert len(planned()) == is_reminded


@pytest.mark.parametrize(
    ("before", "patience"),
    [(timedelta(days=1), timedelta(hours=6)), (timedelta(hours=1), timedelta(minutes=30))],
)
def test_missed_reminder_is_not_sent_late(clock, row, smtp_server, before, patience):
    clock.move_to(row.talk.starts_at - before)
    planned()
    clock.shift(patience)

    assert deliver_due() == ["obsolete"]
    assert smtp_server.messages == []


@pytest.mark.parametrize(
    ("before", "patience"),
    [(timedelta(days=1), timedelta(hours=6)), (timedelta(hours=1), timedelta(minutes=30))],
)
def test_worker_that_slept_through_the_moment_plans_nothing(clock, row, before, patience):
    clock.move_to(row.talk.starts_at - before + patience)

    assert planned() == []


def test_who_is_not_confirmed_is_not_reminded(clock):
    talk = make_talk(capacity=1)
    gone = make_registration(talk, email="gone@stadt.example")
    make_registration(talk, email="seat@stadt.example")
    make_registration(talk, email="wait@stadt.example")
    gone.cancel()
    clock.move_to(talk.starts_at - timedelta(days=1))
    planned()

    mails = OutgoingMail.objects.filter(kind="reminder_day")
    assert [mail.recipient for mail in mails] == ["seat@stadt.example"]


def test_reminder_of_who_left_meanwhile_is_not_sent(clock, row):
    clock.move_to(row.talk.starts_at - timedelta(days=1))
    planned()
    row.cancel()

    assert deliver_due() == ["sent", "obsolete"]


def test_moved_talk_makes_the_old_reminder_void_and_plans_a_new_one(clock, row, smtp_server):
    clock.move_to(row.talk.starts_at - timedelta(days=1))
    planned()
    talk = row.talk
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()

    assert deliver_due() == ["obsolete"]
    clock.shift(timedelta(days=7))
    planned()
    assert deliver_due() == ["sent"]


@pytest.mark.parametrize("status", ["cancelled", "postponed", "draft"])
def test_talk_that_is_off_reminds_nobody(clock, row, status):
    row.talk.status = status
    row.talk.save()
    clock.move_to(row.talk.starts_at - timedelta(days=1))

    assert planned() == []


def unsubscribe(row):
    token = links.token(row.key, links.PURPOSE_REMINDERS)
    return reverse("registration:reminders", args=[token])


def test_one_click_needs_no_cookie_and_follows_no_redirect(client, clock, row, smtp_server):
    client.handler.enforce_csrf_checks = True
    clock.move_to(row.talk.starts_at - timedelta(days=1))
    planned()
    deliver_due()
    content = smtp_server.messages[0].content.decode()
    assert f"List-Unsubscribe: <http://testserver{unsubscribe(row)}>" in content.replace(
        "\r\n ", " "
    )
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content

    client.get(unsubscribe(row))
    row.refresh_from_db()
    assert row.reminders_off is False
    response = client.post(unsubscribe(row), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    row.refresh_from_db()
    assert (row.reminders_off, row.state) == (True, "confirmed")
    clock.move_to(row.talk.starts_at - timedelta(hours=1))
    assert planned() == [("reminder_day", "sent")]


def test_unsubscribed_meanwhile_is_not_reminded(client, clock, row):
    clock.move_to(row.talk.starts_at - timedelta(days=1))
    planned()
    client.post(unsubscribe(row))

    assert deliver_due() == ["obsolete"]


@pytest.mark.parametrize("minutes", [30, pytest.param(10, marks=pytest.mark.slow)])
def test_plain_case_is_three_mails(clock, smtp_server, minutes):
    talk = make_talk()
    make_registration(talk)
    subjects = []
    for moment in (
        talk.starts_at - timedelta(days=20),
        *(talk.starts_at - timedelta(minutes=before) for before in range(1500, -120, -minutes)),
    ):
        clock.move_to(moment)
        reminders.plan_due()
        Registration.objects.close_queues()
        deliver_due()

    subjects = [mail.kind for mail in OutgoingMail.objects.order_by("pk")]
    assert subjects == ["signed_up", "reminder_day", "reminder_hour"]
    assert len(smtp_server.messages) == 3


@pytest.mark.parametrize("people", [1, 12])
def test_planning_costs_the_same_for_any_number_of_people(
    clock, django_assert_max_num_queries, people
):
    talk = make_talk()
    for number in range(people):
        make_registration(talk, email=f"p{number}@stadt.example")
    clock.move_to(talk.starts_at - timedelta(days=1))

    with django_assert_max_num_queries(9):
        assert reminders.plan_due() == people


def test_erased_person_keeps_no_reminder_from_the_others(clock):
    """Who is erased during the talk stays confirmed in it, and is still there when it moves."""
    talk = make_talk()
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    clock.move_to(talk.starts_at + timedelta(minutes=5))
    Registration.objects.erase_person("lea@stadt.example")
    talk.refresh_from_db()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    other = make_talk(title="Anderer", starts_in=timedelta(days=7))
    make_registration(other, email="mo@stadt.example")

    clock.move_to(talk.starts_at - timedelta(hours=23))

    assert reminders.plan_due() == 2
    mails = OutgoingMail.objects.filter(kind="reminder_day").order_by("recipient")
    assert [mail.recipient for mail in mails] == ["kim@stadt.example", "mo@stadt.example"]


SUMMER_TIME_ENDS = datetime(2025, 10, 26, 10, 0, tzinfo=BERLIN)
SUMMER_TIME_BEGINS = datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("starts_at", "hours"), [(SUMMER_TIME_ENDS, 25), (SUMMER_TIME_BEGINS, 23)]
)
def test_clock_change_between_sign_up_and_talk_moves_no_time_on_the_wall(
    clock, smtp_server, starts_at, hours
):
    clock.move_to(starts_at - timedelta(days=30))
    make_registration(make_talk(starts_at=starts_at))
    day_before = starts_at - timedelta(days=1)
    assert starts_at.timestamp() - day_before.timestamp() == hours * 3600
    sent = []

    # In UTC: the clock on the wall leaps in between.
    for moment in (day_before.astimezone(UTC), starts_at.astimezone(UTC) - timedelta(hours=1)):
        for early in (timedelta(seconds=1), timedelta(0)):
            clock.move_to(moment - early)
            reminders.plan_due()
            deliver_due()
            sent.append(len(smtp_server.messages))

    assert sent == [1, 2, 2, 3]
    kim = Mailbox(smtp_server, "kim@stadt.example")
    assert kim.subjects == ["Angemeldet", "Morgen", "Gleich geht es los"]
    texts = [message.get_body(("plain",)).get_content() for message in kim.messages]
    assert all(", 10–11\xa0Uhr, online" in text for text in texts)
    ((start, end, _),) = kim.calendar.values()
    assert [(time.hour, time.utcoffset()) for time in (start, end)] == [
        (10, starts_at.utcoffset()),
        (11, starts_at.utcoffset()),
    ]
