"""`kill -9` while the bounce mailbox is read: nothing is counted twice, lost or taken away."""

import subprocess
import sys

import pytest

from tests.foreign.bounce_site import assert_all_are_read_once, bounce_site, fill
from tests.server import ROOT


@pytest.fixture
def site(tmp_path):
    with bounce_site(tmp_path) as site:
        yield site


def killed(site, *how) -> int:
    command = [sys.executable, "-m", "tests.foreign.killed_reader", *how]
    result = subprocess.run(
        command, env=site.environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return int(result.stdout)


def test_reading_that_is_killed_at_any_step_loses_and_doubles_nothing(site):
    fill(site, 3)

    assert killed(site, "step") > 10

    assert_all_are_read_once(site, 3)


def test_reading_that_is_killed_200_times_loses_and_doubles_nothing(site):
    number = 180
    fill(site, number)

    assert killed(site, "random", "200") == 200

    assert_all_are_read_once(site, number)
