"""The settings, read anew in a chosen environment."""

import json
import os

import pytest

from tests import forked

PRODUCTION = {
    "SECRET_KEY": "6kJ0vWq2mYt9-nur-fuer-tests-Xc4RzB8LhEs1GdUo7PaQiF5yMwKj3NT",
    "SITE_URL": "https://talks.stadt.example",
    "SMTP_URL": "smtp+starttls://nutzer:passwort@mail.stadt.example",
    "ADMIN_2FA": "required",
}
BAD_SITE_URL = (
    "SITE_URL muss mit http:// oder https:// beginnen und einen Rechner nennen, sonst nichts."
)
# Wildcards would let any host in.
NO_SITE = [
    "talks.stadt.example",
    "https://",
    "https://*",
    "https://.stadt.example",
    "https://nutzer:wort@stadt.example",
]
NO_SITE += ["https://stadt.example/talks", "https://stadt.example?x", "ftp://stadt.example"]


def run(directory, arguments, **environment):
    """Run Python with `arguments` in an environment that holds nothing else."""
    least = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(directory),
        "DJANGO_SETTINGS_MODULE": "webtalks.settings",
    }
    return forked.run(arguments, least | environment)


def settings_of(directory, *names, **environment) -> dict:
    """Return the settings `names` as the site has them in this environment."""
    code = (
        "import json, sys\n"
        "from django.conf import settings\n"
        "print(json.dumps({n: getattr(settings, n) for n in sys.argv[1:]}, default=str))"
    )
    process = run(directory, ["-c", code, *names], **environment)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def check(directory, **environment):
    return run(
        directory,
        ["-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        **environment,
    )


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SITE_URL": "http://localhost"}, "Die Umgebungsvariable SECRET_KEY fehlt."),
        (
            {"SITE_URL": "http://localhost", "SECRET_KEY": ""},
            "Die Umgebungsvariable SECRET_KEY fehlt.",
        ),
        (
            {"SITE_URL": "http://localhost", "SECRET_KEY_FILE": "/gibt/es/nicht"},
            "Die Umgebungsvariable SECRET_KEY fehlt.",
        ),
        ({"SECRET_KEY": "x"}, "Die Umgebungsvariable SITE_URL fehlt."),
        *(({"SECRET_KEY": "x", "SITE_URL": site_url}, BAD_SITE_URL) for site_url in NO_SITE),
        (
            {"SECRET_KEY": "x", "SITE_URL": "http://localhost", "SMTP_URL": "mail.stadt.de"},
            "SMTP_URL muss mit smtp://, smtp+starttls:// oder smtps:// beginnen "
            "und einen Server nennen.",
        ),
    ],
)
def test_what_is_missing_is_said(tmp_path, environment, message):
    process = run(tmp_path, ["manage.py", "check"], **environment)

    last_line = process.stderr.strip().splitlines()[-1]
    assert (process.returncode, last_line) == (
        1,
        f"django.core.exceptions.ImproperlyConfigured: {message}",
    )


def test_secret_key_may_lie_in_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("aus der Datei\n")

    found = settings_of(
        tmp_path, "SECRET_KEY", SITE_URL="http://localhost", SECRET_KEY_FILE=str(path)
    )

    assert found == {"SECRET_KEY": "aus der Datei"}


SAFE = [
    "DEBUG",
    "SITE_URL",
    "SITE_HOST",
    "ALLOWED_HOSTS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "CSRF_COOKIE_HTTPONLY",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
]


@pytest.mark.parametrize(
    "site_url", ["https://talks.stadt.example/", "HTTPS://Talks.Stadt.example"]
)
def test_https_makes_cookies_secure_and_redirects(tmp_path, site_url):
    found = settings_of(tmp_path, *SAFE, **PRODUCTION | {"SITE_URL": site_url})

    assert found == {
        "DEBUG": False,
        "SITE_URL": site_url.rstrip("/"),
        "SITE_HOST": "talks.stadt.example",
        "ALLOWED_HOSTS": ["talks.stadt.example"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
    }


def test_hosts_below_are_bound_where_the_operator_says_so(tmp_path):
    names = ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]

    assert settings_of(tmp_path, *names, **PRODUCTION, HSTS_SUBDOMAINS="1") == dict.fromkeys(
        names, True
    )


