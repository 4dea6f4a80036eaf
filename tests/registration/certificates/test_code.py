"""The check code: nobody can forge one, and people may type it as they like."""

import random
from dataclasses import replace

import pytest

from events.models import Talk
from registration.certificate_keys import HIGHEST_TALK
from registration.certificates.code import CONFIRMED, MAC_BITS, Code, Unreadable
from registration.certificates.code import canonical_name as canonical
from tests.makers import make_talk

pytestmark = pytest.mark.django_db

NAME = "Dr. Łucja Müller-Şahin"
KEY = "3:tests-only-9sPq2vXw7LrTn4KdYb6mHcJf8ZgEaUiOx"


def issue(talk=None, name=NAME, minutes=55):
    return Code.issue(talk or make_talk(), name, minutes)


@pytest.mark.parametrize("minutes", [0, 1, 45, 1022, None])
def test_code_says_what_it_vouches_for(minutes):
    talk = make_talk()

    code = Code.read(str(issue(talk, minutes=minutes)))

    assert (code.key_number, code.talk_pk, code.minutes) == (3, talk.pk, minutes)
    assert code.vouches_for(talk, NAME)


def test_more_minutes_than_have_room_are_not_taken_for_a_confirmation():
    assert issue(minutes=CONFIRMED).minutes == CONFIRMED - 1


def test_code_is_written_in_four_groups_of_four_without_confusing_letters():
    text = str(issue())

    assert [len(group) for group in text.split("-")] == [4, 4, 4, 4]
    assert set(text) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")


def test_code_of_fixed_parts_stays_the_same_for_ever():
    """Paper is printed: a change of the layout would make every certificate a forgery."""
    talk = Talk(pk=513, uid="0f8fad5b-d9cb-469f-a165-70867728950e")
    talk.uid = Talk._meta.get_field("uid").to_python(talk.uid)

    assert str(Code.issue(talk, "Kim Beispiel", 55)) == "3080-GVHG-G90Q-6FWT"


def wide(text):
    """Return the text in full-width letters, as some keyboards write."""
    return "".join(chr(ord(each) + 0xFEE0) if each != "-" else each for each in text)


@pytest.mark.parametrize(
    "typed",
    [
        lambda text: f" {text}\n",
        str.lower,
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", "\u00a0 "),
        lambda text: text.replace("-", "–"),
        lambda text: text.replace("0", "O").replace("1", "l"),
        lambda text: text.replace("0", "o").replace("1", "I"),
        wide,
    ],
)
def test_code_is_read_as_people_type_it(typed):
    codes = (issue(name=f"Kim {number}") for number in range(99))
    code = next(code for code in codes if {"0", "1"} <= set(str(code)))

    assert Code.read(typed(str(code))) == code


@pytest.mark.parametrize(
    "typed",
    ["", "1", "1002-0VY1-6W5K-7SP", "1002-0VY1-6W5K-7SP00", "U002-0VY1-6W5K-7SP0", "€" * 16],
)
def test_what_is_no_code_is_unreadable(typed):
    with pytest.raises(Unreadable):
        Code.read(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "dr. łucja müller-şahin",
        "DR. ŁUCJA MÜLLER-ŞAHIN",
        "  Dr.\u00a0Łucja   Müller-Şahin ",
        "Dr. Łucja Mu\u0308ller-S\u0327ahin",
    ],
)
def test_name_counts_without_case_blanks_and_ways_of_writing(typed):
    talk = make_talk()

    assert issue(talk).vouches_for(talk, typed)


@pytest.mark.parametrize(
    "typed", ["Anna-Lena O'Neill", "Anna\u2011Lena O\u2019Neill", "anna–lena o`neill"]
)
@pytest.mark.parametrize("name", ["Anna-Lena O'Neill", "Anna\u2011Lena O\u2019Neill"])
def test_any_apostrophe_and_hyphen_will_do(name, typed):
    talk = make_talk()

    assert issue(talk, name=name).vouches_for(talk, typed)


@pytest.mark.parametrize(
    "other", ["Łucja Müller-Şahin", "Dr. Lucja Müller-Şahin", "Dr. Łucja Muller-Şahin", "", "Kim"]
)
def test_another_name_is_refused(other):
    talk = make_talk()

    assert not issue(talk).vouches_for(talk, other)


def test_sharp_s_counts_as_two(settings):
    assert canonical("Strauß") == canonical("STRAUSS")


def test_altered_minutes_talk_key_and_code_are_refused(settings):
    talk, other = make_talk(), make_talk(title="Zweiter")
    settings.CERTIFICATE_KEY_FORMER = "4:" + KEY[2:]  # the same secret under another number
    code = issue(talk)

    assert not replace(code, written_minutes=56).vouches_for(talk, NAME)
    assert not replace(code, written_minutes=CONFIRMED).vouches_for(talk, NAME)
    assert not replace(code, talk_pk=other.pk).vouches_for(other, NAME)
    assert not code.vouches_for(other, NAME)
    assert not replace(code, key_number=5).vouches_for(talk, NAME)
    for bit in range(MAC_BITS):
        assert not replace(code, mac=code.mac ^ (1 << bit)).vouches_for(talk, NAME)
    assert code.vouches_for(talk, NAME)


def test_ten_thousand_guesses_find_nothing():
    talk = make_talk()
    code = issue(talk)
    guesses = random.Random(4).sample(range(2**MAC_BITS), 10_000)

    assert not any(replace(code, mac=mac).vouches_for(talk, NAME) for mac in guesses)


def test_printed_paper_outlives_its_key(settings):
    talk = make_talk()
    old = issue(talk)

    settings.CERTIFICATE_KEY = "4:another-one-5tGhYu8Ko2WsXcVf7BnMj"
    assert not old.vouches_for(talk, NAME)  # while the former one is not named

    settings.CERTIFICATE_KEY_FORMER = KEY
    assert old.vouches_for(talk, NAME)
    new = issue(talk)
    assert (new.key_number, new.vouches_for(talk, NAME), new.mac != old.mac) == (4, True, True)

    settings.SECRET_KEY = "another-one-altogether-5tGhYu8Ko2WsXcVf7BnMj"
    assert old.vouches_for(talk, NAME)


def test_talk_renamed_and_moved_is_the_same_and_another_under_its_number_is_not(clock):
    talk = make_talk()
    code = issue(talk)
    talk.title, talk.slug = "Anders", "anders"
    talk.save()
    assert code.vouches_for(Talk.objects.get(), NAME)

    stranger = make_talk(title="Später angelegt")
    stranger.pk = talk.pk
    assert not code.vouches_for(stranger, NAME)


def test_without_key_or_room_there_is_no_code(settings):
    talk = make_talk()
    assert issue(Talk(pk=HIGHEST_TALK, uid=talk.uid)) is not None
    assert issue(Talk(pk=HIGHEST_TALK + 1, uid=talk.uid)) is None

    settings.CERTIFICATE_KEY = ""
    assert issue(talk) is None
