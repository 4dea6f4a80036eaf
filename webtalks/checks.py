"""What the site refuses to start with; `manage.py`, gunicorn and the worker ask the same.

On this machine alone (localhost) everything may be tried out. A name without a dot and an address
of a private network count as being at home: there only the key must be good.
"""

import os
import re
import zlib
from ipaddress import ip_address

from django.conf import settings
from django.core.checks import Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from registration.mail.smtp import FILE_BACKEND

TAG = "danger"
LEAST_KEY = 50
# What people and templates write where a key should stand.
NO_KEY = re.compile(r"django-insecure|change.?me|geheim|secret|passwor[dt]|example|beispiel", re.I)
HOME = (".localhost", ".local", ".lan", ".internal", ".home.arpa", ".fritz.box")


def is_this_machine() -> bool:
    """Whether nobody else can reach the site: neither by its address nor where it listens."""
    listens = os.environ.get("HOST") or "127.0.0.1"
    return {settings.SITE_HOST, listens} <= {"localhost", "127.0.0.1", "::1"}


def is_public() -> bool:
    """Whether people elsewhere can reach the site, as far as its address tells."""
    try:
        return ip_address(settings.SITE_HOST).is_global
    except ValueError:
        return "." in settings.SITE_HOST and not settings.SITE_HOST.endswith(HOME)


def is_weak(key: str) -> bool:
    """Whether a secret key is short, a placeholder, or repeats itself."""
    squeezed = len(zlib.compress(key.encode(), 9)) / max(len(key), 1)
    return len(key) < LEAST_KEY or len(set(key)) < 10 or squeezed < 0.5 or bool(NO_KEY.search(key))


@register(TAG)
def secret_key_is_good(app_configs, **kwargs):
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if is_this_machine() or not any(is_weak(key) for key in keys):
        return []
    return [
        Error(
            "SECRET_KEY (oder ein Wert in SECRET_KEY_FALLBACKS) ist zu kurz oder zu erraten.",
            hint="Einen neuen setzen: python3 -c 'import secrets; "
            "print(secrets.token_urlsafe(50))'",
            id="webtalks.E002",
        )
    ]


@register(TAG)
def debug_stays_at_home(app_configs, **kwargs):
    if not settings.DEBUG or is_this_machine():
        return []
    return [
        Error(
            "DEBUG=1 zeigt Fremden Programmtext und Daten.",
            hint="DEBUG weglassen, oder SITE_URL=http://localhost:8000 setzen.",
            id="webtalks.E003",
        )
    ]


@register(TAG)
def hosts_are_named(app_configs, **kwargs):
    if not [host for host in settings.ALLOWED_HOSTS if host.startswith(("*", "."))]:
        return []
    return [
        Error(
            "ALLOWED_HOSTS lässt fremde Rechnernamen zu.",
            hint="In SITE_URL genau einen Rechner nennen; nur dieser gilt.",
            id="webtalks.E004",
        )
    ]


@register(TAG)
def the_way_is_encrypted(app_configs, **kwargs):
    if settings.IS_HTTPS or settings.ALLOW_HTTP or not is_public():
        return []
    return [
        Error(
            "SITE_URL beginnt mit http://: Namen, Adressen und Passwörter reisen offen.",
            hint="SITE_URL=https://… setzen, oder ALLOW_HTTP=1, wenn das so sein soll.",
            id="webtalks.E005",
        )
    ]


@register(TAG)
def mail_leaves_the_house(app_configs, **kwargs):
    """Refuse to go live without a mail server: nobody would get a confirmation."""
    to_files = settings.MAILERS["default"]["BACKEND"] == FILE_BACKEND
    if not to_files or settings.MAIL_TO_FILES or not is_public():
        return []
    return [
        Error(
            "Es ist kein Mailserver eingestellt: Mails werden nur in Dateien geschrieben.",
            hint="SMTP_URL setzen, zum Beispiel smtp+starttls://nutzer:passwort@mail.stadt.de, "
            "oder MAIL_TO_FILES=1, um die Website nur zu zeigen.",
            id="webtalks.E001",
        )
    ]


@register(TAG, deploy=True)
def admin_asks_twice(app_configs, **kwargs):
    """Warn in `check --deploy` alone: what cron calls would have it mailed each time."""
    if settings.ADMIN_2FA == "required" or not is_public():
        return []
    return [
        Warning(
            "In der Verwaltung genügt ein Passwort.",
            hint="ADMIN_2FA=required setzen: alle richten dann einen zweiten Schritt ein.",
            id="webtalks.W001",
        )
    ]


def refuse_danger():
    """Raise ImproperlyConfigured if the site must not start like this."""
    found = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if found:
        raise ImproperlyConfigured(
            " ".join(f"{message.msg} {message.hint} ({message.id})" for message in found)
        )
