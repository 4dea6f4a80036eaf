"""What organisers add in their own words when they tell people of a change."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils.html import escape

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from registration.privacy.retention import carry_out
from tests.html_form import form_data
from tests.makers import let_know, make_registration, make_talk
from tests.registration.desk.messages.test_tell_of_change import (
    CHANGES,
    ask_page,
    change_page,
    save,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WORDS = 'Frau Groß ist krank & "bald" zurück.\nBis dann: https://stadt.example/neu <b>'


def sent_with(words, client, talk):
    """Press the button twice: the first shows the words in the mail, the second sends it."""
    shown = client.post(ask_page(talk), {"words": words}).content.decode()
    return client.post(ask_page(talk), form_data(shown, "words-form"))


@pytest.mark.parametrize("change", ["moved", "cancelled", "postponed"])
def test_words_of_ones_own_stand_in_the_mail(admin_client, smtp_server, change):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES[change])

    response = sent_with(WORDS + "\x07", admin_client, talk)
    deliver_due()

    assert response["Location"] == change_page(talk)
    mail = message_from_bytes(smtp_server.messages[-1].content, policy=policy.default)
    text = mail.get_body(["plain"]).get_content().replace("\r\n", "\n")
    assert f"\n\nDie Veranstalter schreiben dazu:\n{WORDS}\n\n" in text
    html = mail.get_body(["html"]).get_content()
    assert 'Groß ist krank &amp; "bald" zurück.<br>Bis dann: <a href=' in html
    assert "&lt;b&gt;" in html
    assert "mit eigenem Satz" in LogEntry.objects.latest("pk").change_message


def test_words_are_shown_in_the_mail_before_they_are_sent(admin_client):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES["moved"])

    for button in ({}, {"show": "1"}, {"seen": "Etwas anderes"}):
        page = admin_client.post(ask_page(talk), {"words": WORDS} | button).content.decode()
        assert "Verschickt ist noch nichts." in page
        assert escape(f"Die Veranstalter schreiben dazu:\n{WORDS}") in page
    assert not OutgoingMail.objects.exists()

    html = admin_client.post(
        reverse("admin:tell_of_change_html", args=[talk.pk]), {"words": WORDS}
    )
    assert "Die Veranstalter schreiben dazu:" in html.content.decode()
    assert "sandbox" in html["Content-Security-Policy"]


def test_words_that_are_too_long_are_refused_and_kept(admin_client):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES["moved"])

    response = admin_client.post(ask_page(talk), {"words": "ä" * 501, "seen": "ä" * 501})

    assert response.status_code == 422
    assert "Bitte höchstens 500 Zeichen: Jetzt sind es 501." in response.content.decode()
    assert "ä" * 501 in response.content.decode()
    assert not OutgoingMail.objects.exists()


def test_words_belong_to_one_sending_and_one_change(admin_client, smtp_server, clock):
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    save(admin_client, talk, **CHANGES["cancelled"])
    sent_with(WORDS, admin_client, talk)
    deliver_due()

    # Whoever gets the same mail once more reads them again …
    mail = OutgoingMail.objects.get(kind="talk_changed")
    assert mail.resend().note_about(Talk.objects.get()) == WORDS
    OutgoingMail.objects.exclude(pk=mail.pk).delete()
    # … but not what the talk has become meanwhile.
    save(admin_client, talk, title="Doch")
    again = OutgoingMail.objects.get(kind="talk_changed").resend()
    assert again.note_about(Talk.objects.get()) == ""
    deliver_due()
    assert "schreiben dazu" not in smtp_server.messages[-1].content.decode()
    assert WORDS not in admin_client.get(ask_page(talk)).content.decode()


def test_words_wait_with_a_mail_that_was_refused_and_go_with_it(admin_client, smtp_server, clock):
    talk = make_talk(starts_in=timedelta(days=90))
    row = make_registration(talk)
    let_know(talk)
    save(admin_client, talk, status="cancelled")
    sent_with("Frau Groß ist krank.", admin_client, talk)
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()

    row.refresh_from_db()
    assert row.correct_address("richtig@stadt.example")
    deliver_due()
    assert b"ist krank." in smtp_server.messages[-1].content
    assert OutgoingMail.objects.filter(note__contains="krank", state="sent").count() == 1
    clock.shift(timedelta(days=30, seconds=1))
    carry_out()
    assert not OutgoingMail.objects.exclude(note="").exists()
    assert OutgoingMail.objects.exclude(registration_key="").exists()


def test_words_go_with_the_person(admin_client, smtp_server):
    talk = make_talk()
    row = make_registration(talk)
    let_know(talk)
    save(admin_client, talk, status="cancelled")
    sent_with(WORDS, admin_client, talk)
    deliver_due()

    row.refresh_from_db()
    row.anonymise()

    assert not OutgoingMail.objects.exclude(note="").exists()
