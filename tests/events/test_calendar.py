"""The calendar files, read back with a parser that is not ours."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from events import calendar
from events.models import Series, Speaker, Talk
from tests.conftest import BERLIN, NOW
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "https://talks.example"
PEOPLE = {
    "site_url": SITE,
    "series": Series(),
    "organizer": ('Änne; "Groß", vhw', "orga@vhw.example"),
    "attendee": ("O'Brien, 王小明", "kim@stadt.example"),
    "stamp": NOW,
}
INVITED = PEOPLE | {"alarm_before": timedelta(minutes=15)}
# Commas, semicolons, backslashes, line breaks, emoji: all mean something to iCalendar.
AWKWARD = 'Wärme, Licht; "Größe" & \\n C:\\neu\nzweite Zeile 😀 – ' + "Ü" * 60


def parsed(content: bytes) -> tuple[Calendar, list[Event]]:
    (found,) = Calendar.from_ical(content, multiple=True)
    return found, found.walk("VEVENT")


def event_of(content: bytes) -> Event:
    (event,) = parsed(content)[1]
    return event


def published(*talks, **options) -> bytes:
    return calendar.published(talks, site_url=SITE, series=Series(), **options)


def test_file_of_a_talk_says_all_there_is_to_say():
    talk = make_talk(subtitle="Das Beispiel & mehr", calendar_sequence=3)

    file, (event,) = parsed(published(talk))

    assert [component.name for component in file.walk()] == [
        "VCALENDAR",
        "VTIMEZONE",
        "STANDARD",
        "DAYLIGHT",
        "VEVENT",
    ]
    assert {name: str(file[name]) for name in file} == {
        "PRODID": "-//Kleinstadt Web-Talks//DE",
        "VERSION": "2.0",
        "METHOD": "PUBLISH",
    }
    address = f"{SITE}/talks/waerme-licht-fuer-gudensberg/"
    assert {name: event.decoded(name) for name in event} == {
        "UID": str(talk.uid),
        "DTSTAMP": NOW.astimezone(UTC),
        "LAST-MODIFIED": NOW.astimezone(UTC),
        "SEQUENCE": 3,
        "DTSTART": NOW + timedelta(days=21),
        "DTEND": NOW + timedelta(days=21, hours=1),
        "SUMMARY": TITLE,
        "LOCATION": "Online",
        "URL": address,
        "DESCRIPTION": (
            "Das Beispiel & mehr\n\n"
            "Sina Massow, Bürgermeisterin der Stadt Gudensberg\n\n"
            "Erster Absatz.\n\nZweiter Absatz.\n\n"
            f"Kostenfrei, Anmeldung erforderlich: {address}\n\n"
            "Ihr persönlicher Link steht in der E-Mail zu Ihrer Anmeldung und in der "
            "Erinnerung eine Stunde vor Beginn.\n\n"
            f"Schon angemeldet? Zugang: {address}teilnehmen/"
        ),
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
    }


def test_uid_stays_and_sequence_rises_when_a_talk_moves():
    talk = make_talk()
    before = event_of(published(talk))
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.slug = talk.title = "neu"
    talk.save()
    after = event_of(published(Talk.objects.get()))

    assert (before["UID"], before["SEQUENCE"]) == (str(talk.uid), 0)
    assert (after["UID"], after["SEQUENCE"]) == (str(talk.uid), 1)
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [((2026, 1, 14), 9), ((2026, 7, 1), 8), ((2026, 3, 29), 8), ((2026, 10, 25), 9)],
    ids=["winter", "summer", "summer time begins", "summer time ends"],
)
def test_times_are_local_and_right_in_summer_and_winter(day, utc_hour):
    make_talk(starts_at=datetime(*day, 10, tzinfo=BERLIN))
    # From the database they come in UTC.
    content = published(Talk.objects.get())

    start, end = (event_of(content)[name] for name in ("DTSTART", "DTEND"))
    text = f"{datetime(*day):%Y%m%d}"
    assert f"DTSTART;TZID=Europe/Berlin:{text}T100000\r\n".encode() in content
    assert f"DTEND;TZID=Europe/Berlin:{text}T110000\r\n".encode() in content
    assert start.dt.astimezone(UTC) == datetime(*day, utc_hour, tzinfo=UTC)
    assert end.dt - start.dt == timedelta(hours=1)


def test_time_zone_of_the_file_is_berlin_all_year():
    file, _ = parsed(published(make_talk()))
    (zone,) = file.walk("VTIMEZONE")
    by_rules = zone.to_tz(lookup_tzid=False)
    moments = [
        datetime(2025, 1, 1, 12) + timedelta(hours=23 * number) for number in range(6 * 365)
    ]

    assert [by_rules.utcoffset(moment) for moment in moments] == [
        moment.replace(tzinfo=BERLIN).utcoffset() for moment in moments
    ]
    assert {moment.replace(tzinfo=BERLIN).utcoffset() for moment in moments} == {
        timedelta(hours=1),
        timedelta(hours=2),
    }


def test_time_zone_is_two_yearly_rules():
    (zone,) = parsed(published(make_talk()))[0].walk("VTIMEZONE")

    assert zone["TZID"] == "Europe/Berlin"
    assert [
        (rule.name, rule["DTSTART"].to_ical(), rule["RRULE"].to_ical(), *offsets(rule))
        for rule in zone.subcomponents
    ] == [
        (
            "STANDARD",
            b"19701025T030000",
            b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            "+0200",
            "+0100",
        ),
        (
            "DAYLIGHT",
            b"19700329T020000",
            b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
            "+0100",
            "+0200",
        ),
    ]


def offsets(rule):
    return rule["TZOFFSETFROM"].to_ical(), rule["TZOFFSETTO"].to_ical()


@pytest.mark.parametrize(
    ("status", "said"),
    [("published", "CONFIRMED"), ("cancelled", "CANCELLED"), ("postponed", "CANCELLED")],
)
def test_file_says_whether_a_talk_takes_place(status, said):
    assert event_of(published(make_talk(status=status)))["STATUS"] == said


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_in": -timedelta(hours=1), "recap": "So war es."},
        {"status": "cancelled", "announcement": "So war es."},
        {"status": "postponed", "announcement": "So war es."},
    ],
)
def test_file_promises_no_way_into_a_talk_that_nobody_can_attend(fields):
    text = str(event_of(published(make_talk(slug="talk", **fields)))["DESCRIPTION"])

    assert text.endswith(f"So war es.\n\n{SITE}/talks/talk/")
    assert [word for word in ("Anmeldung", "angemeldet", "teilnehmen") if word in text] == []


def test_invitation_says_nothing_of_signing_up():
    text = str(event_of(calendar.request(make_talk(), **INVITED))["DESCRIPTION"])

    assert "erforderlich" not in text


def test_feed_holds_all_talks_and_its_name():
    talks = [make_talk(title=title) for title in ("Erster", "Zweiter")]

    file, events = parsed(published(*talks, name="Kleinstadt, Web & Talks"))

    assert [event["SUMMARY"] for event in events] == ["Erster", "Zweiter"]
    assert (file["METHOD"], len(file.walk("VTIMEZONE"))) == ("PUBLISH", 1)
    assert (file["NAME"], file["X-WR-CALNAME"]) == ("Kleinstadt, Web & Talks",) * 2
    assert file["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    assert file["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"


def test_feed_without_talks_is_a_calendar():
    assert parsed(published())[1] == []


def test_request_invites_one_person_who_has_accepted():
    talk = make_talk(calendar_sequence=2)

    file, (event,) = parsed(calendar.request(talk, **INVITED))

    assert (file["METHOD"], event["UID"], event["SEQUENCE"]) == ("REQUEST", str(talk.uid), 2)
    assert (event["STATUS"], event["DTSTAMP"].dt) == ("CONFIRMED", NOW)
    assert event["ORGANIZER"] == "mailto:orga@vhw.example"
    assert event["ATTENDEE"] == "mailto:kim@stadt.example"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "O'Brien, 王小明",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
        "ROLE": "REQ-PARTICIPANT",
    }
    # A double quote goes as ^' (RFC 6868).
    assert dict(event["ORGANIZER"].params) == {"CN": 'Änne; "Groß", vhw'}


def test_request_reminds_as_long_before_as_it_is_told():
    (alarm,) = event_of(calendar.request(make_talk(), **INVITED)).walk("VALARM")

    assert {name: alarm.decoded(name) for name in alarm} == {
        "ACTION": "DISPLAY",
        "DESCRIPTION": TITLE,
        "TRIGGER": timedelta(minutes=-15),
    }


def test_cancel_takes_the_entry_out_with_the_number_of_that_moment():
    talk = make_talk(calendar_sequence=9)

    file, (event,) = parsed(calendar.cancel(talk, sequence=4, **PEOPLE))

    assert (file["METHOD"], event["UID"], event["SEQUENCE"]) == ("CANCEL", str(talk.uid), 4)
    assert (event["STATUS"], event["ATTENDEE"]) == ("CANCELLED", "mailto:kim@stadt.example")
    assert event["ORGANIZER"] == "mailto:orga@vhw.example"
    assert (event["DTSTART"].dt, event.walk("VALARM")) == (talk.starts_at, [])


def test_published_files_name_nobody_but_the_speakers():
    content = published(make_talk(), name="Reihe")

    assert [
        name for name in (b"ATTENDEE", b"ORGANIZER", b"VALARM", b"mailto") if name in content
    ] == []


@pytest.mark.parametrize(
    "make",
    [
        lambda talk: published(talk),
        lambda talk: calendar.request(talk, **INVITED),
        lambda talk: calendar.cancel(talk, sequence=1, **PEOPLE),
    ],
    ids=["publish", "request", "cancel"],
)
def test_awkward_characters_survive_and_lines_stay_short(make):
    talk = make_talk(title=AWKWARD, subtitle=AWKWARD, slug="talk", speaker="")
    Speaker.objects.create(talk=talk, name=AWKWARD[:120], role="Amt; A, B")

    content = make(talk)

    event = event_of(content)
    line = AWKWARD.replace("\n", " ")
    speaker = f"{line[:120]}, Amt; A, B"
    assert str(event["SUMMARY"]) == line
    assert str(event["DESCRIPTION"]).startswith(f"{line}\n\n{speaker}\n\n")
    assert str(event["DESCRIPTION"]).endswith(f": {SITE}/talks/talk/teilnehmen/")
    lines = content.split(b"\r\n")
    assert [line for line in lines if len(line) > 75 or b"\n" in line or b"\r" in line] == []


@pytest.mark.parametrize(
    "title", ["a\r\nATTENDEE:mailto:evil@x.example", "a\nEND:VEVENT\nBEGIN:VEVENT", "a\x0b\x00b"]
)
def test_no_text_adds_a_property(title):
    talk = make_talk(slug="talk")
    talk.title = title

    event = event_of(published(talk))

    assert set(event) & {"ATTENDEE", "ORGANIZER"} == set()
    assert event["UID"] == str(talk.uid)


def test_links_in_a_calendar_lead_to_the_talk_alone():
    talk = make_talk()
    for content in (published(talk), calendar.request(talk, **INVITED)):
        text = content.replace(b"\r\n ", b"").decode()
        assert text.count("https://") == text.count(f"{SITE}{talk.get_absolute_url()}") == 3
        assert "meine-anmeldung" not in text


@pytest.mark.parametrize(
    ("hour", "day", "ending"),
    [
        (True, True, " und in der Erinnerung eine Stunde vor Beginn."),
        (False, True, " und in der Erinnerung am Tag davor."),
        (False, False, "Ihrer Anmeldung."),
    ],
)
def test_entry_names_the_mails_in_which_the_personal_link_stands(hour, day, ending):
    talk = make_talk(reminds_hour_before=hour, reminds_day_before=day)

    description = str(event_of(published(talk))["DESCRIPTION"])

    (line,) = (line for line in description.splitlines() if "persönlicher Link" in line)
    assert line.startswith("Ihr persönlicher Link steht in der E-Mail zu Ihrer Anmeldung")
    assert line.endswith(ending)
