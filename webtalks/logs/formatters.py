"""The log: one event is one line, as text or JSON, and names nobody.

What a log line says comes from the code. What comes from people (addresses, query strings, tokens,
the words of an error that may quote their input) is replaced by `…` before it is written.
"""

import json
import logging
import os
import re
import smtplib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NotRequired, TypedDict

from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

# The number of the request that is being answered; "" outside of a request.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# A character of an e-mail address, before or after its "@".
PART = r"[^\s<>\"'(),;:=\[\]{}/@]"
# What must not be written, and what takes its place.
SECRETS: list[tuple[re.Pattern[str], str]] = [
    # What the database quotes of a row, and what gunicorn quotes of a request it cannot read.
    (re.compile(r"\s*\b(?:DETAIL|CONTEXT|LINE \d+): .*", re.DOTALL), " …"),
    (re.compile(r"(Invalid request) from ip=.*", re.DOTALL), r"\1"),
    # The links of mails and previews: who reads one may act for the person, or see the draft.
    (
        re.compile(
            r"(/(?:konto/[^/\s]+/(?:passwort|zweiter-schritt)|terminhinweise/bestaetigen|meine-anmeldung|bestaetigen|nicht-ich|neue-adresse|teilnehmen"
            r"|erinnerungen|unterlagen|terminhinweise|vortragen|vorschau|bescheinigung)/)[^/\s?&'\"]+"
        ),
        r"\1…",
    ),
    (re.compile(r"(?<![\w-])[\w-]{16,}[.:][\w:-]{20,}"), "…"),
    # Query strings, addresses, and the password in the address of a server.
    (re.compile(r"\?[^\s'\"]+"), "?…"),
    (re.compile(r"//[^/\s@]+@"), "//…@"),
    (re.compile(rf"(?<!{PART})({PART})+(?:@|%40)({PART})+"), "…@…"),
]
# Errors whose words come from the machine or the code. The words of other errors may quote what
# somebody has typed ("invalid literal for int(): 'Kim Beispiel'") and are left out.
WORDS_ARE_OURS = (
    AppRegistryNotReady,
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    IntegrityError,
    InterfaceError,
    NameError,
    OperationalError,
    OSError,
    ProgrammingError,
    TypeError,
)
# These belong to OSError, but here the mail server speaks and may name the recipient.
WORDS_OF_MAIL_SERVERS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)


def without_secrets(text: str) -> str:
    """Return `text` with `…` in the place of everything that SECRETS finds."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def on_one_line(text: str) -> str:
    """Return `text` with control characters, line breaks and invisible characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def error_text(error: BaseException) -> str:
    """Return the kind of error; its words only where nobody's input can be among them."""
    kind = type(error).__name__
    if isinstance(error, WORDS_ARE_OURS) and not isinstance(error, WORDS_OF_MAIL_SERVERS):
        return f"{kind}: {error}"
    return f"{kind}: …"


def traceback_lines(error: BaseException) -> list[str]:
    """Return the places in the code where the error has passed, without any values.

    The error that led to this one comes first, as in Python's own traceback.
    """
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = traceback_lines(earlier) if earlier else []
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}")
    return [*lines, error_text(error)]


class Facts(TypedDict):
    """What a log line says, without secrets."""

    time: str
    level: str
    logger: str
    request: str
    message: str
    exception: NotRequired[list[str]]


class SafeFormatter(logging.Formatter):
    """What both formats share: the facts of a line, without secrets."""

    def facts(self, record: logging.LogRecord) -> Facts:
        facts: Facts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "message": without_secrets(self.message(record)),
        }
        if record.exc_info and record.exc_info[1]:
            lines = traceback_lines(record.exc_info[1])
            facts["exception"] = [without_secrets(line) for line in lines]
        return facts

    def message(self, record: logging.LogRecord) -> str:
        """Return the message with its arguments; errors among them without words of people."""
        error = record.exc_info[1] if record.exc_info else None
        if error and str(record.msg) == str(error):  # Django logs suspicious requests like this
            return error_text(error)
        arguments = record.args
        if isinstance(arguments, tuple):
            arguments = tuple(
                error_text(value) if isinstance(value, BaseException) else value
                for value in arguments
            )
        return str(record.msg) % arguments if arguments else str(record.msg)


class TextFormatter(SafeFormatter):
    """A line for people; below it, indented, the places of an error."""

    def format(self, record: logging.LogRecord) -> str:
        facts = self.facts(record)
        head = [facts["time"], facts["level"], facts["logger"], facts["request"] or "-"]
        lines = [" ".join(head) + " " + on_one_line(facts["message"])]
        lines += [f"    {on_one_line(line)}" for line in facts.get("exception", [])]
        return "\n".join(lines)


class JsonFormatter(SafeFormatter):
    """A line for programs: one JSON object, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        facts = self.facts(record)
        if "exception" not in facts:
            return json.dumps(facts)
        exception = "\n".join(on_one_line(line) for line in facts["exception"])
        return json.dumps({**facts, "exception": exception})


# By the value of LOG_FORMAT.
FORMATTERS: dict[str, type[SafeFormatter]] = {"text": TextFormatter, "json": JsonFormatter}


@contextmanager
def number_request(environ: "WSGIEnvironment") -> Iterator[None]:
    """Give the request a number, which stands in every line that is logged meanwhile.

    The number is random, and nobody outside can choose it.
    """
    number = environ.setdefault("webtalks.request_id", os.urandom(16).hex())
    token = request_id.set(number)
    try:
        yield
    finally:
        request_id.reset(token)
