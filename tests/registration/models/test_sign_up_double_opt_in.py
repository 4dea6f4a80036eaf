"""Where a talk asks for it, a click in a mail gives the seat."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration, links
from registration.privacy.retention import carry_out
from tests.mailbox import Mailbox
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]

KIM = {"name": "Kim Beispiel", "email": "kim@stadt.example"}


def kinds():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def confirm_page(row):
    token = links.token(row.key, links.PURPOSE_CONFIRM)
    return reverse("registration:confirm", args=[token])


def state_of(row):
    row.refresh_from_db()
    return row.state, row.state_reason


def test_pending_takes_no_seat_and_asks_for_the_click():
    talk = make_talk(double_opt_in=True, capacity=1)

    row = make_registration(talk)

    talk.refresh_from_db()
    assert (row.state, talk.seats_taken, talk.waiting_count) == ("pending", 0, 0)
    assert kinds() == ["please_confirm"]


def test_one_talk_that_asks_makes_the_whole_form_pending():
    asking, other = make_talk(double_opt_in=True), make_talk(title="Anderer")

    rows = Registration.objects.sign_up([asking, other], **KIM)

    assert [row.state for row in rows] == ["pending", "pending"]
    assert kinds() == ["please_confirm"]


def test_get_asks_and_post_gives_the_seats_with_one_mail(client):
    talks = [make_talk(double_opt_in=True), make_talk(title="Anderer")]
    rows = Registration.objects.sign_up(talks, **KIM)

    page = client.get(confirm_page(rows[0])).content.decode()
    assert "Bitte bestätigen Sie Ihre Anmeldung." in page
    assert [state_of(row)[0] for row in rows] == ["pending", "pending"]

    response = client.post(confirm_page(rows[0]))

    mine = links.token(rows[0].key, links.PURPOSE_MINE)
    assert response["Location"] == f"{reverse('registration:mine', args=[mine])}?stand=bestaetigt"
    assert [state_of(row)[0] for row in rows] == ["confirmed", "confirmed"]
    assert kinds() == ["please_confirm", "signed_up"]
    assert "schon bestätigt" in client.get(confirm_page(rows[0])).content.decode()
    client.post(confirm_page(rows[0]))
    assert kinds() == ["please_confirm", "signed_up"]


def test_queue_is_in_the_order_of_the_forms_not_of_the_clicks(clock):
    talk = make_talk(double_opt_in=True, capacity=1)
    make_registration(talk, email="erste@stadt.example").confirm()
    early = make_registration(talk, email="frueh@stadt.example")
    clock.shift(60)
    late = make_registration(talk, email="spaet@stadt.example")

    late.confirm()
    early.confirm()

    queue = Registration.objects.in_talk(talk).waiting()
    assert [row.email for row in queue] == ["frueh@stadt.example", "spaet@stadt.example"]


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_slip_in_the_status_loses_nobody_who_clicks_meanwhile(client, status):
    row = make_registration(make_talk(double_opt_in=True))
    Talk.objects.update(status=status)
    client.post(confirm_page(row))
    assert state_of(row) == ("pending", None)

    Talk.objects.update(status="published")
    client.post(confirm_page(row))

    assert state_of(row) == ("confirmed", None)


@pytest.mark.parametrize(
    ("fields", "late_by", "reason"),
    [
        ({}, timedelta(hours=72), "expired"),
        ({"starts_in": timedelta(hours=5)}, timedelta(hours=5), "expired"),
    ],
)
def test_click_that_comes_too_late_gives_nothing(client, clock, fields, late_by, reason):
    row = make_registration(make_talk(double_opt_in=True, **fields))
    clock.shift(late_by - timedelta(seconds=1))
    assert not row.is_expired
    clock.shift(1)

    assert "zu spät" in client.get(confirm_page(row)).content.decode()
    client.post(confirm_page(row))

    assert state_of(row) == ("cancelled", reason)
    assert kinds() == ["please_confirm"]
    assert "zu spät" in client.get(confirm_page(row)).content.decode()


def test_click_on_a_talk_that_filled_up_meanwhile_says_so(client):
    talk = make_talk(double_opt_in=True, capacity=1, waiting_list=False)
    row = make_registration(talk)
    make_registration(talk, email="schneller@stadt.example").confirm()

    response = client.post(confirm_page(row), follow=True)

    assert state_of(row) == ("cancelled", "full")
    assert "bei der Bestätigung ausgebucht" in response.content.decode()


def test_form_again_sends_the_question_again_three_times_a_day(clock):
    talk = make_talk(double_opt_in=True)
    first = make_registration(talk)
    for _ in range(5):
        assert make_registration(talk) == first
    assert kinds() == ["please_confirm"] * 3

    clock.shift(timedelta(hours=24, seconds=1))
    make_registration(talk)

    assert kinds() == ["please_confirm"] * 4


def test_form_again_books_where_nobody_asks_any_more():
    talk = make_talk(double_opt_in=True)
    row = make_registration(talk)
    talk.double_opt_in = False
    talk.save()

    assert make_registration(talk) == row

    assert state_of(row)[0] == "confirmed"
    assert kinds() == ["please_confirm", "signed_up"]


def test_who_is_booked_already_keeps_the_seat_when_the_talk_begins_to_ask(clock):
    talk = make_talk()
    row = make_registration(talk)
    talk.double_opt_in = True
    talk.save()
    clock.shift(timedelta(minutes=11))

    make_registration(talk)

    assert state_of(row)[0] == "confirmed"
    assert kinds() == ["signed_up", "already"]


def test_the_throttle_may_ask_for_the_click_too():
    (row,) = Registration.objects.sign_up([make_talk()], **KIM, must_confirm=True)

    assert row.state == "pending"


def test_unconfirmed_is_erased_by_itself(clock):
    row = make_registration(make_talk(double_opt_in=True))
    clock.shift(timedelta(hours=72) - timedelta(seconds=1))
    assert carry_out() == 0
    clock.shift(1)

    assert carry_out() == 1

    row.refresh_from_db()
    assert (row.email, row.state) == (None, "cancelled")
    assert "kim@" not in repr(list(OutgoingMail.objects.values()))


def test_question_that_expired_is_not_asked(clock, smtp_server):
    make_registration(make_talk(double_opt_in=True))
    clock.shift(timedelta(hours=73))

    assert deliver_due() == ["obsolete"]


def test_cancelling_what_was_never_confirmed_sends_nothing():
    row = make_registration(make_talk(double_opt_in=True))

    assert row.cancel(Registration.Reason.ORGANISER)

    assert kinds() == ["please_confirm"]


def test_form_after_the_time_for_the_click_sends_the_question_again(smtp_server, clock):
    talk = make_talk(double_opt_in=True)
    make_registration(talk)
    deliver_due()
    clock.shift(timedelta(hours=72, minutes=1))

    assert make_registration(talk).state == "pending"

    assert deliver_due() == ["sent"]
    assert kinds() == ["please_confirm"] * 2


def test_link_of_the_second_form_outlives_the_first_question(client, clock, smtp_server):
    late = make_talk(double_opt_in=True, starts_in=timedelta(days=30))
    early = make_talk(double_opt_in=True, title="Früher")
    make_registration(late)
    clock.shift(timedelta(hours=48))
    Registration.objects.sign_up([late, early], **KIM)
    deliver_due()
    link = Mailbox(smtp_server, KIM["email"]).link("/anmeldung/bestaetigen/")
    clock.shift(timedelta(hours=25))  # 73 hours after the first form

    carry_out()

    assert client.get(link).status_code == 200


def test_click_while_the_talk_is_postponed_counts():
    row = make_registration(make_talk(double_opt_in=True))
    Talk.objects.update(status=Talk.Status.POSTPONED)

    Registration.objects.get().confirm()

    assert state_of(row)[0] == "confirmed"


def test_link_says_nothing_of_a_confirmation_after_cancelling(client):
    row = make_registration(make_talk(double_opt_in=True))
    row.confirm()
    assert "schon bestätigt" in client.get(confirm_page(row)).content.decode()

    Registration.objects.get().cancel()

    assert "schon bestätigt" not in client.get(confirm_page(row)).content.decode()
