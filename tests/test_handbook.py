"""The organisers' handbook: its pictures are there, small, and those of the browser test."""

import re
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "handbuch.md").read_text()
PICTURES = {path.name: path for path in (ROOT / "docs" / "handbuch").iterdir()}


def test_each_picture_is_shown_described_and_taken_by_the_browser_test():
    shown = re.findall(r"!\[([^\]]+)\]\(handbuch/([\w.-]+)\)", TEXT)
    source = (ROOT / "tests" / "e2e" / "test_organisers_month.py").read_text()
    taken = re.findall(r'photograph\("([\w-]+)"', source)

    assert sorted(name for _, name in shown) == sorted(PICTURES)
    assert sorted(f"{name}.png" for name in taken) == sorted(PICTURES)
    assert all(len(description) > 20 for description, _ in shown)


def test_pictures_are_few_and_small():
    assert len(PICTURES) <= 10
    assert {name: path.stat().st_size < 150_000 for name, path in PICTURES.items()} == (
        dict.fromkeys(PICTURES, True)
    )
    for path in PICTURES.values():
        with Image.open(path) as picture:
            assert (picture.format, picture.width <= 1280) == ("PNG", True)


def test_contents_lead_to_the_headings():
    headings = re.findall(r"^## (.+)$", TEXT, re.M)
    links = re.findall(r"^\* \[(.+)\]\(#(.+)\)$", TEXT, re.M)

    assert links == [(heading, heading.lower().replace(" ", "-")) for heading in headings]