def test_http_works_on_the_own_machine(tmp_path):
    found = settings_of(tmp_path, *SAFE, SECRET_KEY="x", SITE_URL="http://localhost:8000")

    assert found == {
        "DEBUG": False,
        "SITE_URL": "http://localhost:8000",
        "SITE_HOST": "localhost",
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": "sessionid",
        "CSRF_COOKIE_NAME": "csrftoken",
    }


def test_only_one_switches_debug_on(tmp_path):
    found = [
        settings_of(tmp_path, "DEBUG", SECRET_KEY="x", SITE_URL="http://localhost", DEBUG=value)
        for value in ("1", "0", "False", "true")
    ]

    assert [values["DEBUG"] for values in found] == [True, False, False, False]


def test_check_for_deployment_is_silent_in_production(tmp_path):
    process = check(tmp_path, **PRODUCTION)

    assert (process.returncode, process.stderr) == (0, "")
    assert "no issues" in process.stdout or "keine" in process.stdout


def test_check_for_deployment_wants_https(tmp_path):
    process = check(tmp_path, **PRODUCTION | {"SITE_URL": "http://talks.stadt.example"})

    assert process.returncode == 1
    assert "security.W004" in process.stderr


def test_database_is_sqlite_that_waits_for_its_lock(tmp_path):
    found = settings_of(
        tmp_path, "DATABASES", "MEDIA_ROOT", "MAILERS", **PRODUCTION | {"SMTP_URL": ""}
    )

    database = found["DATABASES"]["default"]
    assert (database["ENGINE"], database["NAME"], database["OPTIONS"]) == (
        "django.db.backends.sqlite3",
        str(tmp_path / "db.sqlite3"),
        {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    )
    assert found["MEDIA_ROOT"] == str(tmp_path / "media")
    assert found["MAILERS"]["default"]["OPTIONS"] == {"directory": str(tmp_path / "mail")}


def test_database_url_gives_postgresql_whose_threads_keep_their_connections(tmp_path):
    found = settings_of(
        tmp_path,
        "DATABASES",
        **PRODUCTION,
        DATABASE_URL="postgres://nutzer:p%40ss@db.example:5433/talks?sslmode=require",
    )

    database = found["DATABASES"]["default"]
    names = ["ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS"]
    assert {name: database[name] for name in names} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "talks",
        "USER": "nutzer",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {
            "sslmode": "require",
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
        },
    }
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)


def test_mail_comes_from_the_site_unless_told_otherwise(tmp_path):
    own = settings_of(tmp_path, "DEFAULT_FROM_EMAIL", "SERVER_EMAIL", **PRODUCTION)
    told = settings_of(
        tmp_path, "DEFAULT_FROM_EMAIL", **PRODUCTION, MAIL_FROM="Größenau <orga@stadt.example>"
    )

    assert own == {
        "DEFAULT_FROM_EMAIL": "Kleinstadt Web-Talks <webtalks@talks.stadt.example>",
        "SERVER_EMAIL": "Kleinstadt Web-Talks <webtalks@talks.stadt.example>",
    }
    assert told == {"DEFAULT_FROM_EMAIL": "Größenau <orga@stadt.example>"}


def test_no_setting_that_django_deprecates_is_written():
    text = (forked.ROOT / "webtalks/settings.py").read_text()

    assert [line for line in text.splitlines() if line.startswith("EMAIL_")] == []


def test_https_site_redirects_all_but_the_health_checks(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "c = Client(headers={'host': 'talks.stadt.example'})\n"
        "for p in ('/ueber/?a=1', '/healthz'):\n"
        "    r = c.get(p)\n"
        "    print(r.status_code, r.headers.get('Location'))\n"
    )
    process = run(tmp_path, ["-c", code], **PRODUCTION | {"STATIC_ROOT": str(tmp_path)})

    assert process.stdout.splitlines() == [
        "301 https://talks.stadt.example/ueber/?a=1",
        "200 None",
    ], process.stderr
