"""The words of organisers' messages go with the last person of their talk."""

from datetime import timedelta

import pytest

from events.models import Talk
from registration.models import OutgoingMail
from registration.privacy.retention import carry_out
from tests.makers import make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def words_of(message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.subject, message.text


def test_words_of_a_message_go_with_the_people_of_its_talk(clock):
    row = make_registration()
    draft = make_message(row.talk, subject="Kim Beispiel fällt aus")
    released = make_message(row.talk, text="Frau Beispiel moderiert.")
    released.release()
    of_another = make_message(make_talk(starts_in=timedelta(days=90)), subject="Ä & ä")
    clock.move_to(row.talk.ends_at + timedelta(days=30))
    carry_out()
    assert "Kim Beispiel" in words_of(draft)[0]

    clock.shift(1)
    assert [carry_out(), carry_out()] == [1, 0]

    assert words_of(draft) == words_of(released) == ("", "")
    assert words_of(of_another)[0] == "Ä & ä"
    # That there was one, and what became of its mails, stays.
    assert (released.is_released, released.progress["total"]) == (True, 1)
    assert draft.release() == 0


def test_words_of_a_message_stay_as_long_as_people_wait_for_the_new_date(clock):
    row = make_registration()
    message = make_message(row.talk)
    Talk.objects.filter(pk=row.talk_id).update(status=Talk.Status.POSTPONED)

    clock.move_to(row.talk.ends_at + timedelta(days=180))
    carry_out()
    assert words_of(message) == ("{titel}", "Bis {termin}!")

    clock.shift(1)
    carry_out()
    assert words_of(message) == ("", "")


def test_message_to_nobody_is_emptied_too(clock):
    message = make_message(make_talk())
    message.send_test("orga@amt.example")
    clock.move_to(message.talk.ends_at + timedelta(days=30, seconds=1))

    carry_out()

    assert words_of(message) == ("", "")
    assert OutgoingMail.objects.get().state == "obsolete"
