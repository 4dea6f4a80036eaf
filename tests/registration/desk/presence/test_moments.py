"""Dates, times and durations as video systems write them."""

from datetime import UTC, date, datetime

import pytest

from registration.desk.presence.moments import BERLIN, Clock, seconds_in, zone_in, zone_of

CLOCK = Clock(date(2025, 10, 29), BERLIN)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("29.10.2025 10:00:03", datetime(2025, 10, 29, 10, 0, 3, tzinfo=BERLIN)),
        ("10/29/25, 12:05:00 AM", datetime(2025, 10, 29, 0, 5, tzinfo=BERLIN)),
        ("10/29/25, 12:05:00 PM", datetime(2025, 10, 29, 12, 5, tzinfo=BERLIN)),
        ("3.11.25 1:05 nachm.", datetime(2025, 11, 3, 13, 5, tzinfo=BERLIN)),
        ("2025-10-29T09:00:00.123Z", datetime(2025, 10, 29, 9, tzinfo=UTC)),
        ("Mar 3, 2025 7:13 PM", datetime(2025, 3, 3, 19, 13, tzinfo=BERLIN)),
        ("3. März 2025 07:13", datetime(2025, 3, 3, 7, 13, tzinfo=BERLIN)),
        ("10:15", datetime(2025, 10, 29, 10, 15, tzinfo=BERLIN)),
        ("--", None),
        ("", None),
        ("25:00", None),
        ("31.2.2025 10:00", None),
        ("99/99/2025 10:00", None),
        ("Mi 10. 10:00", None),
        ("29 Foo 2025 10:00", None),
        ("0001-01-01 00:00:00 +05:00", None),
        ("9999-12-31T23:59:59Z", None),
    ],
)
def test_moment(text, moment):
    assert CLOCK.read(text) == moment


@pytest.mark.parametrize(
    ("text", "head", "seconds"),
    [
        ("59", "duration", 3540),
        ("59,5", "dauer", 3570),
        ("3540", "dauer sekunden", 3540),
        ("1.5", "hours", 5400),
        ("01:02:03", "dauer", 3723),
        ("1:02", "dauer", 3720),
        ("58:30", "dauer", 3510),
        ("1h 2m 3s", "", 3723),
        ("1 Std. 2 Min. 3 Sek.", "", 3723),
        ("1 Stunde 2 Minuten", "", 3720),
        ("1 hr 2 min", "", 3720),
        ("54 mins", "", 3240),
        ("54 s", "", 54),
        ("--", "", None),
        ("", "", None),
        ("meist", "", None),
        pytest.param("9" * 400, "", None, id="endless number"),
        pytest.param("9" * 400 + " Std.", "", None, id="endless hours"),
    ],
)
def test_duration(text, head, seconds):
    assert seconds_in(text, head) == seconds


@pytest.mark.parametrize(
    ("text", "hours"),
    [("UTC", 0), ("GMT+02:00", 2), ("(UTC-0530)", -5.5), ("MESZ", 2), ("CET", 1), ("Z", 0)],
)
def test_zone(text, hours):
    zone = zone_in(text)

    assert zone.utcoffset(datetime(2025, 10, 29)).total_seconds() == hours * 3600


@pytest.mark.parametrize("text", ["", "Quatsch", "+99:00"])
def test_no_zone(text):
    assert zone_in(text) is None


def test_zone_of_berlin_knows_summer_time():
    facts = [("zeitzone", "(GMT+01:00) Amsterdam, Berlin, Rom")]

    assert zone_of([], facts) == BERLIN
    assert zone_of(["name"], [("thema", "UTC")]) == BERLIN
    assert zone_of(["first join utc"], []) == UTC
