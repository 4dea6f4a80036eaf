"""A talk with people is changed or called off: who is told, and what their calendars get."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from registration.models import OutgoingMail, Registration
from tests.makers import let_know, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]


@pytest.fixture
def talk():
    talk = make_talk(capacity=1)
    for name in ("seat", "wait", "last"):
        make_registration(talk, email=f"{name}@stadt.example")
    let_know(talk)
    return talk


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
    assert mails["seat"]["Subject"].startswith("Geändert, ")


@pytest.mark.parametrize(
    ("status", "word"), [("cancelled", "Abgesagt, "), ("postponed", "Verschoben, ")]
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


def test_each_change_is_told_once(talk, delivered):
    assert len(change(talk, title="Erster neuer Titel")) == 3
    assert change(talk) == []
    # The mail that waits will say what is true when it goes out.
    assert change(talk, title="Zweiter neuer Titel") == []
    assert "Zweiter neuer Titel" in delivered()["seat"]["Subject"]
    assert len(change(talk, title="Dritter neuer Titel")) == 3


def test_mail_of_the_version_before_hinders_no_other_one(talk):
    """Its key counted changes: `change-1` may be among the mails that are there."""
    row = Registration.objects.get(email="seat@stadt.example")
    OutgoingMail.objects.enqueue_each("talk_changed", [row], version="change-1")
    OutgoingMail.objects.update(state="sent")

    assert len(change(talk, title="Neuer Titel")) == 3


def test_mail_says_how_things_stand_when_it_goes_out(talk, delivered):
    change(talk, status="cancelled")
    talk.status, talk.title = "published", "Anders & schön"
    talk.save()

    assert calendar_of(delivered()["seat"])[:2] == ("REQUEST", 2)


def test_change_that_is_taken_back_before_the_mail_went_out_is_no_news(talk, delivered):
    change(talk, status="cancelled")
    talk.status = "published"
    talk.save()

    assert delivered() == {}
    assert not Registration.objects.untold().exists()


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


def test_mail_about_a_new_title_after_a_move_speaks_of_all_that_changed(talk, delivered):
    week = timedelta(days=7)
    change(talk, starts_at=talk.starts_at + week, ends_at=talk.ends_at + week)
    delivered()

    change(talk, title="Neuer Titel")

    text = " ".join(delivered()["seat"].get_body(("plain",)).get_content().split())
    assert " Neuer Titel Mittwoch, 3. Dezember 2025" in text
    assert "die Angaben zum Talk haben sich geändert. Es gilt, was hier steht." in text


def test_mail_about_a_postponed_talk_promises_a_seat_to_who_has_one(talk, delivered):
    promise = "Sie behalten Ihren Platz"

    change(talk, status="postponed")

    texts = {who: mail.get_body(("plain",)).get_content() for who, mail in delivered().items()}
    assert {who: promise in text for who, text in texts.items()} == {
        "seat": True,
        "wait": False,
        "last": False,
    }


def test_who_is_erased_during_the_talk_is_not_told_that_it_is_moved(clock):
    talk = make_talk()
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    let_know(talk)
    clock.move_to(talk.starts_at + timedelta(minutes=5))
    Registration.objects.erase_person("lea@stadt.example")
    talk.refresh_from_db()
    week = timedelta(days=7)

    mails = change(talk, starts_at=talk.starts_at + week, ends_at=talk.ends_at + week)

    assert [mail.recipient for mail in mails] == ["kim@stadt.example"]
