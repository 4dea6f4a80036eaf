"""No number of people from a town can be worked out that is not printed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.desk.figures.small_numbers import least_shown


@pytest.mark.parametrize(
    ("people", "without_town", "least"),
    [
        ([], 0, 5),
        ([9, 5], 0, 5),
        ([9, 4], 0, 5),
        ([9, 3, 1], 0, 5),
        # What is left of the sum is the one person of the one town.
        ([9, 1], 0, 10),
        ([9, 1, 1], 0, 10),
        # Without a town: it may be one of these.
        ([9, 1], 1, 5),
        ([100, 1], 0, 160),
        ([1], 0, None),
        ([1, 1, 1], 0, None),
        ([1, 1, 1], 1, 5),
    ],
)
def test_more_is_hidden_where_the_sum_would_tell(people, without_town, least):
    assert least_shown(people, without_town) == least


def printed(people, without_town):
    """Return all that a report tells of these people; whoever reads it knows our rules too."""
    least = least_shown(people, without_town)
    if least is None:
        return least, len(people), sum(people) + without_town
    shown = [number if number >= least else "few" for number in people]
    return least, shown, sum(people) + without_town


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 6))
def test_each_hidden_number_may_be_another_one_too(people, without_town):
    report = printed(people, without_town)
    least, shown, total = report
    if least is None:
        return
    hidden = [place for place, number in enumerate(shown) if number == "few"]
    possible = {place: set() for place in hidden}

    for numbers in product(range(1, least), repeat=len(hidden)):
        others = list(people)
        for place, number in zip(hidden, numbers, strict=True):
            others[place] = number
        left = total - sum(others)
        if left >= 0 and printed(others, left) == report:
            for place in hidden:
                possible[place].add(others[place])

    assert [place for place in hidden if len(possible[place]) < 2] == []
