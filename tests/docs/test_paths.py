"""Every file that our documents name is there."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
FOLDERS = r"(?:docs|events|registration|static|templates|tests|webtalks)"
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
DOCUMENTS += [f"docs/{path.name}" for path in ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_named_files_exist(name):
    text = (ROOT / name).read_text()

    named = re.findall(rf"`({FOLDERS}/[\w./*-]*)`", text)

    assert [path for path in named if not any(ROOT.glob(path))] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name):
    text = (ROOT / name).read_text()
    folder = (ROOT / name).parent

    linked = [path for path in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in path]

    assert [path for path in linked if not (folder / path).exists()] == []
