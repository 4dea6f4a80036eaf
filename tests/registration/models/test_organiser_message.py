"""Nachricht an Teilnehmende: written, checked, tested, released, stopped."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse

from registration.mail.deliver import deliver_due, render
from registration.models import Message, OutgoingMail, Registration
from registration.models.organiser_message import fill_in
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TEXT = "Guten Tag {name},\n{titel} am {termin}: {zugang}"


def write(talk, **fields):
    return Message.objects.create(
        talk=talk, **{"subject": "{titel}", "text": "Bis {termin}!"} | fields
    )


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
    rows[0].join()
    message = write(talk, recipients=recipients)

    assert list(message.registrations()) == [row for row in rows if message.reaches(row)]
    assert [message.release(), message.release()] == [len(expected), 0]
    assert queued() == expected


def test_who_has_left_meanwhile_gets_nothing_and_a_moved_talk_is_right(smtp_server):
    talk = make_talk()
    rows = [make_registration(talk, email=f"{name}@x.example") for name in "ab"]
    deliver_due()
    message = write(talk)
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
    assert message.progress == {"total": 2, "sent": 1, "queued": 0, "failed": 0, "obsolete": 1}


def test_stopped_message_goes_no_further(smtp_server):
    talk = make_talk()
    rows = [make_registration(talk, email=f"{name}@x.example") for name in "ab"]
    message = write(talk)
    assert not message.stop()
    message.release()
    claimed = OutgoingMail.objects.get(kind="message", registrations=rows[0])

    assert [message.stop(), message.stop()] == [True, False]

    assert queued() == []
    assert render(claimed) is None
    assert message.progress["obsolete"] == 2
    assert set(message.mails.values_list("recipient", "registration_key")) == {("", "")}


def test_way_in_expires_with_the_talk():
    talk = make_talk()
    make_registration(talk)
    write(talk, text="{zugang}").release()
    write(talk).release()

    expiring = OutgoingMail.objects.filter(kind="message").order_by("pk")
    assert list(expiring.values_list("expires_at", flat=True)) == [talk.ends_at, None]


def test_failed_mail_is_sent_again_with_its_words(smtp_server):
    make_registration()
    deliver_due()
    message = write(Registration.objects.get().talk, text="Bis bald!")
    message.release()
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    smtp_server.messages.clear()

    assert OutgoingMail.objects.failed().get().resend() is not None
    deliver_due()

    assert b"Bis bald!" in smtp_server.messages[0].content


# The admin's pages


def page(name, message) -> str:
    return reverse(f"admin:{name}", args=[message.pk])


def test_organiser_writes_checks_tests_releases_and_stops(admin_client, admin_user, smtp_server):
    talk = make_talk()
    row = make_registration(talk, name="Änne Groß")
    deliver_due()
    smtp_server.messages.clear()
    add = reverse("admin:registration_message_add")
    words = {"talk": talk.pk, "recipients": "confirmed", "subject": "Für {name}", "text": TEXT}

    assert "{foo}" in admin_client.post(add, words | {"text": "{foo}"}).content.decode()
    assert "unsichtbare" in admin_client.post(add, words | {"text": "a\x01b"}).content.decode()
    response = admin_client.post(add, words)
    message = Message.objects.get()
    assert response["Location"] == page("check_message", message)
    assert (message.author, queued()) == (admin_user, [])

    html = admin_client.get(page("check_message", message)).content.decode()
    assert "1 Person bekommt diese Nachricht" in html
    assert "Guten Tag Änne Groß," in html
    assert row.key not in html
    admin_client.post(page("test_message", message))
    deliver_due()
    assert [sent.rcpt_tos for sent in smtp_server.messages] == [[admin_user.email]]
    assert b"Guten Tag Kim Beispiel" in smtp_server.messages[0].content

    admin_client.post(page("release_message", message))
    html = admin_client.get(page("check_message", message)).content.decode()
    assert "0 von 1 Mails verschickt</strong>, 1 warten noch" in html
    change = reverse("admin:registration_message_change", args=[message.pk])
    assert admin_client.post(change, words).status_code == 403
    admin_client.post(page("stop_message", message))
    html = admin_client.get(page("check_message", message)).content.decode()
    assert "1 nicht mehr nötig oder angehalten" in html
    assert [*LogEntry.objects.order_by("pk").values_list("object_repr", flat=True)] == [
        f"Nachricht Nr. {message.pk}"
    ] * 3


def test_pages_change_nothing_when_only_looked_at(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = write(talk)

    for name in ("test_message", "release_message", "stop_message"):
        assert admin_client.get(page(name, message)).status_code == 405
    assert queued() == []


def test_message_to_nobody_offers_no_release(admin_client):
    message = write(make_talk())

    html = admin_client.get(page("check_message", message)).content.decode()

    assert "0 Personen bekommen" in html
    assert "Freigeben" not in html


def test_test_needs_an_address_of_ones_own(admin_client, admin_user):
    admin_user.email = ""
    admin_user.save()
    message = write(make_talk())

    response = admin_client.post(page("test_message", message), follow=True)

    assert "steht keine E-Mail-Adresse" in response.content.decode()
    assert not OutgoingMail.objects.exists()


def test_emptied_message_says_so_and_does_nothing_more(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = write(talk, subject="Frau Groß & Herr Klein")
    message.forget()

    pages = [
        admin_client.get(reverse("admin:registration_message_changelist")),
        admin_client.get(reverse("admin:registration_message_change", args=[message.pk])),
        admin_client.get(page("check_message", message)),
    ]

    for response in pages:
        assert (response.status_code, "Text gelöscht" in response.content.decode()) == (200, True)
    html = pages[2].content.decode()
    assert [word for word in ("Freigeben", "Test an mich", "So liest es") if word in html] == []
    for name in ("test_message", "release_message"):
        assert admin_client.post(page(name, message)).status_code == 403
    change = reverse("admin:registration_message_change", args=[message.pk])
    words = {"talk": talk.pk, "recipients": "confirmed", "subject": "Neu", "text": "Neu"}
    assert admin_client.post(change, words).status_code == 403
    assert queued() == []
