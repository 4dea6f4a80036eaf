"""How talks and all other rows read."""

from datetime import datetime

import pytest

from events.models import Material, Municipality, Series, Speaker, Talk, TalkTopic, Topic
from tests.conftest import BERLIN
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_talk_speaks_german():
    talk = make_talk(
        starts_at=datetime(2026, 3, 4, 10, tzinfo=BERLIN),
        registration_opens_at=datetime(2026, 2, 1, 9, tzinfo=BERLIN),
    )

    assert {
        name: getattr(talk, name)
        for name in (
            "date_text",
            "short_date_text",
            "time_text",
            "weekday_text",
            "day",
            "month_year",
            "opens_text",
        )
    } == {
        "date_text": "Mittwoch, 4.\u00a0März 2026",
        "short_date_text": "4.\u00a0März 2026",
        "time_text": "10–11\u00a0Uhr",
        "weekday_text": "Mittwoch",
        "day": "4",
        "month_year": "März 2026",
        "opens_text": "1.\u00a0Februar 2026, 9:00\u00a0Uhr",
    }


def test_talk_read_from_the_database_speaks_of_berlin_time():
    make_talk(
        starts_at=datetime(2026, 7, 1, 0, 30, tzinfo=BERLIN),
        ends_at=datetime(2026, 7, 1, 2, 0, tzinfo=BERLIN),
    )

    talk = Talk.objects.get()
    assert (talk.date_text, talk.time_text, talk.opens_text) == (
        "Mittwoch, 1.\u00a0Juli 2026",
        "0:30–2:00\u00a0Uhr",
        "",
    )
    assert talk.local_starts_at.isoformat() == "2026-07-01T00:30:00+02:00"
    assert talk.local_ends_at.isoformat() == "2026-07-01T02:00:00+02:00"


def test_speaker_line_names_all_in_their_order():
    talk = make_talk(speaker="")
    Speaker.objects.create(talk=talk, position=2, name="Jörg Öz")
    Speaker.objects.create(talk=talk, position=1, name='Änne "Anne" Groß', role="Amt 1 & 2")

    assert talk.speaker_line == 'Änne "Anne" Groß, Amt 1 & 2; Jörg Öz'
    assert make_talk(speaker="").speaker_line == ""


def test_rows_are_called_by_what_a_person_knows_them_by():
    talk = make_talk(title='Wärme & "Licht"')
    topic = Topic(name="Wärme & Licht")

    assert [
        str(row)
        for row in (
            talk,
            topic,
            TalkTopic(talk=talk, topic=topic),
            Municipality(name="Bad Süß", land="Hessen"),
            Material(title="Folien"),
            Series(),
        )
    ] == [
        'Wärme & "Licht"',
        "Wärme & Licht",
        'Wärme & "Licht": Wärme & Licht',
        "Bad Süß (Hessen)",
        "Folien",
        "Kleinstadt Web-Talks",
    ]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (("", "", ""), ""),
        (("", "12", "1 Std."), ""),
        (("Kammer", "", ""), "Kammer"),
        (("Kammer", "", "1 Std."), "Kammer, 1 Std."),
        (("Kammer", "12", "1 Std."), "Kammer, Nummer\u00a012, 1 Std."),
    ],
)
def test_recognition_is_said_in_one_line_and_never_without_who_gave_it(fields, text):
    chamber, number, hours = fields
    talk = make_talk(
        recognition_chamber=chamber, recognition_number=number, recognition_hours=hours
    )

    assert talk.recognition == text


def test_page_of_a_talk_shows_its_recognition_beforehand_and_not_if_it_is_off(client):
    talk = make_talk(recognition_chamber="Kammer & Söhne", recognition_number="12")
    page = client.get(talk.get_absolute_url()).content.decode()
    assert "Kammer &amp; Söhne, Nummer\u00a012" in page

    talk.status = Talk.Status.CANCELLED
    talk.save()
    assert "Kammer &amp; Söhne" not in client.get(talk.get_absolute_url()).content.decode()
