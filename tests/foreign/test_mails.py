"""Mails use nothing that a mail program of today does not show, or can do without it.

What programs show is told by caniemail.com, whose data the package brings along.
"""

import json
import subprocess

import pytest

from events.models import Series
from registration.mail.deliver import render
from registration.models import OutgoingMail
from tests.foreign.tools import node_modules, program
from tests.registration.mail.every_kind import EVERY_KIND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# What some programs leave out, and why the mail is as good without.
DISPENSABLE = {
    "@media": "dark colours and a narrower edge; Outlook for Windows has neither",
    "<body> element": "its colour stands on the table inside it too",
    "<style> element": "holds only what stands under @media",
    "border-radius": "corners are square",
    "color-scheme meta tag": "programs turn the colours by themselves",
    "lang attribute": "the header Content-Language says it too",
    "overflow": "none is used: the checker takes overflow-wrap for it",
    "overflow-wrap": "word-break says the same; Word breaks long words anyway",
    "role attribute": "layout tables have one column, or a sign and a name",
    "white-space": "a time may be broken at its dash",
    "word-break": "overflow-wrap says the same",
}
CHECK = "tests/foreign/caniemail.mjs"


def unsupported(*files) -> dict[str, list[str]]:
    """Return by feature the programs that do not show it."""
    command = [program("node", "nodejs"), CHECK, node_modules("caniemail"), *files]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


@pytest.fixture
def mails(clock, tmp_path):
    """Return a file of each kind of mail."""
    Series.objects.create(contact_email="kontakt@reihe.example", organisers="Städteverein e. V.")
    files = []
    for case in EVERY_KIND:
        kind, make = case.values
        make(clock)
        mail = render(OutgoingMail.objects.filter(kind=kind).latest("pk"))
        files.append(tmp_path / f"{case.id}.html")
        files[-1].write_text(mail.alternatives[0].content)
    return files


def test_mails_need_nothing_that_a_program_does_not_show(mails):
    assert set(unsupported(*mails)) == set(DISPENSABLE)


def test_the_checker_complains_at_all(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p style='display: grid'>Ä</p>")

    assert "outlook.windows" in unsupported(page)["display:grid"]
