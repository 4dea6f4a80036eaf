"""Accepted uploads, kept for a day in private storage until a form is saved with them.

A form that is shown again cannot hold a file; it holds the signed name of one that is kept here.
A kept upload is a folder with a random name below `DATA_DIR/uploads`: the files as they will be
stored, checked and written anew before the transaction that saves the form has begun, and a note
of the names under which a save has stored them. The note is what is left of a save that failed.
"""

import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
SALT = "webtalks.kept-upload"
NOTE = "stored.txt"
# The largest size of a picture is the one whose name says its height, too.
LARGEST = re.compile(r"\d+x\d+\.jpg")

GONE = partial(
    ValidationError,
    "Die Datei von vorhin ist nicht mehr da. Bitte wählen Sie sie noch einmal aus. "
    "Aufgehoben wird sie 24 Stunden lang, und nur für das Konto oder den Link, mit dem sie "
    "hochgeladen wurde.",
    code="gone",
)
NOT_STORED = partial(
    ValidationError,
    "Die Datei ließ sich nicht speichern: Der Speicher der Website ist voll oder gesperrt. Bitte "
    "sagen Sie es denen, die sie betreiben. Alles andere steht noch hier; ohne die Datei können "
    "Sie es sichern.",
    code="not_stored",
)


# Who may use a kept upload: an account by its primary key, or the holder of a link by its name.
# A number is never equal to a name, so neither is taken for the other.
type Owner = int | str


class Kind(StrEnum):
    """What an upload is meant to be; it is used for nothing else."""

    PICTURE = "picture"
    PDF = "pdf"


class SignedName(TypedDict):
    """What the signed name of a kept upload says."""

    folder: str
    name: str
    kind: str
    owner: Owner


class CheckedUpload(UploadedFile):
    """An upload that was looked at before its form: it is kept, or there is a `refusal`, or both.

    Both: a kept one that could not be stored, or beside which a wrong one was chosen.
    """

    # Whether it came with an earlier form, and was kept since.
    is_from_before = False

    def __init__(
        self, signed: SignedName | None = None, refusal: ValidationError | None = None
    ) -> None:
        # The form refuses what has no name or no content; nothing reads these of ours.
        super().__init__(name=signed["name"] if signed else "datei", size=1)
        self.signed, self.refusal = signed, refusal

    @property
    def token(self) -> str:
        """The signed name for the form that is shown again; "" if nothing is kept."""
        return signing.dumps(self.signed, salt=SALT) if self.signed else ""

    @property
    def folder(self) -> Path | None:
        return _root() / self.signed["folder"] if self.signed else None

    def paths(self) -> list[Path]:
        """Return where the files lie, the largest size of a picture first."""
        paths = [path for path in (self.folder or _root()).iterdir() if path.name != NOTE]
        return sorted(paths, key=lambda path: (not LARGEST.fullmatch(path.name), path.name))

    def note(self, name: str) -> None:
        """Remember that a save is about to store this upload under `name`."""
        if self.folder:
            with (self.folder / NOTE).open("a") as note:
                note.write(f"{name}\n")

    def discard(self) -> None:
        if self.folder:
            remove(self.folder)


class CannotStore(Exception):
    """The storage of the site took no file while a form was saved."""

    def __init__(self, upload: File) -> None:
        super().__init__("An upload cannot be stored.")
        self.upload = upload


def keep(
    upload: File,
    owner: Owner,
    kind: Kind,
    checked: Callable[[File], Iterable[tuple[str, bytes | File]]],
) -> CheckedUpload:
    """Keep what `checked` returns of `upload`: (file name, content) of each file.

    What `checked` refuses, and what cannot be written, is returned as a refusal.
    """
    folder = _root() / secrets.token_hex(16)
    try:
        files = checked(upload)
        folder.mkdir(mode=0o700, parents=True)
        for name, content in files:
            with (folder / name).open("wb") as target:
                for piece in content.chunks() if isinstance(content, File) else [content]:
                    target.write(piece)
    except ValidationError as refusal:
        return CheckedUpload(refusal=refusal)
    except OSError as error:
        logger.error("An upload cannot be kept: %s", error)
        remove(folder)
        return CheckedUpload(refusal=NOT_STORED())
    name = upload.name or "datei"
    return CheckedUpload(SignedName(folder=folder.name, name=name, kind=kind, owner=owner))


def fetch(token: str, owner: Owner, kind: Kind) -> CheckedUpload:
    """Return what is kept under the signed name `token`; a refusal if it is not `owner`'s."""
    try:
        signed: SignedName = signing.loads(token, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return CheckedUpload(refusal=GONE())
    found = CheckedUpload(signed)
    is_there = found.folder is not None and found.folder.is_dir()
    if not is_there or (signed["owner"], signed["kind"]) != (owner, kind):
        return CheckedUpload(refusal=GONE())
    os.utime(found.folder or _root())  # the day begins anew
    found.is_from_before = True
    return found


def is_to_check(upload: File) -> bool:
    """Whether a field has to look at `upload` itself: it is neither stored nor checked already.

    Raises the refusal of an upload that was checked before its form.
    """
    if getattr(upload, "_committed", False):
        return False
    file = getattr(upload, "file", None)
    if not isinstance(file, CheckedUpload):
        return True
    if file.refusal:
        raise file.refusal
    return False


@contextmanager
def storing(content: File, name: str) -> Iterator[None]:
    """Store `content` under `name` within; raises CannotStore where the storage takes nothing.

    An upload that was kept goes with the commit, and stays if there is none.
    """
    try:
        if isinstance(content, CheckedUpload):
            content.note(name)
        yield
    except OSError as error:
        logger.error("An upload cannot be stored: %s", error)
        raise CannotStore(content) from error
    if isinstance(content, CheckedUpload):
        transaction.on_commit(content.discard, robust=True)


def expired() -> list[Path]:
    """Return the folders that nobody can ask for any more."""
    oldest = time.time() - KEPT_FOR.total_seconds()
    with suppress(FileNotFoundError):
        return [path for path in _root().iterdir() if path.stat().st_mtime < oldest]
    return []


def noted(folder: Path) -> list[str]:
    """Return the names under which saves have stored what is kept in `folder`."""
    note = folder / NOTE
    return note.read_text().splitlines() if note.is_file() else []


def remove(folder: Path) -> None:
    """Remove a kept upload; does nothing if it is gone."""
    shutil.rmtree(folder, ignore_errors=True)


def _root() -> Path:
    return settings.DATA_DIR / "uploads"
