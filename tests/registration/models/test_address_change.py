"""Another address without losing the seat: what moves, what stays, and who is told."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from registration.mail.deliver import deliver_due
from registration.models import Erasure, Interest, OutgoingMail, Registration, address_change
from registration.models.address_change import ask, carry_out
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]

OLD, NEW = "kim@stadt.example", "kim.neu@stadt.example"


def method(message):
    for part in message.iter_attachments():
        if part.get_content_type() == "application/ics":
            return str(Calendar.from_ical(part.get_content())["METHOD"])
    return None


def places(talk):
    """Return (address, state) of everybody in the talk, in the order in which they came."""
    rows = Registration.objects.in_talk(talk).order_by("created_at", "pk")
    return [(row.email, row.state) for row in rows]


def kinds(**asked):
    return sorted(OutgoingMail.objects.filter(**asked).values_list("kind", flat=True))


def test_wish_is_stored_with_no_registration_and_leaves_the_mail_once_sent(smtp_server):
    row = make_registration()
    deliver_due()
    before = list(Registration.objects.values())

    ask(row, NEW)

    assert list(Registration.objects.values()) == before
    assert OutgoingMail.objects.get(kind="change_address").recipient == NEW
    assert deliver_due() == ["sent"]
    assert smtp_server.messages[-1].rcpt_tos == [NEW]
    assert NEW not in repr([*Registration.objects.values(), *OutgoingMail.objects.values()])


def test_mail_that_asks_says_nothing_of_the_person(delivered):
    ask(make_registration(organisation="Stadt Ö", question="Wie?"), NEW)

    text = delivered()["kim.neu"].as_string()

    assert not {word for word in ("Kim Beispiel", OLD, "Stadt Ö", "Wie?") if word in text}


def test_everything_moves_and_both_addresses_are_told(delivered):
    first = make_registration(organisation="Stadt Ö", question="Wie?")
    second = make_registration(make_talk(title="Zweiter"))
    delivered()
    former = {(row.key, row.uuid) for row in (first, second)}

    assert carry_out(second, NEW)

    rows = list(Registration.objects.order_by("pk"))
    assert [(row.email, row.email_key, row.state) for row in rows] == [(NEW, NEW, "confirmed")] * 2
    assert not {(row.key, row.uuid) for row in rows} & former
    assert (rows[0].name, rows[0].organisation, rows[0].question) == (
        "Kim Beispiel",
        "Stadt Ö",
        "Wie?",
    )
    mails = delivered()
    assert set(mails) == {"kim", "kim.neu"}
    assert (method(mails["kim"]), method(mails["kim.neu"])) == (None, "REQUEST")
    told = mails["kim"].as_string()
    assert NEW not in told
    assert "meine-anmeldung" not in told
    assert set(Erasure.objects.values_list("uuid", "reason")) == {
        (uuid, "moved") for _, uuid in former
    }
    assert OLD not in repr([*Registration.objects.values(), *OutgoingMail.objects.values()])


@pytest.mark.parametrize(
    ("capacity", "people", "after"),
    [
        # Both have a seat: that of the new address stays, and the queue moves up.
        (2, [OLD, NEW, "w@x.example"], [(None, "cancelled"), (NEW, "confirmed"), "confirmed"]),
        # A seat is better than a place in the queue, whichever address has it.
        (1, [OLD, NEW, "w@x.example"], [(NEW, "confirmed"), (NEW, "cancelled"), "waiting"]),
        (1, [NEW, OLD, "w@x.example"], [(None, "cancelled"), (NEW, "confirmed"), "waiting"]),
    ],
)
def test_better_place_stays_and_the_other_is_freed(clock, capacity, people, after):
    talk = make_talk(capacity=capacity)
    for email in people:
        clock.shift(1)
        make_registration(talk, email=email)

    assert carry_out(Registration.objects.get(email=OLD), NEW)

    assert places(talk) == [*after[:2], ("w@x.example", after[2])]


@pytest.mark.parametrize("people", [[OLD, NEW], [NEW, OLD]])
def test_earlier_place_in_the_queue_stays(clock, people):
    talk = make_talk(capacity=1)
    for email in ("seat@x.example", people[0], "w@x.example", people[1]):
        clock.shift(1)
        make_registration(talk, email=email)

    assert carry_out(Registration.objects.get(email=OLD), NEW)

    waiting = Registration.objects.in_talk(talk).waiting()
    assert [row.email for row in waiting] == [NEW, "w@x.example"]


def test_pending_of_the_new_address_gives_way_to_the_seat():
    talk = make_talk()
    row = make_registration(talk)
    pending = make_registration(talk, email=NEW, must_confirm=True)

    assert carry_out(row, NEW)

    pending.refresh_from_db()
    row.refresh_from_db()
    assert (pending.state, pending.state_reason) == ("cancelled", "moved")
    assert (row.email, row.state) == (NEW, "confirmed")


def test_what_was_not_confirmed_is_asked_at_the_new_address(delivered):
    row = make_registration()
    make_registration(make_talk(title="Fragt"), must_confirm=True)
    delivered()

    assert carry_out(row, NEW)

    asked = OutgoingMail.objects.filter(kind="please_confirm").latest("pk")
    assert (asked.recipient, asked.state) == (NEW, "queued")
    assert kinds(state="queued") == ["address_changed", "address_left", "please_confirm"]


def test_talk_that_has_begun_keeps_both_of_its_rows(clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    make_registration(talk)
    make_registration(talk, email=NEW)
    later = make_registration(make_talk(title="Später"))
    clock.move_to(talk.starts_at + timedelta(minutes=5))

    assert carry_out(later, NEW)

    assert places(talk) == [(OLD, "confirmed"), (NEW, "confirmed")]
    later.refresh_from_db()
    assert later.email == NEW


def test_nothing_moves_where_both_addresses_are_in_a_talk_that_has_begun(clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    mine = make_registration(talk)
    make_registration(talk, email=NEW)
    clock.move_to(talk.starts_at + timedelta(minutes=5))

    assert carry_out(mine, NEW) is False

    assert places(talk) == [(OLD, "confirmed"), (NEW, "confirmed")]
    assert "address_left" not in kinds()


def test_talk_that_is_over_moves_too_and_keeps_who_was_there(clock):
    over = make_registration(make_talk(starts_in=timedelta(hours=1)))
    ahead = make_registration(make_talk(title="Später"))
    clock.move_to(over.talk.starts_at)
    over.join()
    clock.move_to(over.talk.ends_at + timedelta(hours=1))

    assert address_change.anchor_of([over, ahead]) == ahead
    assert carry_out(ahead, NEW)

    joined_at = over.joined_at
    over.refresh_from_db()
    assert (over.email, over.joined_at) == (NEW, joined_at)


def hand_over(row):
    row.hand_over(name="Lea", email="lea@stadt.example")


def erase(row):
    Registration.objects.erase_person(OLD)


def cancel(row):
    row.cancel()


def move_elsewhere(row):
    carry_out(Registration.objects.get(pk=row.pk), "anders@stadt.example")


def correct(row):
    Registration.objects.get(pk=row.pk).correct_address("richtig@stadt.example")


def let_it_pass(row):
    talk = row.talk
    talk.starts_at -= timedelta(days=60)
    talk.ends_at -= timedelta(days=60)
    talk.save()


@pytest.mark.parametrize(
    "change", [hand_over, erase, cancel, move_elsewhere, correct, let_it_pass]
)
def test_wish_is_dead_after(change):
    row = make_registration()
    ask(row, NEW)
    clicked = Registration.objects.get(pk=row.pk)
    change(row)
    OutgoingMail.objects.filter(kind="change_address").update(registration_key=clicked.key)
    before = list(Registration.objects.values()), OutgoingMail.objects.count()

    assert carry_out(clicked, NEW) is False

    assert (list(Registration.objects.values()), OutgoingMail.objects.count()) == before


@pytest.mark.parametrize("change", [hand_over, erase, move_elsewhere, correct])
def test_wish_that_waits_to_be_sent_goes_with_the_key(change):
    row = make_registration()
    ask(row, NEW)

    change(row)

    deliver_due()
    wish = OutgoingMail.objects.get(kind="change_address")
    assert (wish.state, wish.recipient) == ("obsolete", "")


def test_wish_of_the_new_address_goes_with_its_person():
    ask(make_registration(), NEW)

    Registration.objects.erase_person(NEW)

    assert NEW not in repr(list(OutgoingMail.objects.values()))


def test_what_was_still_to_be_said_is_said_at_the_new_address(delivered):
    talk = make_talk(capacity=1)
    seat = make_registration(talk, email="seat@x.example")
    row = make_registration(talk)
    delivered()
    seat.cancel()

    row.refresh_from_db()
    assert carry_out(row, NEW)

    assert kinds(recipient=NEW, state="queued") == ["address_changed", "promoted"]
    assert kinds(recipient=OLD) == ["address_left"]


def test_refused_wish_says_nothing_of_the_person_s_own_address(smtp_server):
    row = make_registration()
    deliver_due()
    smtp_server.answers["RCPT"] = [f"550 <{NEW}>: unknown"]
    ask(row, NEW)

    assert deliver_due() == ["failed"]

    wish = OutgoingMail.objects.get(kind="change_address")
    assert (wish.state, wish.recipient, wish.last_error) == ("obsolete", "", "")
    assert not wish.is_resendable
    row = Registration.objects.with_mails().get()
    assert not row.is_undeliverable
    assert row not in Registration.objects.undeliverable()


def test_wish_that_was_sent_hides_no_address_that_was_refused(smtp_server):
    row = make_registration()
    smtp_server.answers["RCPT"] = [f"550 <{OLD}>: unknown"]
    deliver_due()
    ask(row, NEW)
    deliver_due()

    assert Registration.objects.with_mails().get().is_undeliverable
    assert row in Registration.objects.undeliverable()


def test_address_gets_three_mails_in_a_day_and_a_person_asks_five_times():
    row = make_registration()
    for _ in range(4):
        ask(row, NEW)
    assert kinds(recipient=NEW) == ["change_address"] * 3
    for number in range(4):
        ask(row, f"neu{number}@stadt.example")

    assert len(kinds(kind="change_address")) == 4


def test_interest_list_stays_with_the_former_address():
    row = make_registration()
    Interest.objects.ask(OLD).confirm()

    assert carry_out(row, NEW)

    assert [interest.email for interest in Interest.objects.active()] == [OLD]
