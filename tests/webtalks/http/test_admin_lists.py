"""Which filters of the admin's lists lead to the first page."""

import pytest
from django.http import QueryDict

from webtalks.http.admin_lists import is_odd


@pytest.mark.parametrize(
    ("query", "odd"),
    [
        ("", False),
        ("status__exact=published&o=1", False),
        ("id__in=1,2,3", False),
        (f"id__in={'9' * 18}", False),
        (f"id__in={'9' * 19}", True),
        (f"id__in=1,-{'9' * 23}", True),
        (f"q={'9' * 23}", False),
        ("status__range=a,b", True),
        ("status__regex=[", True),
        ("status__iregex=[", True),
        ("q=status__regex", False),
    ],
)
def test_odd_filters(query, odd):
    assert is_odd(QueryDict(query)) == odd
