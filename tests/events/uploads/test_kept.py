"""Kept uploads on the disk."""

import os
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from events.uploads import kept
from events.uploads.kept import CheckedUpload, Kind
from tests.events.upload_files import PDF, upload

NAME = 'Bürger & "Räte".pdf'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Return where uploads are kept."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "uploads"


def keep(owner=7) -> CheckedUpload:
    return kept.keep(upload(PDF, NAME), owner, Kind.PDF, lambda file: [("datei.pdf", file)])


def refuse(upload):
    raise ValidationError("Nein.")


def test_kept_upload_is_found_by_its_signed_name():
    found = kept.fetch(keep().token, 7, Kind.PDF)

    assert (found.name, found.refusal) == (NAME, None)
    assert [path.read_bytes() for path in found.paths()] == [PDF]


@pytest.mark.parametrize(("owner", "kind"), [(8, Kind.PDF), (0, Kind.PDF), (7, Kind.PICTURE)])
def test_signed_name_is_good_for_one_account_and_one_kind(owner, kind):
    found = kept.fetch(keep().token, owner, kind)

    assert (found.signed, found.refusal) == (None, kept.GONE())


def test_link_is_no_account():
    of_account, of_link = keep(owner=7), keep(owner="7")

    assert kept.fetch(of_account.token, "7", Kind.PDF).refusal == kept.GONE()
    assert kept.fetch(of_link.token, 7, Kind.PDF).refusal == kept.GONE()
    assert kept.fetch(of_link.token, "7", Kind.PDF).name == NAME


def test_refused_upload_leaves_nothing(folder):
    refused = kept.keep(upload(PDF), 7, Kind.PDF, refuse)

    assert (refused.signed, refused.token, refused.refusal.messages) == (None, "", ["Nein."])
    assert not folder.exists()


def test_upload_that_is_gone_is_said_so():
    upload = keep()
    upload.discard()

    assert kept.fetch(upload.token, 7, Kind.PDF).refusal == kept.GONE()


def test_days_old_folders_are_expired_and_asking_for_one_makes_it_new():
    old, new = keep(), keep()
    for each in (old, new):
        os.utime(each.folder, (0, time.time() - 24 * 3600 - 1))
    kept.fetch(new.token, 7, Kind.PDF)

    assert kept.expired() == [old.folder]


def test_nothing_is_expired_where_nothing_was_ever_kept(folder):
    assert not folder.exists()
    assert kept.expired() == []


@pytest.mark.django_db(transaction=True)
def test_stored_upload_goes_with_the_commit():
    upload = keep()
    with transaction.atomic(), kept.storing(upload, "material/a.pdf"):
        pass

    assert not upload.folder.exists()


@pytest.mark.django_db(transaction=True)
def test_upload_of_a_failed_save_stays_and_notes_what_was_stored():
    upload = keep()
    with transaction.atomic(), kept.storing(upload, "material/a.pdf"):
        transaction.set_rollback(True)

    assert kept.noted(upload.folder) == ["material/a.pdf"]
    assert [path.name for path in upload.paths()] == ["datei.pdf"]


def test_storage_that_takes_nothing_is_told_apart_from_other_errors():
    with pytest.raises(kept.CannotStore), kept.storing(ContentFile(b""), "x"):
        raise PermissionError
    with pytest.raises(ZeroDivisionError), kept.storing(ContentFile(b""), "x"):
        1 / 0  # noqa: B018
