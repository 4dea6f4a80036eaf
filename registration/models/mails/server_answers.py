"""What a mail server has answered, in German words with its code.

The raw answer stays with the mail, without addresses. Codes: RFC 5321 §4.2.3; the three numbers
with dots: RFC 3463.
"""

import re

# As servers say it, and as smtplib's errors do: `550 5.1.1 …`, `(421, b'4.7.0 …')`.
ANSWER = re.compile(
    r"\(?(?P<code>[45]\d\d)\b(?:[\s,-]+(?:b?['\"])?(?P<detail>[45]\.\d{1,3}\.\d{1,3})\b)?"
)
# The status alone (RFC 3463), of a mail that came back: it is final, also of class 4.
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
# Python's own words where no answer came.
NO_ANSWER = re.compile(
    r"\[Errno|timed out|unexpectedly closed|connection|not connected|please run connect", re.I
)
NO_ENCRYPTION = re.compile(r"\[SSL|certificate|STARTTLS", re.I)
# An error of the program is kept by its name alone.
NAME_OF_AN_ERROR = re.compile(r"[A-Za-z]\w*")

NO_MAILBOX = "Das Postfach gibt es nicht"
NO_SERVER = "Für diese Adresse gibt es keinen Mailserver"
MISSPELT = "Die Adresse ist falsch geschrieben"
MOVED = "Das Postfach ist umgezogen"
SWITCHED_OFF = "Das Postfach ist abgeschaltet"
FULL = "Das Postfach ist voll"
TOO_LARGE = "Die Mail ist dem Server zu groß"
OUT_OF_REACH = "Der Server erreicht das Postfach nicht"
LOG_IN = "Der Mailserver lässt uns nicht herein"
GIVEN_UP = "Der Server hat die Mail tagelang nicht angenommen"
WAIT = "Der Server bittet um Geduld"
REFUSED = "Der Server lehnt die Mail ab"
SILENT = "Der Server antwortet nicht"
UNSAFE = "Die sichere Verbindung zum Server kommt nicht zustande"
OUR_FAULT = "Die Mail lässt sich nicht schreiben: ein Fehler im Programm"
UNKNOWN = "Die Mail lässt sich nicht verschicken"

# By the last two of the three numbers.
OF_DETAIL = {
    "1.1": NO_MAILBOX,
    "1.0": NO_MAILBOX,
    "1.2": NO_SERVER,
    "1.10": NO_SERVER,
    "1.3": MISSPELT,
    "1.6": MOVED,
    "2.1": SWITCHED_OFF,
    "2.2": FULL,
    "2.3": TOO_LARGE,
    "3.4": TOO_LARGE,
    "4.1": OUT_OF_REACH,
    "4.4": NO_SERVER,
    "4.7": GIVEN_UP,
    "7.8": LOG_IN,
}
OF_CODE = {
    "450": WAIT,
    "452": WAIT,
    "530": LOG_IN,
    "534": LOG_IN,
    "535": LOG_IN,
    "550": "Das Postfach gibt es nicht, oder es nimmt nichts an",
    "551": MOVED,
    "552": FULL,
    "553": MISSPELT,
}
# They may pass: then it is patience that the server asks for, whatever its reason.
PASSING = {FULL, OUT_OF_REACH}


def in_words(raw: str) -> str:
    """Return `Das Postfach gibt es nicht (550 5.1.1)` for an answer as it is kept; "" for none."""
    if found := ANSWER.match(raw):
        code, detail = found["code"], found["detail"] or ""
        return f"{_words(code, detail)} ({f'{code} {detail}'.strip()})"
    if STATUS.fullmatch(raw):
        return f"{_words_of_status(raw)} ({raw})"
    if not raw or raw.startswith("Abgelehnt. "):  # our own words (LAST_MAIL_REFUSED)
        return raw
    if NO_ENCRYPTION.search(raw):
        return UNSAFE
    if NO_ANSWER.search(raw):
        return SILENT
    return OUR_FAULT if NAME_OF_AN_ERROR.fullmatch(raw) else UNKNOWN


def _words_of_status(status: str) -> str:
    """Return the words for a mail that was given up with this status."""
    in_general = GIVEN_UP if status.startswith("4") else REFUSED
    return OF_DETAIL.get(status.partition(".")[2], in_general)


def _words(code: str, detail: str) -> str:
    of_detail = OF_DETAIL.get(detail.partition(".")[2])
    if code.startswith("4"):
        return of_detail if of_detail in PASSING else WAIT
    return of_detail or (REFUSED if detail else OF_CODE.get(code, REFUSED))
