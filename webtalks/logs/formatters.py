"""The log: one event is one line, as text or JSON, and names nobody.

What a log line says comes from the code. What comes from people (addresses, query strings, tokens,
the words of an error that may quote their input) is replaced by `…` before it is written.
"""

import json
import logging
import re
import smtplib
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import uuid4

from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError

# The request in whose course something is logged; empty outside of one.
request_id = ContextVar("request_id", default="")

# A character of either part of an address.
PART = r"[^\s<>\"'(),;:=\[\]{}/@]"
SECRETS = [
    # What the database quotes of a row, and what gunicorn quotes of a request it cannot read.
    (re.compile(r"\s*\b(?:DETAIL|CONTEXT|LINE \d+): .*", re.DOTALL), " …"),
    (re.compile(r"(Invalid request) from ip=.*", re.DOTALL), r"\1"),
    # The links of mails and previews: who reads one may act for the person, or see the draft.
    (
        re.compile(
            r"(/(?:terminhinweise/bestaetigen|meine-anmeldung|bestaetigen|nicht-ich|teilnehmen"
            r"|erinnerungen|terminhinweise|vorschau)/)[^/\s?&'\"]+"
        ),
        r"\1…",
    ),
    (re.compile(r"(?<![\w-])[\w-]{16,}[.:][\w:-]{20,}"), "…"),
    # Query strings, addresses, and the password in the address of a server.
    (re.compile(r"\?[^\s'\"]+"), "?…"),
    (re.compile(r"//[^/\s@]+@"), "//…@"),
    (re.compile(rf"(?<!{PART})({PART})+(?:@|%40)({PART})+"), "…@…"),
]
# Errors whose words come from the machine or the code; those of others may quote what somebody
# has typed ("invalid literal for int(): 'Kim Beispiel'") and are left out.
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
# What the recipient's mail server says may name the recipient.
BUT_FOR = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)


def without_secrets(text: str) -> str:
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def on_one_line(text: str) -> str:
    """Return `text` with control characters, line breaks and invisible characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def words(error: BaseException) -> str:
    """Return the kind of error, and its words where nobody's input can be among them."""
    kind = type(error).__name__
    if isinstance(error, WORDS_ARE_OURS) and not isinstance(error, BUT_FOR):
        return f"{kind}: {error}"
    return f"{kind}: …"


def story(error: BaseException) -> list[str]:
    """Return the traceback, the first error of a chain first: places in the code, no values."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = story(earlier) if earlier else []
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}")
    return [*lines, words(error)]


class Formatter(logging.Formatter):
    """What both formats have in common."""

    def facts(self, record) -> dict:
        """Return what the line says, nothing in it that must not be said."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "message": without_secrets(self.message(record)),
        }
        if record.exc_info and record.exc_info[1]:
            told["exception"] = [without_secrets(line) for line in story(record.exc_info[1])]
        return told

    def message(self, record) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error and str(record.msg) == str(error):  # Django's answer to suspicious requests
            return words(error)
        arguments = record.args
        if isinstance(arguments, tuple):
            arguments = tuple(
                words(value) if isinstance(value, BaseException) else value for value in arguments
            )
        return str(record.msg) % arguments if arguments else str(record.msg)


class TextFormatter(Formatter):
    """A line for people; below it, indented, the places of an error."""

    def format(self, record):
        told = self.facts(record)
        head = [told["time"], told["level"], told["logger"], told["request"] or "-"]
        lines = [" ".join(head) + " " + on_one_line(told["message"])]
        lines += [f"    {on_one_line(line)}" for line in told.get("exception", [])]
        return "\n".join(lines)


class JsonFormatter(Formatter):
    """A line for programs: one JSON object, in ASCII."""

    def format(self, record):
        told = self.facts(record)
        if "exception" in told:
            told["exception"] = "\n".join(on_one_line(line) for line in told["exception"])
        return json.dumps(told)


FORMATTERS = {"text": TextFormatter, "json": JsonFormatter}


@contextmanager
def request(environ):
    """Give what is logged meanwhile the number of this request, ours alone."""
    number = environ.setdefault("webtalks.request_id", uuid4().hex)
    token = request_id.set(number)
    try:
        yield
    finally:
        request_id.reset(token)
