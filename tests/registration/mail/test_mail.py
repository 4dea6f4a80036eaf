"""A mail of every kind as it goes over the wire, to a server that knows nothing but RFC 5321."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from urllib.parse import unquote

import pytest

from events.models import Series, Talk
from registration.mail.deliver import render
from registration.models import OutgoingMail, Registration
from tests.registration.mail import strict_headers
from tests.registration.mail.every_kind import EVERY_KIND, Kind

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TITLE = 'Wärmeplanung für kleine Städte – ein "Werkstattbericht" & mehr'
SERIES = "Kleinstadt Web-Talks der Städte und Gemeinden – Bürgerbüro & Öffentlichkeit"
# Of what somebody can do without and still have the seat (RFC 8058). Never of a mail that a
# person needs: a click in the mail program would take it from them.
CAN_BE_ENDED = {Kind.REMINDER_DAY, Kind.REMINDER_HOUR, Kind.NEWS, Kind.RECAP}
CAN_BE_ENDED |= {Kind.SPEAKER_REMINDER}
LIST_HEADERS = {"List-Unsubscribe", "List-Unsubscribe-Post"}
ADDRESS = re.compile(r"https?://[^\s<>\"]+|[\w.+-]+@[\w.-]+")


@pytest.fixture(scope="module")
def made():
    """Keep what was made once for all tests, which only read it: by how it comes about."""
    return {}


@pytest.fixture(params=[pytest.param(kind.values, id=kind.id) for kind in EVERY_KIND])
def mail(request, clock, made):
    """Give the newest mail of each kind, about texts that no ASCII can hold."""
    if request.param not in made:
        made[request.param] = make_mail(*request.param, clock)
    return made[request.param]


def make_mail(kind, make, clock):
    Series.objects.create(name=SERIES, contact_email="kontakt@reihe.example")
    make(clock)
    Talk.objects.update(title=TITLE, announcement="Mehr unter https://stadt.example/wärme?a=1&b=2")
    Registration.objects.update(name='Änne "Kim" Größe')
    mail = render(OutgoingMail.objects.filter(kind=kind).latest("pk"))
    mail.kind, mail.raw = kind, mail.message(policy=policy.SMTP).as_bytes()
    return mail


@pytest.fixture
def raw(mail) -> bytes:
    return mail.raw


def test_every_line_is_short_and_in_seven_bits(raw):
    lines = raw.split(b"\r\n")

    assert raw.isascii()
    assert [line for line in lines if len(line) > 998] == []
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_no_line_of_encoded_text_is_longer_than_76_characters(raw):
    """RFC 2045 §6.7 and §6.8; lines of 78 characters are what Python writes by itself."""
    for part in message_from_bytes(raw).walk():
        if part["Content-Transfer-Encoding"] in ("quoted-printable", "base64"):
            lines = part.get_payload().splitlines()
            assert [line for line in lines if len(line) > 76] == []


def test_every_header_is_read_strictly(mail, raw):
    top = dict(strict_headers.headers(raw))

    assert strict_headers.text(top["Subject"]) == mail.subject
    assert strict_headers.people(top["From"]) == [("Kleinstadt Web-Talks", "webtalks@testserver")]
    assert strict_headers.people(top["Reply-To"]) == [("", "kontakt@reihe.example")]
    for part in message_from_bytes(raw).walk():
        source = part.as_bytes()
        for _, value in strict_headers.headers(source):
            strict_headers.text(value)
        if disposition := dict(strict_headers.headers(source)).get("Content-Disposition"):
            assert strict_headers.file_name(disposition).endswith(".ics")


def test_it_says_that_it_is_german(raw):
    assert dict(strict_headers.headers(raw))["Content-Language"] == "de"


def test_text_and_html_lead_to_the_same_addresses(raw):
    message = message_from_bytes(raw, policy=policy.default)
    text, html = (body(message, kind) for kind in ("plain", "html"))

    found = [
        unescape(link).removeprefix("mailto:") for link in re.findall(r'href="([^"]+)"', html)
    ]
    assert {unquote(link) for link in found} == set(ADDRESS.findall(text))


def test_one_click_is_offered_where_it_belongs_and_nowhere_else(mail, raw):
    """Which mails offer to unsubscribe by one click, and what all say of themselves."""
    message = message_from_bytes(raw, policy=policy.default)

    names = {name for name in message if name.startswith(("List-", "Precedence", "Feedback"))}
    assert names == (LIST_HEADERS if mail.kind in CAN_BE_ENDED else set())
    assert message.get_all("Auto-Submitted") == ["auto-generated"]


def test_every_kind_that_can_be_ended_is_tried():
    assert {param.values[0] for param in EVERY_KIND} >= CAN_BE_ENDED


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return part.get_content()
