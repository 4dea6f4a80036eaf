"""What BOUNCE_URL may say, and that no mistake in it shows the password."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from registration.mail.bounces.connection import Place, connect, place, quoted


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imaps://bounce%40town.example:a%2Fb@mail.town.example",
         Place("imaps", "mail.town.example", 993, "bounce@town.example", "a/b", "INBOX")),
        ("imap+starttls://kim:geheim@mail.town.example:1143/R%C3%BCck/l",
         Place("imap+starttls", "mail.town.example", 1143, "kim", "geheim", "Rück/l")),
        ("imap://kim:geheim@localhost", Place("imap", "localhost", 143, "kim", "geheim", "INBOX")),
    ],
)  # fmt: skip
def test_address_of_a_mailbox(url, expected):
    assert place(url) == expected
    assert expected.password not in repr(expected)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "imap://kim:geheim@mail.town.example",
        "pop3://kim:geheim@localhost",
        "imaps://mail.town.example",
        "imaps://kim@mail.town.example",
        "imaps://kim:geheim@",
        "imaps://kim:geheim@mail.town.example:hier",
        "imaps://kim:geheim@[mail",
    ],
)
def test_what_is_no_address_of_a_mailbox(url):
    with pytest.raises(ImproperlyConfigured, match=r"^BOUNCE_URL muss") as refusal:
        place(url)

    assert "geheim" not in str(refusal.value)


def test_server_that_is_away():
    with pytest.raises(OSError, match="refused"):
        connect("imap://kim:geheim@localhost:1")


def test_name_of_a_folder():
    assert quoted('Zu "rück" \\') == '"Zu \\"rück\\" \\\\"'
