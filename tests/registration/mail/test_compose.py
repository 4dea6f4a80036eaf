from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from events.models import Series
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration, links
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def delivered(smtp_server):
    """Send what is due; return the messages as the recipients' programs read them."""

    def deliver():
        deliver_due()
        return [
            message_from_bytes(envelope.content, policy=policy.default)
            for envelope in smtp_server.messages
        ]

    return deliver


def calendars(message):
    return [
        Calendar.from_ical(part.get_content())
        for part in message.iter_attachments()
        if part.get_content_type() == "application/ics"
    ]


def alternatives(message):
    body = message.get_body(("related", "html", "plain"))
    parts = message.walk()
    assert body is not None
    return [part.get_content_type() for part in parts if not part.is_multipart()]


def test_confirmation_as_a_whole(delivered):
    Series.objects.create(
        contact_email="kontakt@reihe.example", organisers="Städteverein\nAkademie & Co."
    )
    talk = make_talk(subtitle="Ein Beispiel", dial_in="069 1234, PIN 5678#")
    row = make_registration(talk, question="Wer zahlt?\n\nWie lange?")

    (message,) = delivered()

    link = links.mine_url(row)
    assert dict(message.items()) | {"Date": None, "Content-Type": None, "MIME-Version": None} == {
        "Subject": f"Angemeldet, 26. November, 9 Uhr: {TITLE}",
        "From": "Kleinstadt Web-Talks <webtalks@testserver>",
        "To": "kim@stadt.example",
        "Reply-To": "kontakt@reihe.example",
        "Message-ID": OutgoingMail.objects.get().message_id,
        "Content-Language": "de",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Date": None,
        "Content-Type": None,
        "MIME-Version": None,
    }
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == (
        f"""Guten Tag Kim Beispiel,

wir freuen uns auf Sie.

{TITLE}
Mittwoch, 26.\xa0November 2025, 9–10\xa0Uhr, online
Sina Massow, Bürgermeisterin der Stadt Gudensberg
Stand: Angemeldet

So nehmen Sie teil (ab 15 Minuten vor Beginn):
{row.way_in_url}
Zugänglichkeit: Einwahl per Telefon
Einwahl per Telefon: 069 1234, PIN 5678#
Ihre Frage: Wer zahlt?

Wie lange?

Der Termin für Ihren Kalender hängt an dieser E-Mail.

So läuft es ab: Den Anfang macht ein Impuls von rund 20 Minuten. Danach ist Zeit
für Ihre Fragen.

Wenn Sie nicht teilnehmen können, melden Sie sich bitte ab oder geben Sie Ihren
Platz weiter.

Nach dem Talk schicken wir Ihnen einmal eine E-Mail mit dem, was es dazu
gibt: Rückblick, Material und Teilnahmebescheinigung.

Meine Anmeldung ansehen oder ändern:
{link}

Die Links gelten nur für Sie. Bitte leiten Sie diese E-Mail nicht weiter.

Viele Grüße
Kleinstadt Web-Talks
Städteverein
Akademie & Co.

--\x20
http://testserver/
kontakt@reihe.example
Impressum: http://testserver/impressum/
Datenschutz: http://testserver/datenschutz/

Sie erhalten diese E-Mail, weil diese Adresse auf unserer Website angegeben
wurde. Wenn Sie das nicht waren, melden Sie sich bitte unter „Meine Anmeldung“
ab.
"""
    )
    html = message.get_body(("html",)).get_content()
    assert 'Wärme &amp; "Licht" für Gudensberg' in html
    assert f'href="{link}"' in html


def test_one_confirmed_talk_is_an_alternative_and_a_file(delivered):
    row = make_registration()

    (message,) = delivered()

    assert alternatives(message) == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    calendar_part = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    assert calendar_part.get_param("method") == "REQUEST"
    (calendar,) = calendars(message)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == str(row.talk.uid)
    assert event["SEQUENCE"] == 0
    assert event["ATTENDEE"] == "mailto:kim@stadt.example"
    assert event["ATTENDEE"].params == {
        "CN": "Kim Beispiel",
        "PARTSTAT": "ACCEPTED",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "FALSE",
    }
    assert event["ORGANIZER"] == "mailto:webtalks@testserver"
    assert "/meine-anmeldung/" not in calendar.to_ical().decode().replace("\r\n ", "")


def test_calendar_reminds_when_the_way_in_opens(delivered, settings):
    settings.JOIN_OPENS_MINUTES = 20
    make_registration()

    (message,) = delivered()

    (alarm,) = calendars(message)[0].walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(minutes=-20)
    assert "(ab 20 Minuten vor Beginn)" in message.get_body(("plain",)).get_content()


