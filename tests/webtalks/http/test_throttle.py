import math

import pytest
from django.core.exceptions import ImproperlyConfigured

from webtalks.http.throttle import DEFAULTS, limits


def test_limits_that_hold_by_default():
    assert limits("") == {
        "forms": 5,
        "mails": 3,
        "way_in": 5,
        "sign_ups": 60,
        "sign_ups_refused": 300,
        "dead_links": 30,
    }


def test_limits_can_be_changed_and_lifted():
    assert limits("forms=50  mails=10") == DEFAULTS | {"forms": 50, "mails": 10}
    assert set(limits("off").values()) == {math.inf}


@pytest.mark.parametrize(
    "text", ["on", "forms", "forms=", "forms=-1", "forms=½", "Forms=3", "off mails=3"]
)
def test_what_cannot_be_understood_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="THROTTLE"):
        limits(text)
