"""A foreign reader of mails reads what we have written; a strict one objects to nothing.

The first is npm's postal-mime, the second strict_mail.py.
"""

import json
import re
import subprocess
from datetime import UTC
from email.headerregistry import Address
from email.utils import parseaddr

import pytest

from events.models import Talk
from registration.mail.smtp import sender
from registration.models import OutgoingMail
from tests.foreign import strict_mail, wire
from tests.foreign.tools import node_modules, program
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

READER = "tests/foreign/mail_reader.mjs"
TITLES = (
    'Der "Dritte Ort": Kaffee & Kultur, \\ und / mehr',
    "Straßenfest 🎈👩‍👩‍👧 für alle – „von unten“",
    "=?utf-8?q?=0D=0ABcc:_alle?= und ?= danach",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenstiftungsvorsitzende " * 2,
    ".Punkt am Anfang, From mitten im Text, <b>fett</b>; a@b.example",
    "ПОЖАР 日本 עברית",
)
NAMES = ("Müller, Jörg", 'Der "Verein"', "Stadt 🏡 Größenau", "a.b@c (d) <e>", "Ärzte e. V. " * 6)


def read(mails: list[bytes], directory) -> list[dict]:
    """Return what the foreign reader finds in each of the mails."""
    files = [directory / f"{number}.eml" for number in range(len(mails))]
    for file, raw in zip(files, mails, strict=True):
        file.write_bytes(raw)
    command = [program("node", "nodejs"), READER, node_modules("postal-mime"), *files]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def meant(sent: wire.Sent) -> dict:
    """Return what a reader has to find in this mail."""
    mail = sent.written
    html, *calendars = mail.alternatives
    parts = [(each.mimetype, None, each.content) for each in calendars]
    parts += [(each.mimetype, each.filename, each.content) for each in mail.attachments]
    return {
        "subject": mail.subject,
        "from": list(parseaddr(mail.from_email)),
        "to": [["", address] for address in mail.to],
        "replyTo": [list(parseaddr(address)) for address in mail.reply_to],
        "date": sent.sent_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "messageId": mail.extra_headers["Message-ID"],
        "text": mail.body.rstrip(),
        "html": html.content.rstrip(),
        "parts": [part(*each) for each in parts],
    }


def part(kind: str, name: str | None, content: bytes | str) -> list:
    """Return type, name, method and text of an attached part; the reader gives lines with LF."""
    text = content.decode() if isinstance(content, bytes) else content
    method = re.search(r"method=(\w+)", kind)
    return [kind.partition(";")[0], name, method and method[1], text.replace("\r\n", "\n")]


def without_end(answer: dict) -> dict:
    """Leave out the line ends after the last line: the boundary takes one of them."""
    return answer | {name: answer[name].rstrip() for name in ("text", "html")}


def check(mails: dict[str, wire.Sent], directory) -> None:
    """Let both readers look at the mails."""
    answers = read([mail.raw for mail in mails.values()], directory)
    for (name, mail), answer in zip(mails.items(), answers, strict=True):
        assert (name, without_end(answer)) == (name, meant(mail))
        assert (name, strict_mail.faults(mail.raw)) == (name, [])


def test_every_kind_of_mail_is_read_as_it_was_written(clock, smtp_server, settings, tmp_path):
    check(wire.send_every_kind(clock, smtp_server, settings), tmp_path)


@pytest.mark.parametrize("title", TITLES)
def test_title_is_read_as_it_was_typed(smtp_server, settings, tmp_path, title):
    wire.prepare(settings)
    make_registration(make_talk(title=title))

    sent = wire.send(OutgoingMail.Kind.SIGNED_UP, smtp_server)

    assert Talk.objects.get().title in sent.written.body
    check({"mail": sent}, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_sender_is_named_as_the_operator_wrote(smtp_server, settings, tmp_path, name):
    wire.prepare(settings)
    settings.DEFAULT_FROM_EMAIL = sender(str(Address(name.strip(), "web", "musterstadt.example")))
    make_registration()

    sent = wire.send(OutgoingMail.Kind.SIGNED_UP, smtp_server)

    assert parseaddr(sent.written.from_email)[0] == name.strip()
    check({"mail": sent}, tmp_path)


SOUND = (
    b"MIME-Version: 1.0\r\n"
    b"Date: Wed, 05 Nov 2025 08:00:00 +0000\r\n"
    b"From: =?utf-8?q?M=C3=BCller?= <web@musterstadt.example>\r\n"
    b"To: kim@stadt.example\r\n"
    b"Subject: =?utf-8?q?W=C3=A4rme?=\r\n"
    b"Message-ID: <1@musterstadt.example>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"\r\n"
    b"Gr=C3=BC=C3=9Fe\r\n"
)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b"Fe\r\n", b"Fe\n\r\n", "a line that does not end with CRLF"),
        (b"W=C3=A4rme", "Wärme".encode(), "octets that are no ASCII"),
        (b"Gr", b"Gr" * 500, "a line that is too long"),
        (b"Gr", b"Gr" * 40, "a line that is not quoted-printable in text/plain; charset=utf-8"),
        (b"=BC", b"=bc", "a line that is not quoted-printable in text/plain; charset=utf-8"),
        (b"rme?=", b"rme?= " + b"x" * 60, "a header that cannot be read"),
        (b"rme?=", b"rme?=und", "a header that cannot be read"),
        (b": =?utf-8?q?W=C3=A4rme?=", b": " + b"x " * 40, "a long line in Subject"),
        (b"Wed,", b"Thu,", "no date: Thu, 05 Nov 2025 08:00:00 +0000"),
        (b"+0000", b"GMT", "no date: Wed, 05 Nov 2025 08:00:00 GMT"),
        (b"<1@", b"<1 @", "no identifier: <1 @musterstadt.example>"),
        (b"To: kim@stadt.example\r\n", b"", "0 times To"),
        (b"To: kim@", b"To: lea@stadt.example, kim@", "not one of each: 3 people"),
        (b"Subject", b"To: kim@stadt.example\r\nSubject", "2 times To"),
        (b"quoted-printable", b"8bit", "8bit in text/plain; charset=utf-8"),
        (b"text/plain; charset=utf-8", b"multipart/mixed", "no boundary, or no end"),
    ],
)
def test_strict_reader_finds_each_fault(before, after, fault):
    assert strict_mail.faults(SOUND) == []

    broken = strict_mail.faults(SOUND.replace(before, after))

    assert any(each.startswith(fault) for each in broken), broken
