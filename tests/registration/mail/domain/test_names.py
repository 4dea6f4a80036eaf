"""Answers of a real name server, and none within seconds."""

import time

import pytest

from registration.mail.domain.names import TIMEOUT, Names, NotAnswered
from tests.registration.mail.domain.name_server import name_server

ZONE = {
    ("town.example", "TXT"): ['"v=spf1 " "mx -all"', '"other"'],
    ("town.example", "MX"): ["20 second.example.", "10 first.example."],
    ("first.example", "A"): ["192.0.2.1"],
    ("first.example", "AAAA"): ["2001:db8::1"],
    ("null.example", "MX"): ["0 ."],
}


def test_records_are_read_whole():
    with name_server(ZONE) as place:
        names = Names(place)

        assert names.texts("town.example") == ["other", "v=spf1 mx -all"]
        assert names.mail_hosts("town.example") == ["first.example", "second.example"]
        assert names.mail_hosts("null.example") == [""]
        assert names.addresses("first.example") == ["192.0.2.1", "2001:db8::1"]
        assert (names.texts("first.example"), names.texts("nobody.example")) == ([], [])


def test_silence_is_no_record_and_takes_seconds():
    with name_server(ZONE, silent=["town.example"]) as place:
        begun = time.monotonic()

        with pytest.raises(NotAnswered):
            Names(place).texts("town.example")

    assert time.monotonic() - begun < TIMEOUT + 2
