"""What a reader passes on: a text for colleagues, ready as a mail, and a code on paper."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno

from events.models import Talk


def forward_subject(talk: Talk) -> str:
    """Return the subject in one line, even if the title has line breaks."""
    return " ".join(f"Web-Talk am {talk.short_date_text}: {talk.title}".split())


def forward_text(talk: Talk, site_url: str) -> str:
    """Return the text to forward; it says nothing about the sender."""
    kind = "Web-Talk" if talk.is_past else "kostenfreie Web-Talk"
    facts = [
        talk.title,
        talk.subtitle,
        f"{talk.date_text}, {talk.time_text}, online",
        talk.speaker_line,
    ]
    paragraphs = [
        "Guten Tag,",
        f"dieser {kind} könnte Sie interessieren:",
        "\n".join(filter(None, facts)),
        f"{what_follows(talk)}: {site_url}{talk.get_absolute_url()}",
    ]
    return "\n\n".join(paragraphs)


def what_follows(talk: Talk) -> str:
    """Return what the talk's page has, for whoever wonders whether to follow the link."""
    if talk.is_bookable:
        return "Mehr Informationen und Anmeldung"
    found = ["Rückblick"] if talk.is_past and talk.recap else []
    found += ["Unterlagen"] if talk.public_materials else []
    return " und ".join(found) or "Mehr Informationen"


def mailto(talk: Talk, site_url: str) -> str:
    """Return a `mailto:` address without a recipient (RFC 6068: lines end in CRLF)."""
    body = forward_text(talk, site_url).replace("\n", "\r\n")
    parts = {"subject": forward_subject(talk), "body": body}
    return "mailto:?" + urlencode(parts, quote_via=quote)


@dataclass(frozen=True)
class Poster:
    """What the notice for the board needs beside the talk; `size` names its type in site.css."""

    size: str
    text: str
    qr_code: str


# How many characters of running text have room on the sheet, in type of 24, 20, 17 and 14 pt.
ROOM = {"largest": 200, "large": 500, "medium": 700, "small": 1050}
# How much more room a character takes in the title, and in subtitle and names.
OF_TITLE, OF_LEAD = 2.2**2, 1.2**2
# Of the announcement at least so much is shown, or nothing.
SHORTEST_TEXT = 80


def poster(talk: Talk, site_url: str) -> Poster:
    """Choose the largest type for title and names; the announcement gets the room that is left."""
    leads = len(talk.subtitle) + len(talk.speaker_line)
    taken = round(len(talk.title) * OF_TITLE + leads * OF_LEAD)
    wanted = taken + min(SHORTEST_TEXT, len(talk.announcement))
    size = next((size for size, room in ROOM.items() if wanted <= room), "small")
    text = _beginning(talk.announcement, ROOM[size] - taken)
    return Poster(size, text, qr_code(site_url + talk.short_path))


def _beginning(text: str, length: int) -> str:
    """Return the whole words that fit, or "" for too few."""
    if len(text) <= length:
        return text
    if length < SHORTEST_TEXT:
        return ""
    return text[:length].rpartition(" ")[0] + " …"


def qr_code(address: str) -> str:
    """Return the address as a picture (data:) for cameras; a quarter of it may be torn or wet."""
    return segno.make(address, error="q", micro=False).svg_data_uri(dark="black", light="white")
