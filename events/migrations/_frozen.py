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


# What nobody can see, for 0012: see events/text/cleaning.py.
BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000)
)
HIDDEN = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    f"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff{NONCHARACTERS}]"
)
AT_THE_BEGINNING = re.compile("(?:^|(?<=\\s))[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
JOINERS = re.compile("[\u200c\u200d]+")
JOINING = re.compile(
    "[\u0600-\u109f\u1780-\u18af\u1b00-\u1bff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")


def clean_line(text):
    return re.sub("  +", " ", visible(on_one_line(text))).strip()


def clean_lines(text):
    return visible(BREAK.sub("\n", text)).strip()


def clean_web_address(text):
    return JOINERS.sub("", HIDDEN.sub("", on_one_line(text))).strip()


def on_one_line(text):
    return re.sub(r"[\t\n\x1f]", " ", BREAK.sub(" ", text))


def visible(text):
    text = unicodedata.normalize("NFC", HIDDEN.sub("", text.replace("\x1f", " ")))
    while (kept := JOINERS.sub(kept_joiner, AT_THE_BEGINNING.sub("", text))) != text:
        text = unicodedata.normalize("NFC", kept)
    return text


def kept_joiner(found):
    joiner, text = found[0][0], found.string
    if not found.start():
        return ""
    before, after = text[found.start() - 1], text[found.end() : found.end() + 1]
    if unicodedata.combining(before) == 9 or (joins(before) and joins(after)):
        return joiner
    is_emoji = EMOJI.fullmatch(before) and EMOJI.fullmatch(after) and "\u200d" in found[0]
    return "\u200d" if is_emoji else ""


def joins(character):
    return bool(JOINING.fullmatch(character)) and unicodedata.category(character)[0] in "LM"


def clean_rows(rows, rules):
    """Write the texts of `rows` clean, past everything that a change entails; return the rows.

    `rules` says by column what cleans it. What would be empty then stays: a constraint may want
    something there. Two rows that become the same in a unique column are told apart by a number.
    """
    changed = []
    for row in rows.only(*rules).order_by("pk").iterator(chunk_size=2000):
        values = {}
        for name, clean in rules.items():
            old = getattr(row, name)
            field = rows.model._meta.get_field(name)
            new = clean(old)[: field.max_length] if old else old
            if not new or new == old:
                continue
            if field.unique:
                new = free_value(rows, field, new)
            values[name] = new
        if values:
            rows.filter(pk=row.pk).update(**values)
            changed.append(row.pk)
    return changed


def free_value(rows, field, wanted):
    value, number = wanted, 1
    while rows.filter(**{field.name: value}).exists():
        number += 1
        value = f"{wanted[: field.max_length - 8]} ({number})"
    return value
