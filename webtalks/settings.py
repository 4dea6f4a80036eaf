"""All settings, production-safe by default; what differs between places is in the environment.

Required: SECRET_KEY (or SECRET_KEY_FILE) and SITE_URL. README.md lists the others.
"""

import os
import re
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from registration.mail.bounces.mailbox import mailbox_of
from registration.mail.smtp import mailer, sender
from webtalks.http.throttle import limits
from webtalks.http.visitors import trusted_proxies
from webtalks.logs.formatters import FORMATTERS

BASE_DIR = Path(__file__).resolve().parent.parent
env = os.environ.get


def required(name: str) -> str:
    """Return the same as `optional`, which must not be missing."""
    if value := optional(name):
        return value
    raise ImproperlyConfigured(f"Die Umgebungsvariable {name} fehlt.")


def optional(name: str) -> str:
    """Return the environment's `name`, or the content of the file that `name`_FILE points to."""
    if value := env(name):
        return value
    if (path := env(f"{name}_FILE")) and Path(path).is_file():
        return Path(path).read_text().strip()
    return ""


# Core

DEBUG = env("DEBUG") == "1"
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS", "").split()
# Under which certificates are checked, for as long as the paper lasts; former ones separated by
# spaces. registration/certificate_keys.py says how they are written. Without one there are
# no certificates.
CERTIFICATE_KEY = optional("CERTIFICATE_KEY")
CERTIFICATE_KEY_FORMER = optional("CERTIFICATE_KEY_FORMER")

# Where the site is reached, without a slash at the end; links in mails begin with it.
SITE_URL = required("SITE_URL").rstrip("/")
SITE_HOST: str = urlsplit(SITE_URL).hostname or ""
IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
if not re.fullmatch(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:\d+)?", SITE_URL, re.I):
    raise ImproperlyConfigured(
        "SITE_URL muss mit http:// oder https:// beginnen und einen Rechner nennen, sonst nichts."
    )
# A public site without encryption is refused, unless the operator says that it is meant.
ALLOW_HTTP = env("ALLOW_HTTP") == "1"
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS: list[str] = (
    LOOPBACK_HOSTS if SITE_HOST in ("localhost", "127.0.0.1", "::1") else [SITE_HOST]
)

# Database, uploaded files, mail files: everything that must survive an update.
DATA_DIR = Path(env("DATA_DIR", BASE_DIR / "var")).resolve()

# Where `manage.py backup` puts backups, and the worker the erasure log. None: the operator names a
# folder with each command, and the worker writes no log.
BACKUP_DIR = Path(path).resolve() if (path := env("BACKUP_DIR")) else None

ROOT_URLCONF = "webtalks.urls"
WSGI_APPLICATION = "webtalks.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "registration",
    "events",
    "crispy_forms",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "webtalks.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Last: its admin replaces what others have registered.
    "webtalks",
]

MIDDLEWARE = [
    # Outermost, so that files, redirects and refusals carry the headers too.
    "webtalks.http.headers.ResponseHeaders",
    "webtalks.http.visitors.AskedNearby",
    "webtalks.http.refusals.RefuseUnreadable",
    "webtalks.http.database_away.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "webtalks.http.static_files.StaticFiles",
    "webtalks.http.page_cache.PageCache",
    "webtalks.http.places.LeaveRoomForReaders",
    "webtalks.http.visitors.NameVisitor",
    "registration.pages.link_holder.DeadLinks",
    "registration.pages.mangled_links.MangledLinks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "webtalks.http.csrf.AskAgain",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "webtalks.login.second_factor.SecondFactor",
    "webtalks.login.sessions.SessionLimits",
    "webtalks.http.admin_lists.FirstPageOfList",
    "django.contrib.messages.middleware.MessageMiddleware",
    "events.pages.former_addresses.LeadOn",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "events.pages.context.series",
            ],
            "libraries": {"facts": "events.pages.context"},
        },
    },
]
CRISPY_TEMPLATE_PACK = "webtalks"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["webtalks"]
CRISPY_FAIL_SILENTLY = False

# Database

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN. SQLite has no row locks, and a transaction that
    # begins by reading and then writes would fail at once instead of waiting.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Opening the file and setting these takes longer than a query, and no server can go away.
    DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
