"""What the tests of a speaker's page share."""

from pathlib import Path

import pytest


@pytest.fixture
def own_folders(settings, tmp_path) -> Path:
    """Return a folder of this test alone, in which uploads are kept and stored."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path
