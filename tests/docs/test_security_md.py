"""SECURITY.md says what the settings and the code do."""

import re

from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators

from events.text import addresses
from events.uploads import decoding
from registration.desk.presence import report_tables
from webtalks.login import hasher, lockout

TEXT = (settings.BASE_DIR / "SECURITY.md").read_text()


def test_limits_of_input_are_the_real_ones():
    assert f"at most {addresses.MAX_LOCAL_PART} and {addresses.MAX_EMAIL} octets" in TEXT
    megabytes, megapixels = (
        number // 10**6 for number in (decoding.MAX_BYTES, decoding.MAX_PIXELS_OF_JPEG)
    )
    assert f"at most {megabytes} MB and {megapixels} megapixels" in TEXT
    megabytes, lines = report_tables.MAX_BYTES // 10**6, report_tables.MAX_ROWS
    assert f"at most {megabytes} MB and {lines:,} lines" in TEXT
    fields, size = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert f"at most {fields:,} fields and {size:,} bytes" in TEXT


def test_rules_of_the_log_in_are_the_real_ones():
    words = " ".join(TEXT.split())
    shortest = get_default_password_validators()[1].min_length
    hours = settings.AXES_COOLOFF_TIME.total_seconds() / 3600

    assert settings.AXES_FAILURE_LIMIT == 5
    assert (
        f"Five wrong passwords lock the pair of user name and address for {hours:g} hour" in words
    )
    assert settings.AXES_LOCKOUT_PARAMETERS == [["username", "ip_address"]]
    assert lockout.OF_A_NETWORK == 30
    minutes = lockout.PERIOD.total_seconds() / 60
    assert f"Thirty wrong passwords in {minutes:g} minutes" in words
    assert f"at most {hasher.AT_ONCE} passwords at a time" in words
    idle, hours = settings.SESSION_IDLE_MINUTES, settings.SESSION_COOKIE_AGE // 3600
    assert f"Sessions end after {idle} idle minutes, at the latest after {hours} hours" in words
    assert f"Passwords have at least {shortest} characters" in words


def test_limits_for_strangers_are_the_real_ones():
    words = " ".join(TEXT.split())

    code = (settings.BASE_DIR / "registration/models/limits.py").read_text()
    numbers = dict(re.findall(r'allowed\("(\w+)", (\d+)\)', code))
    assert numbers == {
        "forms": "5",
        "mails": "3",
        "way_in": "5",
        "new_address": "5",
        "sign_ups": "60",
        "sign_ups_refused": "300",
        "dead_links": "30",
        "feedback": "300",
        "certificates": "20",
        "proposals": "30",
        "uploads": "40",
    }
    readme = (settings.BASE_DIR / "README.md").read_text()
    stated = re.search(r"`(forms=\d+[^`]*)` \(`registration/models/limits.py`", readme)[1]
    assert dict(part.split("=") for part in stated.split()) == numbers
    for text in (
        "From the sixth form in an hour on",
        "together three a day",
        "limit of its own: five",
        "may ask five times a day",
        "after 60 sign-ups in ten minutes each asks for a click in a mail, after 300",
        "after 30 dead links in an hour",
        "after 20 certificates of one talk checked in an hour",
        "after 300 answers about talks in an hour",
        "Whoever holds a speaker's link may save 30 times a minute and send 40 files a day",
    ):
        assert text in words


def test_time_frames_are_written_down():
    rows = re.findall(r"^\| .*package.* \| .*?(\d+) days.*\|$", TEXT, re.MULTILINE)

    assert [int(days) for days in rows] == [3, 30, 90]