else:
    # Each thread keeps its connection: to get one from a pool takes longer than a kept page.
    DATABASES["default"] |= {"CONN_MAX_AGE": 600}
    # So libpq notices within seconds, not minutes, that a server has vanished without a word.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 5_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
    } | DATABASES["default"].get("OPTIONS", {})

# Threads of each web process (webtalks/gunicorn.py reads the same variable).
WEB_THREADS = int(env("WEB_THREADS") or 4)

# Cache: none of Django's is used; rendered pages are kept by revision (docs/architecture.md).

# Bytes of memory that each process may use for these pages.
PAGE_CACHE_BYTES = int(env("PAGE_CACHE_BYTES") or 32_000_000)

# E-mail

MAILERS = {"default": mailer(env("SMTP_URL", ""), DATA_DIR / "mail")}
# A public site whose mails become files is refused, unless the operator says that the site is
# only a demonstration.
MAIL_TO_FILES = env("MAIL_TO_FILES") == "1"
DEFAULT_FROM_EMAIL = sender(env("MAIL_FROM") or f"Kleinstadt Web-Talks <webtalks@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The envelope sender, where mails that cannot be delivered come back to; "" is the sender itself.
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", "")
if BOUNCE_ADDRESS:
    BOUNCE_ADDRESS = parseaddr(sender(BOUNCE_ADDRESS, "BOUNCE_ADDRESS"))[1]
# The mailbox that is read for them (registration/mail/bounces); "": none is.
BOUNCE_URL = env("BOUNCE_URL", "")
mailbox_of(BOUNCE_URL)  # refuses nonsense
# Mails that a worker sends in a minute; 0: as many as it can.
MAILS_PER_MINUTE = int(env("MAILS_PER_MINUTE") or 0)

# Error reporting: the console; the operator's log collector reads it.

LOG_FORMAT = env("LOG_FORMAT") or "text"
if LOG_FORMAT not in FORMATTERS:
    raise ImproperlyConfigured("LOG_FORMAT muss „text“ oder „json“ sein.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": FORMATTERS[LOG_FORMAT]}},
    "handlers": {
        "nowhere": {"class": "logging.NullHandler"},
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "warning").upper()},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Pages that nobody has are not worth a line.
        "django.request": {"level": "ERROR"},
        # Scanners try other hosts all day; the answer is 400.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # So do programs with forms that nobody could fill in, and each would take 70 lines.
        "django.security.RequestDataTooBig": {"handlers": ["nowhere"], "propagate": False},
        "django.security.TooManyFieldsSent": {"handlers": ["nowhere"], "propagate": False},
        "django.security.TooManyFilesSent": {"handlers": ["nowhere"], "propagate": False},
        # It stars out name and address; webtalks/login/lockout.py writes lines one can count.
        "axes": {"level": "ERROR"},
        # With LOG_LEVEL=debug it would write every query with its values.
        "django.db.backends": {"level": "INFO"},
    },
}

# Monitoring

# A program on another machine sends it as a bearer token when it asks /metrics.
METRICS_TOKEN = env("METRICS_TOKEN", "")

# File uploads

MEDIA_ROOT = DATA_DIR / "media"
# Bytes beyond which an upload goes through a temporary file; events/uploads and events/models say
# what may be uploaded at all.
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Globalisation

LANGUAGE_CODE = "de"
FORMAT_MODULE_PATH = "webtalks.locale"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# Security headers; webtalks/http/headers.py sends them with every response.

SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# no-referrer would make Chromium send `Origin: null`, which Django refuses for every form.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc
# Health checks ask the process itself, without the proxy that speaks TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
# Only where the operator says so: on a town's main domain it would bind every host below it, for a
# year, and the browsers' list (preload) for good.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS and env("HSTS_SUBDOMAINS") == "1"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # ResponseHeaders sends X-Frame-Options, with files and refusals too
    "security.W003",  # AskAgain is Django's CsrfViewMiddleware, and more
    # HSTS_SUBDOMAINS is a choice.
    "security.W005",
    "security.W021",
]

# Sessions and cookies: the admin's session, and the CSRF cookie of the form

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
# The prefix binds the cookies to this host and to https; browsers accept it only there.
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
# Seconds from the log-in on, however busy somebody is (webtalks/login/sessions.py).
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_MINUTES = 30
# Minutes for which a password is proof enough for the pages in webtalks/login/reauthentication.py.
PROOF_MINUTES = 10
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True

