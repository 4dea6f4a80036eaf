"""What the site refuses to start with; `manage.py`, gunicorn and the worker ask the same.

A site that only this machine reaches (localhost) may do everything. A site at a name without a dot
or at a private address counts as one at home: it needs only a good key.
"""

import os
import re
import zlib
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from registration import certificate_keys as keys
from registration import pdf
from registration.mail.smtp import FILE_BACKEND

TAG = "danger"
# Characters.
SHORTEST_KEY = 50
# What people and templates write where a key should stand.
NO_KEY = re.compile(r"django-insecure|change.?me|geheim|secret|passwor[dt]|example|beispiel", re.I)
# Ends of names that lead nowhere outside of a home or an office.
HOME = (".localhost", ".local", ".lan", ".internal", ".home.arpa", ".fritz.box")


def is_this_machine() -> bool:
    """Whether only this machine reaches the site: by its address, and where it listens."""
    listens = os.environ.get("HOST") or "127.0.0.1"
    return {settings.SITE_HOST, listens} <= {"localhost", "127.0.0.1", "::1"}


def is_public() -> bool:
    """Whether people elsewhere can reach the site, as far as its address shows."""
    try:
        return ip_address(settings.SITE_HOST).is_global
    except ValueError:
        return "." in settings.SITE_HOST and not settings.SITE_HOST.endswith(HOME)


def is_weak(key: str) -> bool:
    """Whether a secret key is short, a placeholder, or repeats itself."""
    if len(key) < SHORTEST_KEY or NO_KEY.search(key):
        return True
    # A random key cannot be compressed to half its length, a repeated word can.
    repeats_itself = len(zlib.compress(key.encode(), 9)) < len(key) / 2
    return repeats_itself or len(set(key)) < 10


@register(TAG)
def secret_key_is_good(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
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
def debug_is_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
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
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
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
def site_is_encrypted(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
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
def mail_server_is_set(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a public site without a mail server: nobody would get a confirmation."""
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


@register(TAG)
def certificate_keys_can_be_used(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn, and refuse nothing: the site does without certificates too."""
    return [
        Warning(
            f"CERTIFICATE_KEY oder CERTIFICATE_KEY_FORMER: {mistake}",
            hint="docs/betrieb.md sagt, wie man Schlüssel für Bescheinigungen setzt und wechselt.",
            id="webtalks.W002",
        )
        for mistake in keys.mistakes()
    ]


@register(TAG, deploy=True)
def pdfs_can_be_written(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if pdf.is_available():
        return []
    return [
        Warning(
            "Bescheinigungen und Berichte gibt es nur als Seiten zum Drucken: Pango fehlt.",
            hint="apt install libpangoft2-1.0-0 libharfbuzz-subset0",
            id="webtalks.W003",
        )
    ]


@register(TAG, deploy=True)
def second_factor_is_required(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn only in `check --deploy`: cron would mail the warning after every command."""
    if settings.ADMIN_2FA == "required" or not is_public():
        return []
    return [
        Warning(
            "In der Verwaltung genügt ein Passwort.",
            hint="ADMIN_2FA=required setzen: alle richten dann einen zweiten Schritt ein.",
            id="webtalks.W001",
        )
    ]


def refuse_danger() -> None:
    """Raise ImproperlyConfigured if the site must not start like this."""
    found = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if found:
        raise ImproperlyConfigured(
            " ".join(f"{message.msg} {message.hint} ({message.id})" for message in found)
        )
