"""The keys behind certificates: how they are written, and what is wrong with one."""

import hashlib

import pytest

from registration import certificate_keys as keys

SECRET = "abcdefghijklmnopqrstuvwxyz012345"
OTHER = "zyxwvutsrqponmlkjihgfedcba987654"


@pytest.fixture(autouse=True)
def _no_keys(settings):
    settings.CERTIFICATE_KEY = settings.CERTIFICATE_KEY_FORMER = ""


@pytest.mark.parametrize(
    ("text", "number"), [(SECRET, 0), (f"0:{SECRET}", 0), (f"7:{SECRET}", 7), (f"31:{SECRET}", 31)]
)
def test_key_is_a_secret_with_or_without_a_number(settings, text, number):
    settings.CERTIFICATE_KEY = text

    key = keys.current()

    assert (key.number, key.secret) == (number, SECRET)
    assert key.fingerprint == hashlib.sha256(SECRET.encode()).hexdigest()[:8]
    assert SECRET not in repr(key)
    assert list(keys.mistakes()) == []


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (f"32:{SECRET}", "Die Nummer eines Schlüssels ist höchstens 31."),
        (f"eins:{SECRET}", "Geschrieben wird ein Schlüssel als „2:…“"),
        (f"-1:{SECRET}", "Geschrieben wird ein Schlüssel als „2:…“"),
        (f"{SECRET} {OTHER}", "Geschrieben wird ein Schlüssel als „2:…“"),
        ("1:", "Geschrieben wird ein Schlüssel als „2:…“"),
        (SECRET[:-1], "Ein Schlüssel ist zu kurz oder zu erraten."),
        ("ab" * 20, "Ein Schlüssel ist zu kurz oder zu erraten."),
    ],
)
def test_what_is_no_key_gives_no_certificates_and_is_named(settings, text, mistake):
    settings.CERTIFICATE_KEY = text

    assert keys.current() is None
    (found,) = keys.mistakes()
    assert found.startswith(mistake)
    assert SECRET[:-1] not in found


def test_without_a_key_there_is_none_and_no_mistake():
    assert (keys.current(), keys.known(), list(keys.mistakes())) == (None, [], [])


def test_former_keys_are_found_by_their_numbers(settings):
    settings.CERTIFICATE_KEY = f"2:{SECRET}"
    settings.CERTIFICATE_KEY_FORMER = f"{OTHER}  1:{OTHER}x"

    found = [keys.numbered(number) for number in range(4)]

    assert [key and key.secret for key in found] == [OTHER, f"{OTHER}x", SECRET, None]
    assert list(keys.mistakes()) == []


def test_former_keys_alone_check_and_issue_nothing(settings):
    settings.CERTIFICATE_KEY_FORMER = f"1:{OTHER}"

    assert keys.current() is None
    assert keys.numbered(1).secret == OTHER


def test_two_keys_of_one_number_are_a_mistake(settings):
    settings.CERTIFICATE_KEY = f"1:{SECRET}"
    settings.CERTIFICATE_KEY_FORMER = f"1:{OTHER} kurz"

    assert list(keys.mistakes()) == [
        "Ein Schlüssel ist zu kurz oder zu erraten.",
        "Die Nummer 1 haben zwei Schlüssel.",
    ]
    assert keys.numbered(1).secret == SECRET
