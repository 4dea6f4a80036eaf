"""Every mail as a whole, compared with a file in `golden/` that was read by a person.

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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FILES = Path(__file__).parent / "golden"
# A signed link: its signature is the signer's business.
SIGNATURE = re.compile(r"beispiel\.[\w-]{43}")


def as_text(message) -> str:
    """Return headers, text, HTML and calendar parts in one readable file."""
    headers = [f"Subject: {message.subject}", f"To: {', '.join(message.to)}"]
    headers += [f"{name}: {value}" for name, value in sorted(message.extra_headers.items())]
    parts = ["\n".join(headers), message.body]
    parts += [f"{part.mimetype}\n\n{part.content}" for part in message.alternatives]
    parts += [f"{name}\n\n{content.decode()}" for name, content, _ in message.attachments]
    text = "\n==========\n".join(parts).replace("\r\n", "\n")
    text = re.sub(r"(UID:)[0-9a-f-]{36}", r"\1<uid>", text)
    return SIGNATURE.sub("beispiel.<signature>", text)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_mail_is_as_it_was_read(example):
    Series.objects.create(contact_email="kontakt@reihe.example")
    talk = make_talk(
        subtitle="Ein Beispiel für Ärger & Freude",
        speaker='Änne "Groß" & Söhne',
        slug="waerme-und-licht",
    )
    talk.previous_starts_at = talk.starts_at.replace(day=19)

    text = as_text(example.message(talk))

    file = FILES / f"{example.name}.txt"
    if os.environ.get("WRITE_MAILS"):
        FILES.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


def test_no_file_is_left_over():
    assert {path.stem for path in FILES.iterdir()} == {example.name for example in EXAMPLES}
