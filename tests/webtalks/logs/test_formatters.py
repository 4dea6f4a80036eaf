import json
import logging
import smtplib
import sys
from datetime import UTC, datetime

import pytest
from django.core.exceptions import DisallowedHost
from django.db import IntegrityError, OperationalError
from django.urls import get_resolver

from webtalks.logs import formatters

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def record(message, *arguments, error=None):
    if error:
        try:
            raise error
        except type(error):
            exc_info = sys.exc_info()
    else:
        exc_info = None
    made = logging.LogRecord("site", logging.ERROR, "x.py", 1, message, arguments, exc_info)
    made.created = NOW.timestamp()
    return made


@pytest.mark.parametrize(
    ("message", "arguments", "shown"),
    [
        ("Forbidden: %s", ["/meine-anmeldung/ab-c.de_f/"], "Forbidden: /meine-anmeldung/…/"),
        ("GET %s?x=1", ["/meine-anmeldung/abc.def"], "GET /meine-anmeldung/…?…"),
        (
            "'/meine-anmeldung/a.b/material/3/' and /meine-anmeldung/c.d/",
            [],
            "'/meine-anmeldung/…/material/3/' and /meine-anmeldung/…/",
        ),
        ("GET /vorschau/abc:def/", [], "GET /vorschau/…/"),
        ("GET /vortragen/abc.def/teil/talk/", [], "GET /vortragen/…/teil/talk/"),
        ("GET /bilder/a/1.jpg?vorschau=ab:c&x=1", [], "GET /bilder/a/1.jpg?…"),
        ("'kim@stadt.example', <a+b@größe.example>", [], "'…@…', <…@…>"),
        ("/talks/kim%40stadt.example/", [], "/talks/…@…/"),
        ("no server at smtp://user:pass@mail.example:25", [], "no server at smtp://…@…:25"),
        ("Invalid request from ip=192.0.2.7: 'Kim Beispiel'", [], "Invalid request"),
        ("a\nb\r\x1b[31mc\u2028d\u202ee", [], r"a\nb\r\x1b[31mc\u2028d\u202ee"),
        ("100 %% of %d", [3], "100 % of 3"),
        ("nothing to hide: %s", ["/talks/a/"], "nothing to hide: /talks/a/"),
        (
            "failed: %s",
            [OperationalError("server is away")],
            "failed: OperationalError: server is away",
        ),
        ("failed: %s", [ValueError("'Kim Beispiel'")], "failed: ValueError: …"),
    ],
)
def test_line_holds_no_secret_and_no_break(message, arguments, shown):
    line = f"2026-01-02T03:04:05.678+00:00 ERROR site - {shown}"

    assert formatters.TextFormatter().format(record(message, *arguments)) == line


def test_json_is_one_object_in_ascii():
    line = formatters.JsonFormatter().format(record('Größe\n"x" %s', "kim@stadt.example"))

    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-01-02T03:04:05.678+00:00",
        "level": "ERROR",
        "logger": "site",
        "request": "",
        "message": 'Größe\n"x" …@…',
    }


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError("invalid literal for int(): 'Kim Beispiel'"), "ValueError: …"),
        (
            IntegrityError(
                'duplicate key value violates unique constraint "one"\n'
                "DETAIL:  Key (talk_id, email_key)=(1, Kim Beispiel) already exists."
            ),
            'IntegrityError: duplicate key value violates unique constraint "one" …',
        ),
        (
            smtplib.SMTPRecipientsRefused({"kim@stadt.example": (550, b"Kim Beispiel")}),
            "SMTPRecipientsRefused: …",
        ),
        (FileNotFoundError(2, "No such file"), "FileNotFoundError: [Errno 2] No such file"),
    ],
)
def test_error_tells_places_and_no_values(error, shown):
    lines = formatters.TextFormatter().format(record("failed", error=error)).splitlines()

    assert lines[0].endswith(" ERROR site - failed")
    assert [line[:5] for line in lines[1:]] == [f"    {line[4]}" for line in lines[1:]]
    assert lines[1].endswith(" record: raise error")
    assert lines[2:] == [f"    {shown}"]


def test_message_that_is_the_error_itself_is_as_silent():
    error = DisallowedHost("Kim Beispiel")

    lines = formatters.TextFormatter().format(record(str(error), error=error)).splitlines()

    assert lines[0].endswith(" ERROR site - DisallowedHost: …")


def routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_page_with_a_token_is_masked():
    with_token = [route for route in routes(get_resolver().url_patterns) if "<str:token>" in route]

    assert len(with_token) > 10
    for route in with_token:
        path = "/" + route.replace("<str:token>", "geheim.x")
        assert (path, "geheim" in formatters.without_secrets(path)) == (path, False)


def test_long_lines_are_searched_quickly():
    before = datetime.now(UTC)

    for piece in ("a", "a.", "a@", "//a", "?", "-"):
        formatters.without_secrets(piece * 50_000)

    assert (datetime.now(UTC) - before).total_seconds() < 5
