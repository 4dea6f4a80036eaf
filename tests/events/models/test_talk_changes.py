"""What saving a talk does besides: the calendar's number rises, and no count is overwritten."""

from datetime import timedelta

import pytest

from events.models import Talk
from tests.conftest import NOW
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


@pytest.mark.parametrize("only_that_field", [False, True])
@pytest.mark.parametrize(
    ("field", "value", "rises_by"),
    [
        ("check_at", NOW + DAY, 1),
        ("check_url", "https://meet.example/probe", 1),
        ("meeting_url", "https://meet.example/raum", 1),
        ("status", "cancelled", 1),
        ("title", "Neuer Titel", 0),
        ("starts_at", NOW + DAY, 0),
    ],
)
def test_sequence_of_the_technical_check_rises_with_what_it_tells(
    field, value, rises_by, only_that_field
):
    talk = Talk.objects.get(pk=make_talk().pk)
    setattr(talk, field, value)
    talk.save(update_fields=[field] if only_that_field else None)

    assert Talk.objects.get().check_sequence == rises_by


def test_room_of_the_talk_is_not_that_of_a_check_with_its_own():
    talk = make_talk(check_url="https://meet.example/probe")
    talk.meeting_url = "https://meet.example/raum"
    talk.save()

    assert Talk.objects.get().check_sequence == 0


@pytest.mark.parametrize("only_that_field", [False, True])
@pytest.mark.parametrize(
    ("field", "value", "rises_by"),
    [
        ("title", "Neuer Titel", 1),
        ("starts_at", NOW + DAY, 1),
        ("ends_at", NOW + 30 * DAY, 1),
        ("status", "cancelled", 1),
        ("subtitle", "Neu", 0),
        ("announcement", "Neu", 0),
        ("recap", "Neu", 0),
        ("capacity", 7, 0),
        ("publish_at", NOW, 0),
        ("slug", "neu", 0),
    ],
)
def test_calendar_sequence_rises_with_title_time_and_status(
    field, value, rises_by, only_that_field
):
    talk = Talk.objects.get(pk=make_talk(calendar_sequence=4).pk)
    setattr(talk, field, value)
    talk.save(update_fields=[field] if only_that_field else None)

    stored = Talk.objects.get()
    assert (stored.calendar_sequence, talk.calendar_sequence) == (4 + rises_by, 4 + rises_by)
    assert getattr(stored, field) == value


def test_calendar_sequence_rises_once_for_one_save():
    talk = make_talk()
    sequences = []
    for title, status in [("a", "cancelled"), ("a", "cancelled"), ("b", "cancelled")]:
        talk.title, talk.status = title, status
        talk.save()
        sequences.append(Talk.objects.get().calendar_sequence)

    assert sequences == [1, 1, 2]


def test_calendar_sequence_rises_from_what_a_cancellation_has_made_it_meanwhile():
    talk = make_talk()
    Talk.objects.update(calendar_sequence=5)
    talk.title = "Neu"
    talk.save()

    assert Talk.objects.get().calendar_sequence == 6


def test_calendar_sequence_waits_until_the_new_title_is_saved():
    talk = make_talk()
    talk.title = "Neu"
    talk.save(update_fields=["announcement"])
    before = Talk.objects.get()
    talk.save()
    after = Talk.objects.get()

    assert (before.title, before.calendar_sequence) == (TITLE, 0)
    assert (after.title, after.calendar_sequence) == ("Neu", 1)


def test_saving_a_talk_read_long_ago_overwrites_no_count():
    stale = Talk.objects.get(pk=make_talk().pk)
    fresh = Talk.objects.get()
    fresh.seats_taken, fresh.waiting_count, fresh.calendar_sequence = 3, 2, 5
    Talk.objects.store_counts(fresh)

    stale.recap = "Neu"
    stale.save()

    stored = Talk.objects.get()
    assert (stored.seats_taken, stored.waiting_count, stored.calendar_sequence, stored.recap) == (
        3,
        2,
        5,
        "Neu",
    )


@pytest.mark.parametrize(
    ("field", "value", "moved_at"),
    [
        ("starts_at", NOW + DAY, NOW),
        ("ends_at", NOW + 30 * DAY, NOW),
        ("title", "Neu", None),
        ("status", "cancelled", None),
    ],
)
@pytest.mark.parametrize("only_that_field", [False, True])
def test_talk_knows_when_its_date_was_changed(field, value, moved_at, only_that_field):
    talk = make_talk()
    assert talk.dates_changed_at is None
    setattr(talk, field, value)
    talk.save(update_fields=[field] if only_that_field else None)

    assert Talk.objects.get().dates_changed_at == moved_at


def test_saving_a_talk_read_long_ago_keeps_when_it_was_changed():
    stale = Talk.objects.get(pk=make_talk().pk)
    fresh = Talk.objects.get()
    fresh.starts_at += DAY / 48
    fresh.status = "cancelled"
    fresh.save()

    stale.recap = "Neu"
    stale.save()

    assert Talk.objects.values_list("dates_changed_at", "status_changed_at").get() == (NOW, NOW)


@pytest.mark.parametrize("fields", [None, ["starts_at", "ends_at"]])
def test_new_date_publishes_a_postponed_talk_in_one_change(fields):
    talk = make_talk(status="postponed")
    former = talk.starts_at
    talk = Talk.objects.get()
    talk.starts_at += 7 * DAY
    talk.ends_at += 7 * DAY
    talk.save(update_fields=fields)

    columns = ("status", "previous_starts_at", "change_no", "calendar_sequence")
    assert Talk.objects.values_list(*columns).get() == ("published", former, 1, 1)
    assert Talk.objects.values_list("status_changed_at", "dates_changed_at").get() == (NOW, NOW)
    talk.save()
    assert Talk.objects.get().change_no == 1


@pytest.mark.parametrize(
    ("before", "changes", "status"),
    [
        ("published", {"status": "postponed", "starts_at": NOW + DAY}, "postponed"),
        ("postponed", {"status": "cancelled", "starts_at": NOW + DAY}, "cancelled"),
        ("postponed", {"title": "Neu"}, "postponed"),
        ("postponed", {"ends_at": NOW + 30 * DAY}, "postponed"),
        ("cancelled", {"starts_at": NOW + DAY}, "cancelled"),
        ("draft", {"starts_at": NOW + DAY}, "draft"),
    ],
)
def test_no_other_change_publishes(before, changes, status):
    make_talk(status=before)
    talk = Talk.objects.get()
    for name, value in changes.items():
        setattr(talk, name, value)
    talk.save()

    assert Talk.objects.get().status == status


def test_date_that_is_not_saved_publishes_nothing():
    make_talk(status="postponed")
    talk = Talk.objects.get()
    talk.starts_at += DAY / 48
    talk.save(update_fields=["recap"])

    assert Talk.objects.get().status == "postponed"


@pytest.mark.parametrize("character", ["\xad", "\u200b", "\v", "\u202e"])
def test_what_nobody_can_see_is_no_change(character):
    talk = make_talk(title="Stadtentwicklung")

    talk.title = f"Stadt{character}entwicklung" if character != "\v" else "Stadtentwicklung\v"
    talk.save()

    talk.refresh_from_db()
    assert (talk.title, talk.change_no, talk.calendar_sequence) == ("Stadtentwicklung", 0, 0)
