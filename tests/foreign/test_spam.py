"""SpamAssassin finds next to nothing in any kind of mail.

It judges by the rules that Debian ships, without asking anybody on the network and without having
learnt anything. What lists and signatures of the sender's domain add to that, `manage.py
check_mail` says.
"""

import os
import re
import subprocess
from email import message_from_bytes

import pytest

from registration.models import OutgoingMail
from tests.foreign.tools import program
from tests.foreign.wire import send_every_kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Mails from 5.0 are spam. Nothing of what we can change ourselves may cost a fiftieth of that.
MOST = 0.1
RULES = "/usr/share/spamassassin"  # as they came with the package: sa-update puts others elsewhere
# PDS_BTC_ID costs a point where 26 to 35 signs look like a Bitcoin address. Chance makes such a
# key for one invitation in sixty, so no run may depend on it.
PREFERENCES = """
score PDS_BTC_ID 0
use_bayes 0
use_pyzor 0
use_razor2 0
skip_rbl_checks 1
fold_headers 0
report_safe 0
clear_headers
add_header all Status "_YESNO_, score=_SCORE_ tests=_TESTSSCORES_"
"""
STATUS = re.compile(r"^X-Spam-Status: (?:No|Yes), score=(-?[\d.]+) tests=(\S*)", re.MULTILINE)
# The text that every installation must call spam: https://spamassassin.apache.org/gtube/
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def received(raw: bytes) -> bytes:
    """Return the mail with the line that the recipient's server writes above it, at once."""
    sent_at = message_from_bytes(raw)["Date"]
    line = (
        "Received: from mail.verein.example (mail.verein.example [IPv6:2001:db8::25])\r\n"
        "\tby mx.stadt.example (Postfix) with ESMTPS id 4XyZ12345\r\n"
        f"\tfor <kim@stadt.example>; {sent_at}\r\n"
    )
    return line.encode() + raw


def scores(mails: dict[str, bytes], directory) -> dict[str, tuple[float, str]]:
    """Return for each mail its figure and the rules that made it."""
    preferences = directory / "preferences"
    preferences.write_text(PREFERENCES)
    files = [directory / f"{name}.eml" for name in mails]
    for file, raw in zip(files, mails.values(), strict=True):
        file.write_bytes(raw)
    done = subprocess.run(
        [program("spamassassin", "spamassassin"), "--local", "--nocreate-prefs"]
        + [f"--prefs-file={preferences}", f"--configpath={RULES}", *files],
        env=os.environ | {"HOME": str(directory), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    found = STATUS.findall(done.stdout.decode(errors="replace"))
    figures = [(float(score), rules) for score, rules in found]
    return dict(zip(mails, figures, strict=True))


def test_no_kind_of_mail_looks_like_spam(clock, smtp_server, settings, tmp_path):
    mails = send_every_kind(clock, smtp_server, settings)

    found = scores({name: received(mail.raw) for name, mail in mails.items()}, tmp_path)

    assert {name.partition("-")[0] for name in found} == set(OutgoingMail.Kind.values)
    for name, (score, rules) in found.items():
        print(f"{score:5.1f}  {name}  {rules}")
    assert {name: figure for name, figure in found.items() if figure[0] > MOST} == {}


def test_the_judge_finds_anything_at_all(tmp_path):
    raw = b"From: a@stadt.example\r\nSubject: x\r\n\r\n" + GTUBE + b"\r\n"

    ((score, rules),) = scores({"spam": raw}, tmp_path).values()

    assert score > 1000
    assert {"GTUBE=1000", "MISSING_DATE=2.739"} <= set(rules.split(","))
