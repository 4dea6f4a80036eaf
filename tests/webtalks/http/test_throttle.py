import math

import pytest
from django.core.exceptions import ImproperlyConfigured

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
