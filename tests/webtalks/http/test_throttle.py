import inspect
import math
import re

import pytest
from django.core.exceptions import ImproperlyConfigured

import registration.models.limits
from tests.server import ROOT
from webtalks.http.throttle import NAMES, limits


def test_limits_can_be_changed_and_lifted():
    assert limits("") == {}
    assert limits("forms=50  mails=10") == {"forms": 50, "mails": 10}
    assert limits("off") == dict.fromkeys(NAMES, math.inf)


@pytest.mark.parametrize(
    "text", ["on", "forms", "forms=", "forms=-1", "forms=½", "Forms=3", "off mails=3"]
)
def test_what_cannot_be_understood_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="THROTTLE"):
        limits(text)


def test_every_limit_stands_in_the_readme_with_its_number_and_can_be_set():
    known = re.findall(r'allowed\("(\w+)", (\d+)\)', inspect.getsource(registration.models.limits))
    (row,) = re.findall(r"^\| `THROTTLE` .*", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert sorted(re.findall(r"(\w+)=(\d+)", row)) == sorted(known)
    assert sorted(name for name, _ in known) == sorted(NAMES)
