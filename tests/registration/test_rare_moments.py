"""Rare moments: two clicks at once, old tabs, talks that move while something is under way."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Talk, Topic
from registration.mail import deliver, reminders
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, Registration, links
from registration.privacy import retention
from tests.mailbox import Mailbox
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LEA = {"name": "Lea", "email": "lea@stadt.example"}


def mine(row, rest=""):
    return reverse("registration:mine", args=[links.token(row.key, links.PURPOSE_MINE)]) + rest


def test_hand_over_of_one_row_twice_at_once():
    row = make_registration()
    second = Registration.objects.get(pk=row.pk)  # the other request has read it already
    assert row.hand_over(**LEA)
    second.hand_over(**LEA)
    row.refresh_from_db()
    assert (row.email, row.state) == ("lea@stadt.example", "confirmed")


def test_hand_over_and_cancel_at_once():
    row = make_registration()
    second = Registration.objects.get(pk=row.pk)
    row.hand_over(**LEA)
    second.cancel()
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_hand_over_postponed_tells_lea(smtp_server):
    row = make_registration()
    deliver_due()
    Talk.objects.filter(pk=row.talk_id).update(status="postponed")
    smtp_server.messages.clear()
    row = Registration.objects.get(pk=row.pk)
    assert row.hand_over(**LEA)
    deliver_due()
    assert "lea@stadt.example" in [m.rcpt_tos[0] for m in smtp_server.messages]


def test_cancel_then_back_on_waiting(smtp_server):
    talk = make_talk(capacity=1)
    row = make_registration(talk)
    make_registration(talk, email="b@stadt.example")
    deliver_due()
    row.cancel()
    (back,) = Registration.objects.sign_up([talk], name="Kim", email="kim@stadt.example")
    assert back.state == "waiting"
    deliver_due()
    assert Mailbox(smtp_server, "kim@stadt.example").calendar == {}


def test_two_rows_newest_by_created(client, clock):
    talk = make_talk()
    x = make_registration(talk, email="x@stadt.example")
    clock.shift(60)
    y = make_registration(talk, email="y@stadt.example")
    clock.shift(60)
    y.cancel()
    x = Registration.objects.get(pk=x.pk)
    x.hand_over(name="Ypsilon", email="y@stadt.example")
    x.refresh_from_db()
    page = client.get(mine(x)).content.decode()
    assert "abmelden/" in page


def test_expired_pending_blocks(smtp_server, clock):
    talk = make_talk(double_opt_in=True)
    make_registration(talk)
    deliver_due()
    clock.shift(timedelta(hours=72, minutes=1))
    smtp_server.messages.clear()
    make_registration(talk)  # form answers "Wir haben Ihnen eine E-Mail geschickt"
    deliver_due()
    assert len(smtp_server.messages) == 1


def test_expired_interest_blocks(smtp_server, clock):
    Interest.objects.ask("kim@stadt.example")
    deliver_due()
    clock.shift(timedelta(hours=72, minutes=1))
    smtp_server.messages.clear()
    Interest.objects.ask("kim@stadt.example")
    deliver_due()
    assert len(smtp_server.messages) == 1


def test_change_person_after_erase():
    row = make_registration()
    rows = list(Registration.objects.of("kim@stadt.example"))
    Registration.objects.erase_person("kim@stadt.example")
    Registration.objects.change_person(rows, name="Kim Geheim", organisation="")
    row.refresh_from_db()
    assert row.name is None


def test_change_person_after_hand_over():
    row = make_registration()
    rows = list(Registration.objects.of("kim@stadt.example"))
    row.hand_over(**LEA)
    Registration.objects.change_person(rows, name="Kim Geheim", organisation="")
    row.refresh_from_db()
    assert row.name == "Lea"


def test_failed_interest_mail_keeps_address(smtp_server, clock):
    smtp_server.answers["RCPT"] = ["550 <kim@stadt.example> unknown"]
    Interest.objects.ask("kim@stadt.example")
    assert deliver_due() == ["failed"]
    clock.shift(timedelta(days=400))
    retention.carry_out()
    assert not Interest.objects.exists()
    assert "kim@" not in repr([*OutgoingMail.objects.values()])


def test_erased_in_running_talk_then_moved(smtp_server, clock):
    talk = make_talk()
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    clock.move_to(talk.starts_at + timedelta(minutes=5))
    Registration.objects.erase_person("b@stadt.example")
    talk.refresh_from_db()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    assert len(Registration.objects.tell_of_change(talk)) == 1


def test_erased_person_blocks_no_reminders(clock):
    talk = make_talk()
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    clock.move_to(talk.starts_at + timedelta(minutes=5))
    Registration.objects.erase_person("b@stadt.example")
    talk.refresh_from_db()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    other = make_talk(title="Anderer", starts_in=timedelta(days=7), speaker=None)
    make_registration(other, email="c@stadt.example")
    clock.move_to(talk.starts_at - timedelta(hours=23))
    assert reminders.plan_due() == 2


def test_old_unsubscribe_link_after_rejoin(client, clock):
    first = Interest.objects.ask("kim@stadt.example")
    first.confirm()
    url = first.unsubscribe_url
    first.withdraw()
    clock.shift(3600)
    second = Interest.objects.ask("kim@stadt.example")
    second.confirm()
    page = client.post(url.removeprefix("http://testserver"))
    assert page.status_code == 200
    second.refresh_from_db()
    assert not second.is_active


def test_old_way_in_and_reminder_links_of_who_came_back(client, clock):
    row = make_registration()
    row.cancel()
    clock.shift(60)
    back = make_registration(row.talk)
    row.refresh_from_db()
    client.post(
        reverse("registration:reminders", args=[links.token(row.key, links.PURPOSE_REMINDERS)])
    )
    back.refresh_from_db()
    page = client.get(
        reverse("registration:join", args=[links.token(row.key, links.PURPOSE_JOIN)])
    ).content.decode()
    assert (back.reminders_off, "nicht mehr angemeldet" in page) == (True, False)


def test_pending_anonymised_again_every_hour(clock):
    talk = make_talk(double_opt_in=True, starts_in=timedelta(hours=5))
    make_registration(talk)
    clock.shift(timedelta(hours=6))
    assert [retention.carry_out(), retention.carry_out()] == [1, 0]


def test_pending_colleague_loses_the_seat():
    talk = make_talk(double_opt_in=True)
    make_registration(talk, email="lea@stadt.example")  # never confirmed, maybe a stranger's
    kim = make_registration(talk)
    kim.confirm()
    kim = Registration.objects.get(pk=kim.pk)
    kim.hand_over(**LEA)
    assert Registration.objects.in_talk(talk).confirmed().count() == 1


def test_erased_during_delivery_5xx():
    make_registration()
    mail = OutgoingMail.objects.claim()
    Registration.objects.erase_person("kim@stadt.example")
    deliver._refused(mail, 550, b"<kim@stadt.example> unknown")
    assert "kim@" not in repr([*OutgoingMail.objects.filter(pk=mail.pk).values()])


def test_postponed_says_you_keep_your_seat_to_cancelled(client):
    row = make_registration()
    row.cancel()
    Talk.objects.filter(pk=row.talk_id).update(status="postponed")
    page = client.get(
        reverse("registration:join", args=[links.token(row.key, links.PURPOSE_JOIN)])
    ).content.decode()
    assert "Sie behalten Ihren Platz" not in page


def test_title_change_after_a_move(smtp_server, clock):
    make_registration()
    talk = Talk.objects.get()
    talk.starts_at += timedelta(days=1)
    talk.ends_at += timedelta(days=1)
    talk.save()
    Registration.objects.tell_of_change(talk)
    deliver_due()
    clock.shift(timedelta(days=1))
    talk = Talk.objects.get()
    talk.title = "Neu"
    talk.save()
    smtp_server.messages.clear()
    Registration.objects.tell_of_change(talk)
    deliver_due()
    text = (
        Mailbox(smtp_server, "kim@stadt.example").messages[-1].get_body(("plain",)).get_content()
    )
    assert "der Termin hat sich geändert" not in text


def test_topic_deleted_means_all():
    topic = Topic.objects.create(name="Energie")
    other = make_talk()
    interest = Interest.objects.ask("kim@stadt.example", [topic])
    interest.confirm()
    assert not Interest.objects.active().interested_in(other).exists()
    topic.delete()
    assert not Interest.objects.active().interested_in(other).exists()


def test_not_me_leaves_other_rows_without_link():
    a, b = make_talk(), make_talk(title="B", starts_in=timedelta(days=30))
    lea_a = make_registration(a, email="lea@stadt.example")
    kim_b = make_registration(b)
    kim_b.hand_over(**LEA)
    kim_b.refresh_from_db()
    Registration.objects.send_links("lea@stadt.example")
    mail = OutgoingMail.objects.filter(kind="links").latest("pk")
    assert mail.registration_key == kim_b.key
    kim_b.decline()
    assert OutgoingMail.objects.filter(
        kind="links", state="queued", registrations=lea_a, recipient="lea@stadt.example"
    ).exists()


def test_no_seat_after_move(smtp_server, clock):
    talk = make_talk(capacity=1, starts_in=timedelta(hours=3))
    make_registration(talk, email="a@stadt.example")
    make_registration(talk)
    deliver_due()
    smtp_server.messages.clear()
    clock.shift(timedelta(hours=1, minutes=30))
    Registration.objects.close_queues()
    talk = Talk.objects.get()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    assert deliver_due() == ["obsolete"]


def test_surrogates(client):
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n+2AA-@x.de\r\n--x--\r\n'
    r = client.generic(
        "POST",
        "/anmeldung/links/",
        body,
        content_type="multipart/form-data; boundary=x; charset=utf-7",
    )
    assert r.status_code < 500


def test_surrogate_slug(client):
    body = b'--x\r\nContent-Disposition: form-data; name="talks"\r\n\r\n+2AA-\r\n--x--\r\n'
    r = client.generic(
        "POST", "/anmeldung/", body, content_type="multipart/form-data; boundary=x; charset=utf-7"
    )
    assert r.status_code < 500


def test_retention_cancels_who_was_booked_meanwhile(clock):
    talk = make_talk(double_opt_in=True)
    make_registration(talk)
    clock.shift(timedelta(hours=73))
    (stale,) = Registration.objects.expired().select_related("talk")
    Talk.objects.update(double_opt_in=False)
    row = make_registration(Talk.objects.get())
    assert row.state == "confirmed"
    stale.anonymise()
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_link_of_second_form_dies_with_first_row(client, clock, smtp_server):
    late = make_talk(double_opt_in=True, starts_in=timedelta(days=30))
    early = make_talk(double_opt_in=True, title="B")
    make_registration(late)
    clock.shift(timedelta(hours=48))
    Registration.objects.sign_up([late, early], name="Kim", email="kim@stadt.example")
    deliver_due()
    url = Mailbox(smtp_server, "kim@stadt.example").link("/anmeldung/bestaetigen/")
    clock.shift(timedelta(hours=25))  # 25 h after the second form
    retention.carry_out()
    assert client.get(url).status_code == 200


def test_click_in_time_while_postponed():
    row = make_registration(make_talk(double_opt_in=True))
    Talk.objects.update(status="postponed")
    row = Registration.objects.get()
    row.confirm()
    row.refresh_from_db()
    assert row.state != "cancelled", row.state_reason


def test_confirm_link_after_cancelling(client):
    row = make_registration(make_talk(double_opt_in=True))
    row.confirm()
    row = Registration.objects.get()
    row.cancel()
    page = client.get(
        reverse("registration:confirm", args=[links.token(row.key, links.PURPOSE_CONFIRM)])
    ).content.decode()
    assert "schon bestätigt" not in page


def test_joined_at_after_hand_over(clock):
    row = make_registration(make_talk(meeting_url="https://m.example/1"))
    clock.move_to(row.talk.starts_at - timedelta(minutes=10))
    row.join()
    row.hand_over(name="Lea", email="lea@stadt.example")
    row.refresh_from_db()
    assert row.joined_at is None


def test_waiting_in_postponed_talk_keeps_no_seat(smtp_server):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    make_registration(talk)
    talk = Talk.objects.get()
    talk.status = "postponed"
    talk.save()
    deliver_due()
    smtp_server.messages.clear()
    Registration.objects.tell_of_change(talk)
    deliver_due()
    text = (
        Mailbox(smtp_server, "kim@stadt.example").messages[-1].get_body(("plain",)).get_content()
    )
    assert "Sie behalten Ihren Platz" not in text


def test_cancel_then_pending_again(smtp_server):
    talk = make_talk()
    row = make_registration(talk)
    deliver_due()
    row.cancel()
    Talk.objects.update(double_opt_in=True)
    make_registration(Talk.objects.get())
    deliver_due()
    assert Mailbox(smtp_server, "kim@stadt.example").calendar == {}
