"""The handbooks: contents and labels that are there; pictures that are there, small, of today."""

import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from PIL import Image

from events import previews
from events.models.talk_queries import QUEUE_ENDS_BEFORE
from registration.desk import markdown
from registration.desk.first_page.after_the_talk import (
    RECAP_AFTER,
    RECAP_SOON,
    RECAP_URGENT,
    WARN_DAYS,
)
from registration.desk.markdown import anchor
from registration.desk.people.certificates import MOST_IN_PDF
from registration.mail.reminders import REMINDERS
from registration.models import OutgoingMail
from registration.models.after_the_talk.feedback import BATCH
from registration.models.after_the_talk.report_line import LIFETIME
from registration.monitoring import RECENT
from registration.roles import IN_WORDS
from tests.sentences import too_long

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "handbuch.md").read_text()
BOLD = re.compile(r"\*\*(.+?)\*\*")
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
    assert "Ab sieben Tagen vorher rücken die Aufgaben nach oben" in words
    assert timedelta(hours=2) == QUEUE_ENDS_BEFORE
    assert "zwei Stunden vor dem Talk; danach rückt niemand mehr nach" in words
    assert f"sondern nach {settings.ANNOUNCE_AFTER_MINUTES} Minuten" in words
    assert RECENT.days == 14
    assert "Eine angehaltene Nachricht:** Sie steht 14 Tage lang auf der ersten Seite" in words
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


def test_periods_after_a_talk_are_those_of_the_code():
    words = " ".join(TEXT.split())

    assert settings.PRESENCE_PERCENT == 50
    assert "wer mindestens die Hälfte der Zeit im Raum war" in words
    assert timedelta(minutes=50) < LIFETIME < timedelta(hours=1)
    assert "Nach einer Stunde ist der eingelesene Bericht gelöscht" in words
    assert f"geht bis {MOST_IN_PDF} Personen" in words
    assert RECAP_AFTER == 3
    assert "und drei Tage nach dem Talk auf der ersten Seite" in words
    assert f"{RECAP_SOON} Tage vorher dringlicher und {RECAP_URGENT} Tage vorher dringend" in words
    assert settings.FEEDBACK_OPENS_MINUTES == 10
    assert "öffnet sich zehn Minuten vor dem Ende" in words
    assert f"bleibt {settings.FEEDBACK_DAYS} Tage offen" in words
    assert f"Was nach {settings.FEEDBACK_DAYS} Tagen keine fünf geworden sind" in words
    assert BATCH == 5
    assert "Antworten erscheinen zu fünft und gemischt" in words
    assert settings.OFFER_MONTHS == 12
    assert "Angebote werden nach zwölf Monaten gelöscht" in words


def test_pictures_are_few_and_small():
    assert len(PICTURES) <= 15
    assert {name: path.stat().st_size < 150_000 for name, path in PICTURES.items()} == (
        dict.fromkeys(PICTURES, True)
    )
    for path in PICTURES.values():
        with Image.open(path) as picture:
            assert (picture.format, picture.width <= 1280) == ("PNG", True)


def test_contents_lead_to_the_headings():
    text = (ROOT / "docs" / "betrieb.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.M)
    links = re.findall(r"^\* \[(.+)\]\(#(.+)\)$", text, re.M)

    assert links == [(heading, heading.lower().replace(" ", "-")) for heading in headings]


def test_table_at_the_top_leads_to_every_part_in_order():
    tasks = re.findall(r"^\| .+ \| \[(.+)\]\(#(.+)\) \|$", TEXT, re.M)

    assert tasks == [(part, anchor(part)) for part in re.findall(r"^## (.+)$", TEXT, re.M)]


def test_every_link_leads_to_a_heading():
    anchors = {anchor(heading) for heading in re.findall(r"^#{2,3} (.+)$", TEXT, re.M)}

    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def test_every_label_stands_on_the_screen():
    shown = what_can_be_shown()
    labels = {label for label in BOLD.findall(" ".join(TEXT.split())) if not label.endswith(":")}

    assert len(labels) > 100
    assert [label for label in sorted(labels) if not whole(label).search(shown)] == []


def whole(label: str) -> re.Pattern:
    """Return what finds the label as whole words; it begins with the label, else it is slow."""
    text = re.escape(label)
    return re.compile(rf"{text}(?<!\w{text})(?!\w)")


def what_can_be_shown() -> str:
    """Return the words of the templates, of the admin's code and of its translations."""
    files = [*(ROOT / "templates").rglob("*.html")]
    for room in ("events", "registration", "webtalks"):
        files += [*(ROOT / room).rglob("*.py"), *(ROOT / room).rglob("*.po")]
    files += [Path(admin.__path__[0]) / "locale" / "de" / "LC_MESSAGES" / "django.po"]
    text = "\n".join(file.read_text() for file in files if "migrations" not in file.parts)
    # A text of several lines of code is one.
    return " ".join(re.sub(r'"\s*\n\s*f?"', "", text).split())


def test_sentences_are_short():
    page = markdown.page(TEXT, lambda path: markdown.HandbookPicture(path, 1, 1))

    assert too_long(page.html) == []


def test_every_kind_of_mail_stands_in_the_table():
    for kind in OutgoingMail.Kind:
        family = kind.label.partition(":")[0]
        assert f"**{kind.label}**" in TEXT or f"andere mit „{family}:“" in TEXT


def test_every_state_of_a_mail_and_every_role_is_explained():
    for state in OutgoingMail.State:
        assert f"| **{state.label}** |" in TEXT
    for role in IN_WORDS:
        assert f"| {role} |" in TEXT
