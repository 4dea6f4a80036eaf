"""The life of registrations in orders that nobody has tried yet: other ones in each run."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.promises.test_life_machine import RUN, Life

pytestmark = pytest.mark.django_db


def test_new_orders_of_events_keep_the_invariants():
    # The blob that Hypothesis prints of a failure repeats it.
    more = settings(RUN, max_examples=400, derandomize=False, print_blob=True)

    run_state_machine_as_test(Life, settings=more)
