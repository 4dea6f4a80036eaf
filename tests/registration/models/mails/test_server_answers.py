"""What mail servers answer, in our words."""

import pytest

from registration.mail.deliver import LAST_MAIL_REFUSED
from registration.models.mails.server_answers import in_words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", ""),
        (
            "550 5.1.1 <…> User unknown in virtual mailbox",
            "Das Postfach gibt es nicht (550 5.1.1)",
        ),
        ("550-5.1.1 The account does not exist", "Das Postfach gibt es nicht (550 5.1.1)"),
        ("550 no such user", "Das Postfach gibt es nicht, oder es nimmt nichts an (550)"),
        ("550 5.7.1 spam, 5.1.1 in the text", "Der Server lehnt die Mail ab (550 5.7.1)"),
        ("552 5.2.2 Quota", "Das Postfach ist voll (552 5.2.2)"),
        ("554 Transaction failed", "Der Server lehnt die Mail ab (554)"),
        ("451 later", "Der Server bittet um Geduld (451)"),
        ("450 4.2.0 <…>: Greylisted", "Der Server bittet um Geduld (450 4.2.0)"),
        ("452 4.2.2 over quota", "Das Postfach ist voll (452 4.2.2)"),
        ("(421, b'4.7.0 Try again')", "Der Server bittet um Geduld (421 4.7.0)"),
        ("(535, b'5.7.8 failed')", "Der Mailserver lässt uns nicht herein (535 5.7.8)"),
        ("(530, b'Log in', 'webtalks@…')", "Der Mailserver lässt uns nicht herein (530)"),
        ("[Errno 111] Connection refused", "Der Server antwortet nicht"),
        ("[Errno -2] Name or service not known", "Der Server antwortet nicht"),
        ("timed out", "Der Server antwortet nicht"),
        ("Connection unexpectedly closed", "Der Server antwortet nicht"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
            "Die sichere Verbindung zum Server kommt nicht zustande",
        ),
        ("KeyError", "Die Mail lässt sich nicht schreiben: ein Fehler im Programm"),
        ("Header may not contain 5501", "Die Mail lässt sich nicht verschicken"),
        (LAST_MAIL_REFUSED, LAST_MAIL_REFUSED),
        # Of a mail that came back.
        ("5.1.1", "Das Postfach gibt es nicht (5.1.1)"),
        ("5.0.0", "Der Server lehnt die Mail ab (5.0.0)"),
        ("4.4.7", "Der Server hat die Mail tagelang nicht angenommen (4.4.7)"),
        ("4.2.2", "Das Postfach ist voll (4.2.2)"),
        ("4.0.0", "Der Server hat die Mail tagelang nicht angenommen (4.0.0)"),
    ],
)
def test_answer_is_said_in_words_with_its_code(raw, words):
    assert in_words(raw) == words


def test_no_word_of_the_server_is_repeated():
    """It may hold an address, or a name."""
    raw = "550 5.1.1 kim at stadt dot example: Kim Beispiel is gone"

    assert not {"kim", "Kim", "gone"} & set(in_words(raw).replace(":", " ").split())
