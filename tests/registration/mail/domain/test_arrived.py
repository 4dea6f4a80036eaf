"""What is read from the head of a mail of ours that has arrived."""

import pytest

from registration.mail.domain.arrived import NOT_SAID, judge
from registration.mail.domain.findings import Grade

SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed;\r\n d=town.example; s=one; b=abc=\r\n"
SIGNED_BY_PROVIDER = SIGNED.replace("town.example", "provider.example")
BY_TLS = (
    "Received: from out.town.example (out.town.example [203.0.113.9])\r\n"
    "\tby mx.box.example (Postfix) with ESMTPS id 4711; Sun, 1 Mar 2026 10:00:00 +0100\r\n"
)
BARE = BY_TLS.replace("ESMTPS", "ESMTP")
IN_COMMENT = BARE.replace("with ESMTP", "(version=TLS1_3) with ESMTP")
FINE = (
    "Authentication-Results: mx.box.example 1;\r\n"
    "\tdkim=pass (2048-bit key; dmarc=fail) header.d=town.example;\r\n"
    "\tspf=pass smtp.mailfrom=bounces@town.example;\r\n"
    "\tdmarc=pass (p=none) header.from=town.example\r\n"
)
FORGED = FINE.replace("mx.box.example", "elsewhere.example")
NOTHING = {
    "DKIM": Grade.WRONG,
    "SPF beim Empfang": Grade.UNKNOWN,
    "DMARC beim Empfang": Grade.UNKNOWN,
    "Weg": Grade.UNKNOWN,
}
ALL_FINE = dict.fromkeys(NOTHING, Grade.FINE)


def found(head):
    raw = f"{head}From: Die Reihe <talks@town.example>\r\n\r\nText".encode()
    return {one.subject: one for one in judge(raw)}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", NOTHING),
        (FINE + BY_TLS + SIGNED, ALL_FINE),
        (FINE + IN_COMMENT + SIGNED, ALL_FINE),
        # Each filter of a server writes its own.
        (FINE.replace("spf=pass", "x=pass")
         + "Authentication-Results: mx.box.example; spf=pass\r\n" + BY_TLS + SIGNED, ALL_FINE),
        (FINE.replace("spf=pass", "spf=softfail") + BY_TLS + SIGNED,
         ALL_FINE | {"SPF beim Empfang": Grade.WRONG}),
        (FINE.replace("dkim=pass", "dkim=fail") + BY_TLS + SIGNED,
         ALL_FINE | {"DKIM": Grade.WRONG}),
        (FINE.replace("dmarc=pass", "dmarc=none") + BY_TLS + SIGNED,
         ALL_FINE | {"DMARC beim Empfang": Grade.UNKNOWN}),
        (FINE + BARE + SIGNED, ALL_FINE | {"Weg": Grade.WRONG}),
        (FINE + BARE.replace("203.0.113.9", "127.0.0.1") + BY_TLS + SIGNED, ALL_FINE),
        (FINE + BARE.replace("203.0.113.9", "IPv6:fd00::1") + BY_TLS + SIGNED, ALL_FINE),
        # What others claim on the way counts for nothing.
        ("Authentication-Results: mx.box.example; none\r\n" + FORGED + BY_TLS + SIGNED,
         NOTHING | {"DKIM": Grade.UNKNOWN, "Weg": Grade.FINE}),
        (FINE + BY_TLS + SIGNED_BY_PROVIDER, ALL_FINE | {"DKIM": Grade.WRONG}),
        (FINE + BY_TLS + SIGNED_BY_PROVIDER + SIGNED, ALL_FINE),
        (FINE + BY_TLS + SIGNED.replace("town.example", "mail.town.example"), ALL_FINE),
    ],
)  # fmt: skip
def test_what_a_mail_tells(head, expected):
    assert {subject: one.state for subject, one in found(head).items()} == expected


def test_words():
    told = found(BARE + SIGNED_BY_PROVIDER)

    assert [one.text for one in told.values()] == [
        "Unterschrieben hat provider.example, nicht town.example. Für DMARC zählt das nicht: Ihr "
        "Mail-Anbieter muss mit Ihrer Domain unterschreiben.",
        NOT_SAID,
        NOT_SAID,
        "Ein Stück des Wegs war nicht verschlüsselt: from out.town.example (out.town.example "
        "[203.0.113.9]) by mx.box.example (Postfix).",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\0\n",
        b"Received: \xff with ESMTP\nAuthentication-Results:\nDKIM-Signature: \xe4; d=\n\n",
        b"Authentication-Results: ;;;(((\nReceived: from [::g] by x with ESMTP\nFrom: <\n\n",
    ],
)
def test_bad_heads_raise_nothing(raw):
    assert [one.subject for one in judge(raw)] == list(NOTHING)
