"""What organisers do to registrations, as verbs."""

from datetime import timedelta

import pytest

from registration.invariants import violations
from registration.mail.deliver import deliver_due
from registration.models import NotBookable, OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def mails(state="queued") -> list[tuple]:
    rows = OutgoingMail.objects.filter(state=state).order_by("pk")
    return list(rows.values_list("kind", "recipient"))


def test_one_person_moves_up_past_the_others_once():
    talk = make_talk(capacity=1)
    make_registration(talk)
    first = make_registration(talk, email="erste@stadt.example")
    second = make_registration(talk, email="zweite@stadt.example")

    assert [second.promote(), second.promote()] == [True, False]

    talk.refresh_from_db()
    first.refresh_from_db()
    assert (talk.seats_taken, talk.waiting_count, first.state) == (2, 1, "waiting")
    assert mails()[-1] == ("promoted", "zweite@stadt.example")
    assert list(violations()) == []


def test_who_has_a_seat_or_comes_too_late_does_not_move_up(clock):
    talk = make_talk(capacity=1)
    seated = make_registration(talk)
    waiting = make_registration(talk, email="lea@stadt.example")

    assert not seated.promote()
    clock.move_to(talk.starts_at)
    assert not waiting.promote()


def test_wrong_address_is_corrected_everywhere_and_sent_again(smtp_server):
    talk, other = make_talk(), make_talk(title="Anderer")
    row = make_registration(talk, email="kim@stdat.example")
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    waiting = make_registration(other, email="kim@stdat.example")
    keys = {row.key, waiting.key}
    assert list(Registration.objects.undeliverable()) == [row]

    assert row.correct_address("Kim@stadt.example")
    deliver_due()

    rows = Registration.objects.order_by("pk").values_list("email", "email_key")
    assert set(rows) == {("Kim@stadt.example", "kim@stadt.example")}
    assert keys.isdisjoint(Registration.objects.values_list("key", flat=True))
    assert [message.rcpt_tos for message in smtp_server.messages] == [["Kim@stadt.example"]] * 2
    assert not Registration.objects.undeliverable().exists()
    assert not OutgoingMail.objects.filter(recipient__icontains="stdat").exists()


def test_corrected_address_gets_the_links_where_all_had_arrived(smtp_server):
    row = make_registration(email="kim@stdat.example")
    deliver_due()

    assert row.correct_address("kim@stadt.example")

    assert mails() == [("links", "kim@stadt.example")]


def test_address_of_somebody_else_in_the_talk_is_refused():
    talk = make_talk()
    row = make_registration(talk)
    make_registration(talk, email="lea@stadt.example")

    assert not row.correct_address("Lea@stadt.example")
    assert not row.correct_address(row.email)

    row.refresh_from_db()
    assert row.email == "kim@stadt.example"
    gone = make_registration(make_talk(title="Vorbei"), email="weg@stadt.example")
    gone.anonymise()
    assert not gone.correct_address("neu@stadt.example")


@pytest.mark.parametrize(
    "fields",
    [
        {"capacity": 1},
        {"capacity": 1, "waiting_list": False},
        {"registration_closes_at": "yesterday"},
        {"double_opt_in": True},
    ],
)
def test_organiser_gives_an_extra_seat(clock, fields):
    talk = make_talk()
    make_registration(talk, email="erste@stadt.example")
    if "registration_closes_at" in fields:
        fields = {"registration_closes_at": talk.starts_at - timedelta(days=30)}
    type(talk).objects.filter(pk=talk.pk).update(**fields)

    (row,) = Registration.objects.sign_up(
        [talk], name="Kim", email="kim@x.example", extra_seat=True
    )

    talk.refresh_from_db()
    assert (row.state, talk.seats_taken) == ("confirmed", 2)
    assert mails()[-1] == ("signed_up", "kim@x.example")


def test_who_waits_gets_the_extra_seat():
    talk = make_talk(capacity=1)
    make_registration(talk, email="erste@stadt.example")
    waiting = make_registration(talk)

    make_registration(talk, extra_seat=True)

    talk.refresh_from_db()
    waiting.refresh_from_db()
    assert (waiting.state, talk.seats_taken, talk.waiting_count) == ("confirmed", 2, 0)


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"status": "draft"}])
def test_no_extra_seat_where_nothing_takes_place(fields):
    with pytest.raises(NotBookable):
        make_registration(make_talk(**fields), extra_seat=True)
