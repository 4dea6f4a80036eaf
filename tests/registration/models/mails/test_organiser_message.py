"""Nachricht an Teilnehmende: written, checked, tested, released, stopped."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import mailers

from registration.mail.deliver import deliver, deliver_due, render
from registration.mail.examples import invented_person
from registration.models import Message, OutgoingMail, Registration
from registration.models.mails.organiser_message import fill_in
from registration.monitoring import Snapshot
from tests.makers import TITLE, make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TEXT = "Guten Tag {name},\n{titel} am {termin}: {zugang}"


def queued() -> list[str]:
    mails = OutgoingMail.objects.filter(kind="message").queued().order_by("pk")
    return list(mails.values_list("recipient", flat=True))


def text_of(sent) -> str:
    message = message_from_bytes(sent.content, policy=policy.default)
    return message.get_body("plain").get_content()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": "{foo} und {name }"}, "{foo}, {name }"),
        ({"subject": "{foo}"}, "{foo}"),
        ({"subject": "{zugang}"}, "nicht in den Betreff"),
        ({"text": "{zugang}", "recipients": "waiting"}, "nicht die Warteliste"),
        ({"text": "{zugang}", "recipients": "booked"}, "nicht die Warteliste"),
    ],
)
def test_fields_that_cannot_be_filled_in_are_refused(fields, wrong):
    message = Message(talk=make_talk(), **{"subject": "Hinweis", "text": "Text"} | fields)

    with pytest.raises(ValidationError) as error:
        message.full_clean()
    assert wrong in str(error.value)


def test_fields_are_filled_in_and_braces_in_a_name_mean_nothing():
    row = make_registration(name="Kim {zugang} {0.key}")

    assert fill_in("{name} { {} {titel}", row) == f"Kim {{zugang}} {{0.key}} {{ {{}} {TITLE}"
    text = fill_in(TEXT, row)
    assert text.endswith(
        f"{TITLE} am {row.talk.date_text}, {row.talk.time_text}: {row.way_in_url}"
    )


@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        ("confirmed", ["a@x.example", "b@x.example"]),
        ("waiting", ["c@x.example"]),
        ("booked", ["a@x.example", "b@x.example", "c@x.example"]),
        ("present", ["a@x.example"]),
    ],
)
def test_released_once_to_those_in_the_state(recipients, expected):
    talk = make_talk(capacity=2)
    rows = [make_registration(talk, email=f"{name}@x.example") for name in "abc"]
    make_registration(make_talk(title="Anderer"), email="fremd@x.example")
    make_registration(make_talk(title="Weg"), email="weg@x.example").cancel()
    for row in rows[:2]:
        row.join()
    Registration.objects.filter(pk=rows[0].pk).update(marked_present=True)
    rows[0].refresh_from_db()
    message = make_message(talk, recipients=recipients)

    assert message.reaches(invented_person(message))
    assert list(message.registrations()) == [row for row in rows if message.reaches(row)]
    assert [message.release(), message.release()] == [len(expected), 0]
    assert queued() == expected


def test_who_has_left_meanwhile_gets_nothing_and_a_moved_talk_is_right(smtp_server):
    talk = make_talk()
    rows = [make_registration(talk, email=f"{name}@x.example") for name in "ab"]
    deliver_due()
    message = make_message(talk)
    message.release()
    rows[0].cancel()
    talk.refresh_from_db()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    smtp_server.messages.clear()

    deliver_due()

    bodies = [
        (sent.rcpt_tos, "Bis Mittwoch, 3.\xa0Dezember" in text_of(sent))
        for sent in smtp_server.messages
    ]
    assert sorted(bodies) == [(["a@x.example"], False), (["b@x.example"], True)]
    assert message.progress == {
        "total": 2,
        "sent": 1,
        "queued": 0,
        "failed": 0,
        "bounced": 0,
        "obsolete": 1,
    }


def states(message) -> list[str]:
    return list(message.mails.order_by("pk").values_list("state", flat=True))


def test_stopped_message_goes_no_further_until_it_is_resumed(smtp_server):
    talk = make_talk()
    for name in "abc":
        make_registration(talk, email=f"{name}@x.example")
    OutgoingMail.objects.all().delete()
    message = make_message(talk)
    assert (message.stop(), message.resume()) == (False, 0)
    message.release()
    sent = OutgoingMail.objects.claim()
    assert deliver(sent, mailers.default) == "sent"

    assert [message.stop(), message.stop()] == [True, False]

    assert deliver_due() == []
    assert states(message) == ["sent", "held", "held"]
    assert message.progress == {
        "total": 3,
        "sent": 1,
        "queued": 2,
        "failed": 0,
        "bounced": 0,
        "obsolete": 0,
    }
    # Nobody releases them one by one, and they are no trouble of the worker's.
    assert OutgoingMail.objects.held().release() == 0
    assert Snapshot.take().mails["held"] == 0
    Registration.objects.get(email="c@x.example").cancel()
    assert [message.resume(), message.resume()] == [2, 0]
    deliver_due()
    recipients = [mail.rcpt_tos for mail in smtp_server.messages if b"Bis " in mail.content]
    assert recipients == [["a@x.example"], ["b@x.example"]]
    assert states(message) == ["sent", "sent", "obsolete"]


def test_mail_that_is_being_sent_while_the_message_is_stopped_is_sent_once(smtp_server):
    talk = make_talk()
    for name in "ab":
        make_registration(talk, email=f"{name}@x.example")
    OutgoingMail.objects.all().delete()
    message = make_message(talk)
    message.release()
    under_way = OutgoingMail.objects.claim()
    mail = render(under_way)
    message.stop()

    assert states(message) == ["queued", "held"]
    mailers.default.send_messages([mail])
    under_way.mark(state="sent", recipient="", last_error="")
    message.resume()
    assert deliver_due() == ["sent"]
    assert [mail.rcpt_tos for mail in smtp_server.messages] == [["a@x.example"], ["b@x.example"]]


def test_mail_that_failed_for_the_time_being_is_held_back_too(smtp_server, clock):
    talk = make_talk()
    make_registration(talk, email="a@x.example")
    OutgoingMail.objects.all().delete()
    message = make_message(talk)
    message.release()
    claimed = OutgoingMail.objects.claim()
    message.stop()
    smtp_server.answers["RCPT"] = ["451 later"]
    assert deliver(claimed, mailers.default) == "held"

    assert states(message) == ["held"]
    smtp_server.answers["RCPT"] = []
    assert (message.resume(), deliver_due()) == (1, ["sent"])


def test_erasing_takes_what_was_held_back(smtp_server):
    talk = make_talk()
    make_registration(talk, email="a@x.example")
    message = make_message(talk)
    message.release()
    message.stop()

    message.erase()

    assert states(message) == ["obsolete"]
    assert message.resume() == 0


def test_way_in_expires_with_the_talk():
    talk = make_talk()
    make_registration(talk)
    make_message(talk, text="{zugang}").release()
    make_message(talk).release()

    expiring = OutgoingMail.objects.filter(kind="message").order_by("pk")
    assert list(expiring.values_list("expires_at", flat=True)) == [talk.ends_at, None]


def test_failed_mail_is_sent_again_with_its_words(smtp_server):
    make_registration()
    deliver_due()
    message = make_message(Registration.objects.get().talk, text="Bis bald!")
    message.release()
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    smtp_server.messages.clear()

    assert OutgoingMail.objects.failed().get().resend() is not None
    deliver_due()

    assert b"Bis bald!" in smtp_server.messages[0].content
