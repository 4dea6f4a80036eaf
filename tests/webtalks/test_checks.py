"""What the site refuses to start with, asked of the real processes."""

import os
import re

import pytest

from tests import forked
from tests.server import free_port
from tests.webtalks.test_settings import PRODUCTION, check, run
from webtalks.checks import is_public, is_weak

GOOD_KEY = PRODUCTION["SECRET_KEY"]
HTTP = {"SITE_URL": "http://talks.stadt.example"}
AT_HOME = {
    "SITE_URL": "http://localhost:8000",
    "SECRET_KEY": "x",
    "SMTP_URL": "",
    "DEBUG": "1",
}
DANGERS = {
    "at home for everybody": (AT_HOME | {"HOST": "0.0.0.0"}, ["E002", "E003"]),  # noqa: S104
    "no mail server": ({"SMTP_URL": ""}, ["E001"]),
    "short key": ({"SECRET_KEY": GOOD_KEY[:49]}, ["E002"]),
    "placeholder": ({"SECRET_KEY": "changeme-" + GOOD_KEY}, ["E002"]),
    "former key": ({"SECRET_KEY_FALLBACKS": f"{GOOD_KEY} alt"}, ["E002"]),
    "key on http": (HTTP | {"ALLOW_HTTP": "1", "SECRET_KEY": "x"}, ["E002"]),
    "debug": ({"DEBUG": "1"}, ["E003"]),
    "debug at home": ({"DEBUG": "1", "SITE_URL": "http://talks.local"}, ["E003"]),
    "http": (HTTP, ["E005"]),
    "password alone": ({"ADMIN_2FA": ""}, ["W001"]),
    "key for certificates": ({"CERTIFICATE_KEY": "1:kurz"}, ["W002"]),
}


@pytest.mark.parametrize("name", DANGERS)
def test_danger_is_named(tmp_path, name):
    environment, expected = DANGERS[name]

    process = check(tmp_path, **PRODUCTION | environment)

    assert process.returncode == 1
    assert re.findall(r"\(webtalks\.(\w+)\)", process.stderr) == expected
    assert "HINT: " in process.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"SMTP_URL": "", "MAIL_TO_FILES": "1"},
        HTTP | {"ALLOW_HTTP": "1"},
        {"ALLOWED_HOSTS": "*"},
        AT_HOME,
        AT_HOME | {"HOST": "::1"},
        {"SITE_URL": "http://webtalks:8000", "SMTP_URL": "", "ADMIN_2FA": ""},
        # Only `check --deploy` names it: else cron would mail it after every command.
        {"ADMIN_2FA": ""},
    ],
    ids=[
        "shown only",
        "http is meant",
        "no such setting",
        "this machine",
        "this machine, IPv6",
        "at home",
        "password alone",
    ],
)
def test_what_is_meant_or_harmless_is_allowed(tmp_path, environment):
    process = run(tmp_path, ["manage.py", "check"], **PRODUCTION | environment)

    assert (process.returncode, process.stderr) == (0, "")


GUNICORN = ["-m", "gunicorn", "-c", "python:webtalks.gunicorn", "webtalks.wsgi"]


@pytest.mark.parametrize(
    "command",
    [["manage.py", "start"], ["manage.py", "worker"], ["manage.py", "migrate"], GUNICORN],
)
def test_nothing_starts_in_danger(tmp_path, command):
    environment = PRODUCTION | {"SECRET_KEY": "geheim", "PORT": str(free_port())}

    process = run(tmp_path, command, **environment)

    assert process.returncode not in (0, None)
    assert "SECRET_KEY (oder ein Wert in SECRET_KEY_FALLBACKS) ist zu kurz" in process.stderr
    assert "webtalks.E002" in process.stderr
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize(
    "key",
    ["", "x", "a" * 80, "abcdefghijkl" * 6, "django-insecure-" + GOOD_KEY, "CHANGE_ME" + GOOD_KEY],
)
def test_weak_key(key):
    assert is_weak(key)


def test_keys_that_people_make_are_good():
    """The two commands that README and Django recommend, and 32 random bytes in hexadecimal."""
    makers = [
        "import secrets; print(secrets.token_urlsafe(50))",
        "import secrets; print(secrets.token_hex(32))",
        "from django.core.management.utils import get_random_secret_key as k; print(k())",
    ]
    for maker in makers * 3:
        key = forked.run(["-c", maker], dict(os.environ)).stdout.strip()
        assert (len(key) >= 50, is_weak(key)) == (True, False)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("talks.stadt.example", True),
        ("8.8.8.8", True),
        ("2a00:1450::1", True),
        ("localhost", False),
        ("webtalks", False),
        ("talks.local", False),
        ("192.168.1.7", False),
        ("::1", False),
    ],
)
def test_public_is_what_others_can_reach(settings, host, expected):
    settings.SITE_HOST = host

    assert is_public() is expected
