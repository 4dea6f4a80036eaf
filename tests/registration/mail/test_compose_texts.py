"""Every mail as a whole, compared with a file in `golden/` that was read by a person.

`golden/frame.html` is what all mails have around their own words: head and foot. The styles that
stand in each element are left out.
`WRITE_MAILS=1 pytest tests/registration/mail/test_compose_texts.py` writes the files anew; read
the diff.
"""

import os
import re
from pathlib import Path

import pytest

from events.models import Series
from registration.mail.examples import EXAMPLES
from tests.makers import make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FILES = Path(__file__).parent / "golden"
FRAME = FILES / "frame.html"
# The blocks of templates/email/base.html that a mail fills, and what stands before and after.
BLOCKS = {
    "title": ("<title>", "</title>"),
    "content": ('<td class="body">', '</td></tr>\n  <tr><td class="foot">'),
    "why": ('<td class="foot">\n    <p>', "</p>"),
}
# They ask an address that is not confirmed yet, so nothing in them may be advertising.
WITHOUT_HEAD = {"please_confirm", "interest_confirm", "change_address"}
HEAD = re.compile(r'<tr><td class="head">.*(?=<tr><td class="body">)', re.DOTALL)
STYLE = re.compile(r' style="[^"]*"')
# A signed link: its signature is the signer's business.
SIGNATURE = re.compile(r"beispiel\.[\w-]{43}")
WISH = re.compile(r"\b[\w-]{40,}\.[\w-]{43}\b")


@pytest.fixture
def talk():
    Series.objects.create(
        contact_email="kontakt@reihe.example", organisers="Städteverein e. V.\nAkademie & Co."
    )
    talk = make_talk(
        dial_in="069 1234, PIN 5678#",
        subtitle="Ein Beispiel für Ärger & Freude",
        speaker='Änne "Groß" & Söhne',
        pk=1,  # stands in addresses, and rolled-back tests use numbers up
        slug="waerme-und-licht",
    )
    talk.previous_starts_at = talk.starts_at.replace(day=19)
    return talk


def taken_apart(html: str) -> tuple[str, dict[str, str]]:
    """Return the frame, with the blocks' names in their places, and the blocks by name."""
    html, blocks = STYLE.sub("", html), {}
    for name, (before, after) in BLOCKS.items():
        head, rest = html.split(before, 1)
        blocks[name], tail = rest.split(after, 1)
        html = f"{head}{before}[{name}]{after}{tail}"
    return html, blocks


def without_gaps(html: str) -> str:
    return re.sub(r"\s*<", "<", html)


def as_text(message) -> str:
    """Return headers, text, the HTML's blocks and the calendar file in one readable file."""
    headers = [f"Subject: {message.subject}", f"To: {', '.join(message.to)}"]
    headers += [f"{name}: {value}" for name, value in sorted(message.extra_headers.items())]
    html, *calendars = message.alternatives
    _, blocks = taken_apart(html.content)
    parts = ["\n".join(headers), message.body]
    parts += [f"{html.mimetype}, {name}\n\n{block.strip()}" for name, block in blocks.items()]
    parts += [f"{part.mimetype}\n\n{part.content}" for part in calendars]
    for name, content, _ in message.attachments:
        is_shown_above = content.decode() in [part.content for part in calendars]
        parts.append(f"{name}\n\n{'(the same)' if is_shown_above else content.decode()}")
    text = "\n==========\n".join(parts).replace("\r\n", "\n").rstrip() + "\n"
    text = re.sub(r"(UID:)[0-9a-f-]{36}", r"\1<uid>", text)
    text = WISH.sub("<wish>.<signature>", text)
    return SIGNATURE.sub("beispiel.<signature>", text)


def written(file: Path, text: str) -> str:
    """Return what `file` holds; WRITE_MAILS puts `text` into it first."""
    if os.environ.get("WRITE_MAILS"):
        FILES.mkdir(exist_ok=True)
        file.write_text(text)
    return file.read_text()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_mail_is_as_it_was_read(example, talk):
    text = as_text(example.message(talk))

    assert text == written(FILES / f"{example.name}.txt", text)


def test_frame_is_as_it_was_read_in_every_mail(talk):
    frames = {
        example.name: taken_apart(example.message(talk).alternatives[0].content)[0]
        for example in EXAMPLES
    }

    frame = written(FRAME, frames["signed_up"])
    assert HEAD.search(frame)
    assert {name: without_gaps(html) for name, html in frames.items()} == {
        name: without_gaps(HEAD.sub("", frame) if name in WITHOUT_HEAD else frame)
        for name in frames
    }


def test_no_file_is_left_over():
    mails = {FILES / f"{example.name}.txt" for example in EXAMPLES}

    assert set(FILES.iterdir()) == mails | {FRAME}
