"""The handbooks: contents that lead somewhere; pictures that are there, small, and of today."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from events import previews
from registration.desk.first_page.after_the_talk import WARN_DAYS
from registration.mail.reminders import REMINDERS
from registration.monitoring import RECENT

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "handbuch.md").read_text()
PICTURES = {path.name: path for path in (ROOT / "docs" / "handbuch").iterdir()}


def test_each_picture_is_shown_described_and_taken_by_the_browser_test():
    shown = re.findall(r"!\[([^\]]+)\]\(handbuch/([\w.-]+)\)", TEXT)
    scenes = (ROOT / "tests" / "e2e" / "month").glob("*.py")
    source = "".join(path.read_text() for path in scenes)
    taken = re.findall(r'photograph\("([\w-]+)"', source)

    assert sorted(name for _, name in shown) == sorted(PICTURES)
    assert sorted(f"{name}.png" for name in taken) == sorted(PICTURES)
    assert all(len(description) > 20 for description, _ in shown)


def test_periods_are_those_of_the_settings():
    words = " ".join(TEXT.split())

    assert settings.RETENTION_DAYS == 30
    assert "30 Tage nach dem Talk werden die Anmeldungen von selbst anonym" in words
    assert (
        f"Wer {settings.UNTOLD_RETENTION_DAYS} Tage nach dem alten Ende nichts davon weiß" in words
    )
    assert f"behält seine Angemeldeten {settings.POSTPONED_RETENTION_DAYS} Tage" in words
    assert WARN_DAYS == 7
    assert "steht der Talk sieben Tage vorher auf der ersten Seite" in words
    assert f"sondern nach {settings.ANNOUNCE_AFTER_MINUTES} Minuten" in words
    assert RECENT.days == 14
    assert "Eine angehaltene Nachricht** steht 14 Tage lang auf der ersten Seite" in words
    assert settings.CANCELLED_RETENTION_DAYS == 7
    assert "Wer sich von einem *Talk* abmeldet, wird sieben Tage danach" in words
    assert settings.INTEREST_PROOF_YEARS == 3
    assert "Der Nachweis, dass sie zugestimmt hatte, bleibt noch drei Jahre gespeichert" in words
    assert [reminder.before for reminder in REMINDERS] == [timedelta(days=1), timedelta(hours=1)]
    assert "Erinnerungen gehen von selbst hinaus, am Tag davor und eine Stunde vorher" in words
    assert f"sie gilt {previews.VALID_DAYS} Tage" in words
    assert f"{settings.JOIN_OPENS_MINUTES} Minuten vor Beginn" in words
    assert f"Sie waren länger als {settings.SESSION_IDLE_MINUTES} Minuten nicht da" in words
    assert f"Nach {settings.SESSION_COOKIE_AGE // 3600} Stunden müssen Sie sich" in words


def test_pictures_are_few_and_small():
    assert len(PICTURES) <= 15
    assert {name: path.stat().st_size < 150_000 for name, path in PICTURES.items()} == (
        dict.fromkeys(PICTURES, True)
    )
    for path in PICTURES.values():
        with Image.open(path) as picture:
            assert (picture.format, picture.width <= 1280) == ("PNG", True)


@pytest.mark.parametrize("name", ["handbuch.md", "betrieb.md"])
def test_contents_lead_to_the_headings(name):
    text = (ROOT / "docs" / name).read_text()
    headings = re.findall(r"^## (.+)$", text, re.M)
    links = re.findall(r"^\* \[(.+)\]\(#(.+)\)$", text, re.M)

    assert links == [(heading, heading.lower().replace(" ", "-")) for heading in headings]
