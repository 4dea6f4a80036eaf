"""Two hours before the start the queue ends; and what a change of the talk means for people."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]


def kinds(**fields):
    mails = OutgoingMail.objects.filter(**fields).order_by("pk")
    return [(mail.kind, mail.recipient.partition("@")[0]) for mail in mails]


@pytest.fixture
def talk():
    talk = make_talk(capacity=1)
    for name in ("seat", "wait", "last"):
        make_registration(talk, email=f"{name}@stadt.example")
    OutgoingMail.objects.all().delete()
    return talk


def test_talk_that_is_held_after_all_has_no_seat_of_nobody(talk, clock):
    """Who is forgotten after the beginning stays in the figures, but not in a talk to come."""
    clock.move_to(talk.starts_at + timedelta(minutes=5))
    for row in talk.registrations.exclude(email="last@stadt.example"):
        row.anonymise()
    talk.refresh_from_db()
    assert (talk.seats_taken, talk.waiting_count) == (1, 2)
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()

    (moved,) = Registration.objects.promote_waiting(talk)

    talk.refresh_from_db()
    assert (moved.email, talk.seats_taken, talk.waiting_count) == ("last@stadt.example", 1, 0)


def test_the_waiting_are_told_once_when_the_queue_ends(clock, talk):
    clock.move_to(talk.starts_at - timedelta(hours=2, seconds=1))
    assert Registration.objects.close_queues() == 0
    clock.shift(1)

    assert [Registration.objects.close_queues() for _ in range(3)] == [2, 0, 0]
    assert kinds() == [("no_seat", "wait"), ("no_seat", "last")]


def test_after_the_start_nobody_is_told_any_more(clock, talk):
    clock.move_to(talk.starts_at)

    assert Registration.objects.close_queues() == 0


def test_seat_that_becomes_free_late_goes_to_the_next_form(clock, talk):
    clock.move_to(talk.starts_at - timedelta(hours=1))
    Registration.objects.get(email="seat@stadt.example").cancel()
    assert kinds() == [("cancelled", "seat")]

    talk.refresh_from_db()
    new = make_registration(talk, email="new@stadt.example")

    assert new.state == "confirmed"


def test_more_seats_move_the_queue_up_and_fewer_throw_nobody_out(talk):
    talk.capacity = 2
    talk.save()
    Registration.objects.promote_waiting(talk)
    assert kinds() == [("promoted", "wait")]

    talk.capacity = 1
    talk.save()
    Registration.objects.promote_waiting(talk)

    assert Registration.objects.confirmed().count() == 2


def calendar_of(message):
    """Return (method, sequence, start, status) of the mail's calendar file, None without one."""
    for part in message.iter_attachments():
        if part.get_content_type() == "application/ics":
            calendar = Calendar.from_ical(part.get_content())
            (event,) = calendar.walk("VEVENT")
            return str(calendar["METHOD"]), int(event["SEQUENCE"]), event.start.isoformat()
    return None


def change(talk, **fields):
    for field, value in fields.items():
        setattr(talk, field, value)
    talk.save()
    return Registration.objects.tell_of_change(talk)


def test_moved_talk_updates_the_calendar_of_who_has_a_seat(talk, delivered):
    week = timedelta(days=7)

    change(talk, starts_at=talk.starts_at + week, ends_at=talk.ends_at + week)

    mails = delivered()
    assert set(mails) == {"seat", "wait", "last"}
    assert calendar_of(mails["seat"]) == ("REQUEST", 1, "2025-12-03T09:00:00+01:00")
    assert calendar_of(mails["wait"]) is None
    text = mails["seat"].get_body(("plain",)).get_content()
    assert "Vorher war er für den 26.\xa0November 2025, 9:00\xa0Uhr angekündigt." in text
    assert mails["seat"]["Subject"].startswith("Geändert: ")


@pytest.mark.parametrize(
    ("status", "word"), [("cancelled", "Abgesagt: "), ("postponed", "Verschoben: ")]
)
def test_talk_that_is_off_leaves_the_calendars(talk, delivered, status, word):
    change(talk, status=status)

    mails = delivered()
    assert calendar_of(mails["seat"])[:2] == ("CANCEL", 1)
    assert calendar_of(mails["wait"]) is None
    assert mails["seat"]["Subject"].startswith(word)
    assert Registration.objects.confirmed().count() == 1


def test_postponed_talk_with_its_new_date_comes_back(talk, delivered):
    change(talk, status="postponed")
    delivered()

    week = timedelta(days=7)
    change(talk, status="published", starts_at=talk.starts_at + week, ends_at=talk.ends_at + week)

    assert calendar_of(delivered()["seat"]) == ("REQUEST", 2, "2025-12-03T09:00:00+01:00")


def test_each_change_is_told_once(talk):
    assert len(change(talk, title="Erster neuer Titel")) == 3
    assert change(talk) == []
    assert len(change(talk, title="Zweiter neuer Titel")) == 3


def test_mail_says_how_things_stand_when_it_goes_out(talk, delivered):
    change(talk, status="cancelled")
    talk.status = "published"
    talk.save()

    assert calendar_of(delivered()["seat"])[:2] == ("REQUEST", 2)


def test_who_left_before_the_mail_went_out_is_not_told(talk, delivered):
    change(talk, title="Anders")
    Registration.objects.get(email="wait@stadt.example").cancel()

    assert "Abgemeldet" in delivered()["wait"]["Subject"]


def test_request_higher_request_cancel_and_request_again(talk, delivered):
    talk.capacity = None
    talk.save()
    make_registration(talk, email="kim@stadt.example")
    seen = [calendar_of(delivered()["kim"])[:2]]
    week = timedelta(days=7)
    change(talk, starts_at=talk.starts_at + week, ends_at=talk.ends_at + week)
    seen.append(calendar_of(delivered()["kim"])[:2])
    Registration.objects.live().get(email="kim@stadt.example").cancel()
    seen.append(calendar_of(delivered()["kim"])[:2])
    make_registration(talk, email="kim@stadt.example")
    seen.append(calendar_of(delivered()["kim"])[:2])

    assert seen == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3)]


def test_cancelled_talk_stays_readable_and_closes_the_form(client, talk):
    change(talk, status="cancelled")

    page = client.get(talk.get_absolute_url()).content.decode()
    assert "Dieser Talk ist abgesagt." in page
    assert "Kostenfrei anmelden" not in page