# Authentication

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# `required`: nobody works in the admin without a second factor.
ADMIN_2FA = env("ADMIN_2FA") or "optional"
if ADMIN_2FA not in ("optional", "required"):
    raise ImproperlyConfigured("ADMIN_2FA muss „required“ oder „optional“ sein.")
# Seconds for which the links live that set a password or remove a second factor.
PASSWORD_RESET_TIMEOUT = 72 * 3600
OTP_TOTP_ISSUER = "Kleinstadt Web-Talks"

# Five wrong passwords lock the pair of user name and network, thirty the network
# (webtalks/login/lockout.py).
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(hours=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_HANDLER = "webtalks.login.lockout.KeepsNoForm"
AXES_USERNAME_CALLABLE = "webtalks.login.lockout.username"
AXES_CLIENT_IP_CALLABLE = "webtalks.http.visitors.network"
AXES_LOCKOUT_CALLABLE = "webtalks.login.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
# The proxies whose X-Forwarded-For is believed; gunicorn reads the same variable.
TRUSTED_PROXIES = trusted_proxies(env("FORWARDED_ALLOW_IPS") or "127.0.0.1")
PASSWORD_HASHERS = ["webtalks.login.hasher.FewAtOnce"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# The series

# Whom organisers call when mails do not go out, as they read it: a name, a telephone number.
OPERATOR_CONTACT = env("OPERATOR_CONTACT", "")
# How much strangers may send: registration/models/limits.py has the limits.
THROTTLE = limits(env("THROTTLE") or "")
# Seconds below which nobody fills in the sign-up form by hand.
FORM_MIN_SECONDS = int(env("FORM_MIN_SECONDS") or 3)
# Days after a talk until its registrations are made anonymous.
RETENTION_DAYS = int(env("RETENTION_DAYS") or 30)
# Days after the end that people knew, for whom nobody has told that the talk has a new date.
UNTOLD_RETENTION_DAYS = 2 * RETENTION_DAYS
# The same for a talk that was postponed and got no new date.
POSTPONED_RETENTION_DAYS = 180
# Days after which somebody who has cancelled is erased.
CANCELLED_RETENTION_DAYS = int(env("CANCELLED_RETENTION_DAYS") or 7)
# Days for which a mail that cannot be delivered keeps its address.
UNDELIVERED_MAIL_DAYS = 30
# Months for which the admin's history tells who did what.
ADMIN_HISTORY_MONTHS = 12
# Days for which the erasure log is kept: longer than any backup.
ERASURE_LOG_DAYS = int(env("ERASURE_LOG_DAYS") or 400)
# Days for which the operator's log collector keeps visitors' addresses. The site itself writes no
# access log; the privacy page prints this number.
ACCESS_LOG_DAYS = int(env("ACCESS_LOG_DAYS") or 7)
# Days for which a wrong password in the admin is remembered, with the address it came from.
LOGIN_ATTEMPTS_DAYS = 7
# Hours in which a registration or a wish for news must be confirmed, where that is asked.
PENDING_HOURS = 72
# Years for which a withdrawn consent to news is kept as proof (§ 195 BGB).
INTEREST_PROOF_YEARS = 3
# Minutes after a talk can be seen in which the news of it can still be stopped.
ANNOUNCE_AFTER_MINUTES = int(env("ANNOUNCE_AFTER_MINUTES") or 30)
# Minutes before a talk's beginning at which the way in opens.
JOIN_OPENS_MINUTES = int(env("JOIN_OPENS_MINUTES") or 15)
# Minutes before a talk's end at which its page for feedback opens, and days after it for which it
# stays open; what waits then for others to be shown with is deleted.
FEEDBACK_OPENS_MINUTES = 10
FEEDBACK_DAYS = 14
# Days after a talk for which the link to the speaker's desk leads there.
SPEAKER_LINK_DAYS = 14
# Months for which an offer to report in a talk is kept.
OFFER_MONTHS = 12
# Per cent of a talk's time after which somebody has attended it, as reports tell.
PRESENCE_PERCENT = min(100, max(1, int(env("PRESENCE_PERCENT") or 50)))
