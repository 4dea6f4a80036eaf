"""What old migrations need of the code as it was when they were written.

It never follows the code: what a migration has done on one site, it does on every other.
"""

import re
import unicodedata

GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"}
)
ADDITION = re.compile(
    r"\s*[(/]|\s(?=(?:am|an|auf|bei|im|in|ob|unter|vor)\s|[abiv]\.\s?)", re.IGNORECASE
)


def plain_letters(text):
    """Return `text` without the marks above and below its letters."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def name_key(name):
    """Return what places of the same name have in common, for 0003."""
    text = ADDITION.split(name.strip(), maxsplit=1)[0]
    text = plain_letters(unicodedata.normalize("NFC", text).translate(GERMAN).lower())
    found = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", text)
    return " ".join("sankt" if word == "st" else word for word in found)


def search_words(text):
    found = re.findall(r"[^\W_]+", plain_letters(text.casefold()).casefold())
    return [re.sub("([aou])e", r"\1", word)[:60] for word in found]


def search_text(talk):
    """Return what the search looks through, for 0004."""
    parts = [talk.title, talk.subtitle, talk.announcement, talk.recap]
    if talk.municipality:
        parts += [talk.municipality.name, talk.municipality.land]
    for speaker in talk.speakers.all():
        parts += [speaker.name, speaker.role]
    parts += [topic.name for topic in talk.topics.all()]
    return "".join(f" {word}" for word in dict.fromkeys(search_words(" ".join(parts))))
