"""Text as it may be stored, whoever typed it: nothing invisible, nothing that XML forbids.

What is invisible goes without a word: people paste it without knowing. Line breaks of every kind
become LF, or a space where there is one line. Texts are in NFC.
"""

import re
import unicodedata

# Latin text without anything to do: most of what is ever typed. All of it is in NFC.
PLAIN = re.compile(r"[ -~\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20ac\n]*")
# As Word, Outlook and others write them; XML 1.0 forbids three, JavaScript stumbles over two.
BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Of planes 1 to 14; the last two planes are private.
NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000)
)
# Control, format, surrogate, private use and noncharacters; letters that have no shape. Not the
# Arabic and Kaithi signs that count as format characters and are seen.
HIDDEN = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    f"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff{NONCHARACTERS}]"
)
# Joiners, and what chooses the shape of the character before it, where there is none.
AT_THE_BEGINNING = re.compile("(?:^|(?<=\\s))[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
JOINERS = re.compile("[\u200c\u200d]+")
# From Arabic to Myanmar, Khmer and Mongolian, Balinese and Javanese, and what was added to them.
JOINING = re.compile(
    "[\u0600-\u109f\u1780-\u18af\u1b00-\u1bff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
VIRAMA = 9  # the combining class of the sign that a joiner follows at a word's end


def line(text: str) -> str:
    """Return `text` on one line with single spaces; a non-breaking space stays."""
    if PLAIN.fullmatch(text) and "\n" not in text and "  " not in text:
        return text.strip()
    return re.sub("  +", " ", visible(_on_one_line(text))).strip()


def lines(text: str) -> str:
    """Return `text` with LF line ends."""
    return visible(BREAK.sub("\n", text)).strip()


def web_address(text: str) -> str:
    """Return `text` without what nobody can see, otherwise letter by letter: servers compare."""
    return unjoined(_on_one_line(text)).strip()


def unjoined(text: str) -> str:
    """Return `text` without what nobody can see, joiners included: to compare it with others."""
    return JOINERS.sub("", HIDDEN.sub("", text))


def _on_one_line(text: str) -> str:
    return re.sub(r"[\t\n\x1f]", " ", BREAK.sub(" ", text))


def visible(text: str) -> str:
    """Return `text` in NFC without what nobody can see; joiners stay where they mean something."""
    if PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", HIDDEN.sub("", text.replace("\x1f", " ")))
    # Where a joiner goes, letters may change places, and what follows another joiner.
    while (kept := JOINERS.sub(_meaningful, AT_THE_BEGINNING.sub("", text))) != text:
        text = unicodedata.normalize("NFC", kept)
    return text


def _meaningful(found: re.Match[str]) -> str:
    """Return the joiner if it changes what is seen, else nothing.

    That is within a word of a script that joins its letters, behind a virama (RFC 5892 A.1), and
    between the pictures of an emoji.
    """
    joiner, text = found[0][0], found.string
    if not found.start():
        return ""
    before, after = text[found.start() - 1], text[found.end() : found.end() + 1]
    if unicodedata.combining(before) == VIRAMA or (_joins(before) and _joins(after)):
        return joiner
    is_emoji = EMOJI.fullmatch(before) and EMOJI.fullmatch(after) and "\u200d" in found[0]
    return "\u200d" if is_emoji else ""


def _joins(character: str) -> bool:
    """Whether it is a letter, or a sign on one, of a script whose letters are joined."""
    return bool(JOINING.fullmatch(character)) and unicodedata.category(character)[0] in "LM"
