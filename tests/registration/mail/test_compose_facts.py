"""What mails and their calendar files say of the facts, and to whom they tell the number."""

import pytest

from events.models import Series
from registration.mail.deliver import render
from registration.models import OutgoingMail
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NUMBER = "069 1234567, PIN 4711"


@pytest.fixture
def talk():
    Series(programme='Zoom & "Co"', test_url="https://zoom.example/?a=1&b=2").save()
    return make_talk(dial_in=NUMBER, has_sign_language=True, capacity=1)


def mail_of(row):
    return render(OutgoingMail.objects.get(registrations=row))


def parts(mail):
    """Return the text, the HTML and all calendars, unfolded."""
    calendars = [part.content for part in mail.alternatives if "calendar" in part.mimetype]
    files = [part.content.decode() for part in mail.attachments]
    html = next(part.content for part in mail.alternatives if part.mimetype == "text/html")
    return mail.body, html, "".join([*calendars, *files]).replace("\r\n ", "")


def test_confirmation_says_the_facts_and_the_number_but_its_calendar_no_number(talk):
    text, html, calendar = parts(mail_of(make_registration(talk)))

    assert (
        '\nVideokonferenz: Zoom & "Co"\nVerbindung testen: https://zoom.example/?a=1&b=2\n'
        "Zugänglichkeit: Gebärdensprache, Einwahl per Telefon\n"
        f"Einwahl per Telefon: {NUMBER}\n\n"
    ) in text
    assert 'Videokonferenz: Zoom &amp; "Co"' in html
    assert 'href="https://zoom.example/?a=1&amp;b=2"' in html
    assert f"Einwahl per Telefon: {NUMBER}" in html
    assert calendar.count("Videokonferenz: Zoom & ") == 2
    assert "4711" not in calendar


def test_who_waits_gets_no_number(talk):
    make_registration(talk)
    text, html, _ = parts(mail_of(make_registration(talk, email="wartet@stadt.example")))

    assert ("4711" in text + html, "Zoom" in text + html) == (False, False)


def test_who_leaves_gets_no_number(talk):
    row = make_registration(talk)
    OutgoingMail.objects.all().delete()
    row.cancel()

    text, html, calendar = parts(mail_of(row))
    assert "4711" not in text + html + calendar
