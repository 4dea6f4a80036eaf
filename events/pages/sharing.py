"""What a reader passes on: a text for colleagues, as a mail that only needs an address."""

from urllib.parse import quote, urlencode

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
