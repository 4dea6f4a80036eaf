"""Line breaks of every kind in everything that a mail is made of: no header appears or ends.

The fields are written past the forms, which refuse most of this already. For addresses see
test_addresses.py and test_deliver.py.
"""

from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from events.models import Municipality, Series, Speaker, Talk
from registration.mail.deliver import render
from registration.models import Message, OutgoingMail, Registration
from tests.registration.mail.every_kind import EVERY_KIND

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

BREAKS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029", "\v", "\f", "\x1c", "\x1d", "\x1e"]
WORDS = ["Bcc: opfer@stadt.example", "\r\n\r\nText", "\nEND:VEVENT", "\tä", '"', "=?utf-8?q?=0A?="]
letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
hostile = st.lists(st.sampled_from(BREAKS + WORDS) | letters, min_size=1, max_size=6).map(
    lambda pieces: ("Wort" + "".join(pieces))[:40]
)
FIELDS = {
    Talk: ("title", "subtitle", "announcement", "dial_in", "meeting_url", "programme"),
    Speaker: ("name", "role"),
    Municipality: ("name",),
    Series: ("name", "claim", "contact_phone", "provider_name", "provider_address"),
    Registration: ("name", "organisation", "question"),
    Message: ("subject", "text"),
    OutgoingMail: ("note",),
}
# Six words in which each of them occurs.
EACH_ONCE = ["Wort" + "".join((BREAKS + WORDS)[number::6]) for number in range(6)]
MANY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def shape(mail):
    """Return the names of all headers, part by part, and of all properties of a calendar."""
    message = message_from_bytes(
        render(OutgoingMail.objects.get(pk=mail.pk)).message().as_bytes(), policy=policy.default
    )
    parts = [(part.get_content_type(), part.keys()) for part in message.walk()]
    calendars = [
        [(entry.name, sorted(entry)) for entry in Calendar.from_ical(part.get_content()).walk()]
        for part in message.walk()
        if part.get_content_type() in ("application/ics", "text/calendar")
    ]
    return parts, calendars, [message.get_all(name) for name in ("To", "From", "Bcc")]


@pytest.mark.parametrize(("kind", "make"), EVERY_KIND)
def test_no_field_adds_or_ends_a_header(clock, kind, make):
    assert_headers_stay(clock, kind, make, EACH_ONCE)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "make"), EVERY_KIND)
@MANY
@given(words=st.lists(hostile, min_size=6, max_size=6))
def test_no_mixture_adds_or_ends_a_header(clock, kind, make, words):
    assert_headers_stay(clock, kind, make, words)


def assert_headers_stay(clock, kind, make, words):
    """Fail if the mail has other headers with `words` in its fields than without."""
    if not (mails := OutgoingMail.objects.filter(kind=kind)).exists():
        make(clock)
        Series.load().save()
        Talk.objects.update(title="Titel", subtitle="Zeile", announcement="Wort", dial_in="1")
    mail = mails.latest("pk")
    hostile_fields = dict(FIELDS)
    if kind == OutgoingMail.Kind.NO_WAY_IN:  # with one there is nothing to say
        hostile_fields[Talk] = tuple(name for name in FIELDS[Talk] if name != "meeting_url")
    for model, fields in hostile_fields.items():
        model.objects.update(**dict.fromkeys(fields, "Wort"))
    plain = shape(mail)

    for model, fields in hostile_fields.items():
        texts = zip(fields, words, strict=False)
        model.objects.update(**dict(texts))

    assert shape(mail) == plain