def test_several_confirmed_talks_are_files_only(delivered):
    talks = [make_talk(), make_talk(title="Zweiter", starts_in=timedelta(days=49))]
    Registration.objects.sign_up(talks, name="Kim", email="kim@stadt.example")

    (message,) = delivered()

    assert alternatives(message) == [
        "text/plain",
        "text/html",
        "application/ics",
        "application/ics",
    ]
    assert message["Subject"] == "Angemeldet, ab 26. November: 2 Web-Talks"
    assert [str(c.walk("VEVENT")[0]["SUMMARY"]) for c in calendars(message)] == [TITLE, "Zweiter"]


def test_waiting_gets_no_calendar(delivered):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")

    message = delivered()[1]

    text = message.get_body(("plain",)).get_content()
    assert message["Subject"].startswith("Warteliste, ")
    assert alternatives(message) == ["text/plain", "text/html"]
    assert "Stand: Auf der Warteliste" in text
    assert "Kalender" not in text


def test_confirmed_and_waiting_in_one_mail(delivered):
    full, free = make_talk(capacity=1), make_talk(title="Frei", starts_in=timedelta(days=30))
    make_registration(full, email="a@stadt.example")
    Registration.objects.sign_up([full, free], name="Kim", email="kim@stadt.example")

    message = delivered()[1]

    text = message.get_body(("plain",)).get_content()
    assert message["Subject"] == "Angemeldet und Warteliste, ab 26. November: 2 Web-Talks"
    assert [text.count("Stand: Angemeldet"), text.count("Stand: Auf der Warteliste")] == [1, 1]
    assert [str(c.walk("VEVENT")[0]["SUMMARY"]) for c in calendars(message)] == ["Frei"]


def test_cancelling_takes_the_entry_out_and_the_next_one_moves_up(delivered):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    delivered()
    seated.cancel()

    cancelled, promoted = delivered()[2:]

    assert cancelled["Subject"].startswith("Abgemeldet, ")
    (calendar,) = calendars(cancelled)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert event["ATTENDEE"] == "mailto:a@stadt.example"
    assert promoted["Subject"].startswith("Nachgerückt, ")
    (calendar,) = calendars(promoted)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["SEQUENCE"], event["ATTENDEE"]) == (
        "REQUEST",
        2,
        "mailto:b@stadt.example",
    )


def test_who_comes_back_gets_a_request_that_outranks_the_cancel(delivered):
    talk = make_talk()
    row = make_registration(talk)
    delivered()
    row.cancel()
    delivered()
    make_registration(talk)

    numbers = [
        (str(c["METHOD"]), c.walk("VEVENT")[0]["SEQUENCE"])
        for message in delivered()
        for c in calendars(message)
    ]
    assert numbers == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]


def test_cancelling_a_place_in_the_queue_names_no_calendar(delivered):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example").cancel()

    message = delivered()[-1]

    assert alternatives(message) == ["text/plain", "text/html"]
    assert "Kalender" not in message.get_body(("plain",)).get_content()


def test_organisers_say_that_they_cancelled(delivered):
    make_registration().cancel(Registration.Reason.ORGANISER)

    text = delivered()[0].get_body(("plain",)).get_content()

    assert "Das haben die Veranstalter veranlasst" in text


def test_already_registered_mail(delivered, clock):
    talk = make_talk()
    make_registration(talk)
    clock.shift(timedelta(minutes=11))
    make_registration(talk)

    message = delivered()[1]

    assert message["Subject"] == f"Bereits angemeldet, 26. November, 9 Uhr: {TITLE}"
    assert [str(c["METHOD"]) for c in calendars(message)] == ["REQUEST"]


def test_already_waiting_mail_promises_no_seat(delivered, clock):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    for _ in range(2):
        make_registration(talk, email="b@stadt.example")
        clock.shift(timedelta(minutes=11))

    message = delivered()[2]

    assert message["Subject"].startswith("Bereits auf der Warteliste, ")
    assert "Sie stehen bereits auf der Warteliste" in message.get_body(("html",)).get_content()
    assert calendars(message) == []


NASTY = '<script>alert(1)</script> & "x" O\'Brien 王小明 🏡 مرحبا'


def test_markup_is_text_everywhere(delivered):
    talk = make_talk(title=NASTY, subtitle=NASTY, speaker=NASTY)
    make_registration(talk, name=NASTY)

    (message,) = delivered()

    assert NASTY[:30] in message["Subject"]
    assert NASTY in message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert '&lt;script&gt;alert(1)&lt;/script&gt; &amp; "x" O\'Brien' in html
    (calendar,) = calendars(message)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == NASTY
    # RFC 6868: a double quote in a parameter value is written as ^'.
    assert event["ATTENDEE"].params["CN"] == NASTY


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\x85", "\u2028"])
def test_no_header_can_be_injected_through_a_title(delivered, separator):
    make_registration(make_talk(title=f"Titel{separator}Bcc: opfer@stadt.example"))

    (message,) = delivered()

    assert message["Bcc"] is None
    assert message["Subject"] == (
        "Angemeldet, 26. November, 9 Uhr: Titel Bcc: opfer@stadt.example"
    )
