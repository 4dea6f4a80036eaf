"""Who invites whom (RFC 5546): the organizer stays the same, and never invites themselves."""

from datetime import timedelta
from email import message_from_bytes, policy
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from icalendar import Calendar

from events.models import Series
from registration.mail.deliver import deliver_due
from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CONTACT = "kontakt@reihe.example"


@pytest.fixture
def entries(smtp_server):
    """Send what is due; return METHOD, SEQUENCE, STATUS, ORGANIZER and kinds of parts of each."""

    def send():
        smtp_server.messages.clear()
        deliver_due()
        return [
            seen(message_from_bytes(m.content, policy=policy.default))
            for m in smtp_server.messages
        ]

    return send


def seen(message):
    (part,) = (p for p in message.iter_attachments() if p.get_content_type() == "application/ics")
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    people = tuple(event.get(name) for name in ("ORGANIZER", "ATTENDEE"))
    is_invitation = any(p.get_content_type() == "text/calendar" for p in message.walk())
    return str(calendar["METHOD"]), event["SEQUENCE"], str(event["STATUS"]), people, is_invitation


@pytest.mark.parametrize("email", [CONTACT, "Kontakt@reihe.example"])
def test_organizer_gets_a_plain_entry(entries, email):
    Series.objects.create(contact_email=CONTACT)
    row = make_registration(email=email)

    assert entries() == [("PUBLISH", 0, "CONFIRMED", (None, None), False)]

    row.refresh_from_db()
    assert row.organizer == ""
    row.cancel()
    assert entries() == [("PUBLISH", 1, "CANCELLED", (None, None), False)]


def test_without_a_contact_the_sender_is_the_organizer(entries, settings):
    settings.DEFAULT_FROM_EMAIL = "Web-Talks <web@stadt.example>"
    make_registration(email="web@stadt.example")

    assert entries() == [("PUBLISH", 0, "CONFIRMED", (None, None), False)]


def test_organizer_stays_the_same_when_the_contact_changes(entries):
    series = Series.objects.create(contact_email=CONTACT)
    talk = make_talk()
    row = make_registration(talk)
    people = (f"mailto:{CONTACT}", "mailto:kim@stadt.example")
    assert entries() == [("REQUEST", 0, "CONFIRMED", people, True)]

    series.contact_email = "neu@reihe.example"
    series.save()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    Registration.objects.tell_of_change(talk)
    assert entries() == [("REQUEST", 1, "CONFIRMED", people, True)]
    row.refresh_from_db()
    row.cancel()
    assert entries() == [("CANCEL", 2, "CANCELLED", people, True)]

    make_registration(talk, email="lea@stadt.example")
    new = ("mailto:neu@reihe.example", "mailto:lea@stadt.example")
    assert [entry[3] for entry in entries()] == [new]


def test_contact_is_written_in_its_canonical_form(entries):
    Series.objects.create(contact_email="Kontakt@Straße.example")
    make_registration()

    assert [entry[3][0] for entry in entries()] == ["mailto:Kontakt@xn--strae-oqa.example"]


@pytest.mark.parametrize(
    ("contact", "organizer"),
    [
        ("kontakt@straße.example", "kontakt@xn--strae-oqa.example"),
        ("", "webtalks@testserver"),
    ],
)
def test_migration_keeps_to_the_invitations_that_people_have(contact, organizer):
    Series.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_series SET contact_email = %s", [contact])
    talk = make_talk(capacity=2)
    for name in ("kim@stadt.example", organizer, "wartet@stadt.example"):
        make_registration(talk, email=name)
    names = [("events", "0014_clean_text"), ("registration", "0016_organizer")]
    former = MigrationLoader(connection).project_state(names).apps

    import_module("registration.migrations.0016_organizer").fill(
        former, connection.schema_editor()
    )

    rows = Registration.objects.order_by("pk").values_list("organizer", flat=True)
    assert list(rows) == [organizer, "", ""]
