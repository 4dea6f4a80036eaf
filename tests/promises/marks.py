"""What names the person of `test_erasure_is_complete`, in every spelling that could be stored."""

import hashlib
import hmac
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from quopri import encodestring

from django.conf import settings as project
from django.utils.crypto import salted_hmac

from tests.server import ROOT

ADDRESS = "Zqx-Lokalteil@zqxdomaene.example"
KEY = ADDRESS.lower()
WRONG = "zqxvertippt@zqxfehler.example"
WISHED = "zqxwunsch@stadt.example"
# Where the person gets the link to a talk of their own at first, before it is put right.
MISTYPED = "zqxverschrieben@stadt.example"
MARKS = {
    "name": "Zqxname Ännchen",
    "new name": "Zqxneuname Ännchen",
    "local part": "zqx-lokalteil",
    "domain": "zqxdomaene",
    "wrong address": "zqxvertippt",
    "wrong domain": "zqxfehler",
    "wished address": "zqxwunsch",
    "organisation": "Zqxamt für Öffnung",
    "new organisation": "Zqxneuamt",
    "question": "Zqxfrage, warum?",
    "offered town": "Zqxdorf am Öhrbach",
    "offered talk": "Zqxbeitrag über Öfen",
    "mistyped address": "zqxverschrieben",
    "proposed text": "Zqxvorschlag mit Öl",
    "answer": "Zqxantwort für Änne",
}


@cache
def salts() -> set[str]:
    """Return with which salts the code makes hashes, whoever wrote them."""
    files = [
        path
        for app in ("registration", "webtalks", "events")
        for path in (ROOT / app).rglob("*.py")
    ]
    return set(re.findall(r'salted_hmac\(\s*f?"([\w.]+)', "".join(map(Path.read_text, files))))


def hashes(address: str) -> dict[str, bytes]:
    text = address.encode()
    found = {
        name: hashlib.new(name, text).digest() for name in ("md5", "sha1", "sha256", "sha512")
    }
    for name in ("md5", "sha1", "sha256"):
        found[f"hmac {name}"] = hmac.new(project.SECRET_KEY.encode(), text, name).digest()
        for salt in salts():
            found[f"{salt} {name}"] = salted_hmac(salt, address, algorithm=name).digest()
    return found


@cache
def needles() -> dict[str, bytes]:
    """Return what must be nowhere, in small letters, by what it is."""
    found = {}
    for what, mark in MARKS.items():
        for word in {mark, mark.split()[0]}:
            text = word.encode()
            found[f"{what}: {word}"] = text
            found[f"{what}: {word}, quoted-printable"] = encodestring(text).strip()
            found[f"{what}: {word}, JSON"] = word.encode("ascii", "backslashreplace")
            for shift in range(3):
                # The letters that do not depend on what stands around it.
                sextets = slice((8 * shift + 5) // 6, 8 * (shift + len(text)) // 6)
                found[f"{what}: {word}, base64 {shift}"] = b64encode(b"x" * shift + text)[sextets]
    for address in {ADDRESS, KEY, WRONG, WISHED, MISTYPED}:
        for what, digest in hashes(address).items():
            found[f"{what} of {address}"] = digest
            found[f"{what} of {address}, hex"] = digest.hex().encode()
            found[f"{what} of {address}, base64"] = b64encode(digest).rstrip(b"=")[:-1]
    return found


def found_in(content: bytes) -> set[str]:
    """Return what of it is in `content`; hashes are not asked for in another case."""
    small = content.lower()
    return {
        what for what, needle in needles().items() if needle in content or needle.lower() in small
    }
