"""How many seats a talk has left, and where one signs up."""

import pytest

from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("capacity", "last_open"),
    # `last_open`: the highest number of seats taken at which there still are more than a few.
    [(2, 0), (10, 8), (19, 17), (20, 17), (25, 22), (100, 89), (1000, 899)],
)
def test_few_seats_are_the_last_tenth_and_at_least_one(capacity, last_open):
    codes = [
        make_talk(capacity=capacity, seats_taken=taken).registration_state.code
        for taken in (last_open, last_open + 1, capacity - 1, capacity)
    ]

    assert codes == ["open", "few", "few", "waiting_list"]


def test_seats_free_counts_down_and_is_unknown_without_a_limit():
    free = [
        make_talk(capacity=capacity, seats_taken=7).seats_free for capacity in (10, 7, 5, None)
    ]

    assert free == [3, 0, -2, None]


def test_registration_url_names_the_talk():
    assert make_talk(slug="waerme").registration_url == "/anmeldung/?talk=waerme"
