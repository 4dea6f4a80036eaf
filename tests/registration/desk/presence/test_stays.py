"""Stays clipped to the talk, joined and counted: the same as counting second by second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.desk.presence.stays import Stay, TimePresent, spans_in, together, total, within

LENGTH = 3600
SPANS = st.tuples(st.integers(-4000, 8000), st.integers(0, 5000)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)


def stay(begin, end):
    return Stay((begin, end), end - begin)


def counted(spans) -> int:
    """Return in how many seconds of the talk somebody was there, asked one by one."""
    return sum(any(begin <= second < end for begin, end in spans) for second in range(LENGTH))


@given(st.lists(SPANS, max_size=6))
def test_seconds_are_those_of_a_count_second_by_second(spans):
    presence = within([stay(*span) for span in spans], LENGTH)

    assert presence.seconds == counted(spans)
    assert presence.minutes == counted(spans) // 60
    assert total(presence.spans) == presence.seconds
    assert spans_in(presence.spans_text) == presence.spans


@given(st.lists(st.lists(SPANS, max_size=3), max_size=4))
def test_lines_of_one_person_are_joined_like_stays(lines):
    parts = [within([stay(*span) for span in spans], LENGTH) for spans in lines]

    joined = together(parts, LENGTH)

    assert joined.seconds == counted([span for spans in lines for span in spans])


@pytest.mark.parametrize(
    ("stays", "minutes"),
    [
        ([], 0),
        ([Stay(None, 1800)], 30),
        ([Stay(None, 9999)], 60),
        ([Stay(None, 1800), Stay(None, 600)], 40),
        # 34 minutes of the time between first coming and last leaving
        ([Stay((0, 3600), 34 * 60)], 34),
        ([Stay((3000, 9000), 34 * 60)], 10),
        ([Stay((0, 1799), 1799)], 29),
        ([Stay((0, 600), 600), Stay(None, 600)], 20),
    ],
)
def test_durations_and_gaps_count_no_more_than_they_say(stays, minutes):
    assert within(stays, LENGTH).minutes == minutes


def test_duration_beside_times_is_added_and_never_more_than_the_talk():
    screen, telephone = TimePresent([(0, 1800)], 1800), TimePresent([], 900)

    assert together([screen, telephone], LENGTH).minutes == 45
    assert together([screen] * 2, LENGTH).minutes == 30
    assert together([screen, TimePresent([], 3600)], LENGTH).minutes == 60
